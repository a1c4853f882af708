package org.lanewise.layers;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tensor;

/**
 * Batch normalisation of inputs (N, C, H, W); see {@link BatchNorm}.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html">torch.nn.BatchNorm2d</a>
 */
public final class BatchNorm2d extends BatchNorm {

    /**
     * With eps = 1e-5, momentum = 0.1, parameters and running statistics.
     *
     * @param numFeatures channels C
     */
    public BatchNorm2d(int numFeatures) {
        this(numFeatures, 1e-5, 0.1, true, true);
    }

    /**
     * A layer.
     *
     * @param numFeatures       channels C
     * @param eps               added to the variance
     * @param momentum          weight of the batch in the running statistics
     * @param affine            whether there are weight and bias
     * @param trackRunningStats whether there are running statistics
     * @throws IllegalArgumentException if there are no channels, eps is negative or no number, or momentum is not in [0, 1]
     */
    public BatchNorm2d(int numFeatures, double eps, double momentum, boolean affine,
            boolean trackRunningStats) {
        this(numFeatures, eps, (Double) momentum, affine, trackRunningStats);
    }

    /**
     * A layer.
     *
     * @param numFeatures       channels C
     * @param eps               added to the variance
     * @param momentum          weight of the batch in the running statistics, or null for their average over all batches
     * @param affine            whether there are weight and bias
     * @param trackRunningStats whether there are running statistics
     * @throws IllegalArgumentException if there are no channels, eps is negative or no number, or momentum is not in [0, 1]
     */
    public BatchNorm2d(int numFeatures, double eps, @Nullable Double momentum, boolean affine,
            boolean trackRunningStats) {
        super(numFeatures, eps, momentum, affine, trackRunningStats);
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4 || x.dim(1) != features()) {
            throw new IllegalArgumentException(
                    this + ": expected input (N, " + features() + ", H, W) but got " + x.shape());
        }
        return normalize(x);
    }

    /**
     * The same normalisation with the statistics and parameters as they are now, all of them constants: for evaluation, fine-tuning of
     * what stands before it, and {@link Conv2d#fold}.
     *
     * @return a layer without parameters
     * @throws IllegalStateException if this layer has no running statistics
     */
    public FrozenBatchNorm2d freeze() {
        return frozen();
    }
}
