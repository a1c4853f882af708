package org.lanewise.layers;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tensor;

/**
 * Batch normalisation of inputs (N, C) or (N, C, L); see {@link BatchNorm}.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html">torch.nn.BatchNorm1d</a>
 */
public final class BatchNorm1d extends BatchNorm {

    /**
     * With eps = 1e-5, momentum = 0.1, parameters and running statistics.
     *
     * @param numFeatures channels C
     */
    public BatchNorm1d(int numFeatures) {
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
    public BatchNorm1d(int numFeatures, double eps, double momentum, boolean affine,
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
    public BatchNorm1d(int numFeatures, double eps, @Nullable Double momentum, boolean affine,
            boolean trackRunningStats) {
        super(numFeatures, eps, momentum, affine, trackRunningStats);
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() < 2 || x.shape().rank() > 3 || x.dim(1) != features()) {
            throw new IllegalArgumentException(
                    this + ": expected input (N, " + features() + ") or (N, " + features() + ", L) but got "
                            + x.shape());
        }
        return normalize(x);
    }
}
