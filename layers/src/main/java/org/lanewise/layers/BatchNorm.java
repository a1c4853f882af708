package org.lanewise.layers;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.autograd.ops.ChannelAffine;

/**
 * What {@link BatchNorm1d} and {@link BatchNorm2d} share: for each channel
 *
 * <pre>
 *   y = (x - mean)/sqrt(var + eps)*weight + bias
 * </pre>
 *
 * In training, mean and var are those of the batch, and with m the momentum the running ones become
 *
 * <pre>
 *   running_mean := (1 - m)*running_mean + m*mean        running_var := (1 - m)*running_var + m*var*n/(n - 1)
 * </pre>
 *
 * of a channel of n elements: var itself is the sum of squares over n, but the running one is the unbiased estimate. In evaluation, mean
 * and var are the running ones. Parameters, unless there are none: {@code weight} (initially 1) and {@code bias} (0). Buffers, unless
 * there are none, and then the statistics are always those of the batch: {@code running_mean} (0) and {@code running_var} (1). All of
 * shape (C). A third buffer, {@code num_batches_tracked}, a scalar, counts the batches of training (as a float up to 2^24); if the momentum is null, m is 1 over
 * this count, and the running statistics are the averages over all batches. Only one thread at a time may train a layer, as it changes
 * its buffers.
 *
 * <p>
 * By the statistics of the batch, a channel of a single value cannot be normalised and is refused, as in PyTorch; so is an empty batch,
 * which PyTorch gives back as it is.
 */
public abstract sealed class BatchNorm extends Layer permits BatchNorm1d, BatchNorm2d {

    private final int numFeatures;
    private final double eps;
    private final @Nullable Double momentum;
    private final @Nullable Tensor weight;
    private final @Nullable Tensor bias;
    private final @Nullable Tensor runningMean;
    private final @Nullable Tensor runningVar;
    private final @Nullable Tensor batches;

    BatchNorm(int numFeatures, double eps, @Nullable Double momentum, boolean affine, boolean trackRunningStats) {
        this.numFeatures = Init.positive("numFeatures", numFeatures);
        this.eps = Init.eps(eps);
        if (momentum != null) {
            Init.share("momentum", momentum);
        }
        this.momentum = momentum;
        weight = affine ? parameter("weight", Tensor.full(1, numFeatures)) : null;
        bias = affine ? parameter("bias", Tensor.zeros(numFeatures)) : null;
        runningMean = trackRunningStats ? buffer("running_mean", Tensor.zeros(numFeatures)) : null;
        runningVar = trackRunningStats ? buffer("running_var", Tensor.full(1, numFeatures)) : null;
        batches = trackRunningStats ? buffer("num_batches_tracked", Tensor.zeros()) : null;
    }

    /** The output, for an input (N, C, *) whose rank was checked. */
    final Tensor normalize(Tensor x) {
        if (isTraining() || runningMean == null || runningVar == null) {
            return byBatch(x);
        }
        return byRunningStatistics(x, runningMean, runningVar);
    }

    private Tensor byBatch(Tensor x) {
        int n = x.dim(0) * x.shape().product(2, x.shape().rank());
        if (n <= 1) {
            throw new IllegalArgumentException(this + ": expected more than one value for each channel but got input "
                    + x.shape());
        }
        var result = org.lanewise.autograd.ops.BatchNorm.batchNorm(x, weight, bias, eps);
        if (isTraining() && runningMean != null && runningVar != null && batches != null) {
            double count = ++batches.data()[0];
            double m = momentum == null ? 1 / count : momentum;
            update(runningMean, result.mean(), m, 1);
            update(runningVar, result.var(), m, n / (n - 1.0));
        }
        return result.y();
    }

    private static void update(Tensor running, Tensor found, double m, double factor) {
        float[] values = running.data();
        for (int c = 0; c < values.length; c++) {
            values[c] = (float) ((1 - m) * values[c] + m * factor * found.data()[c]);
        }
    }

    /** (x - mean)*r is an affine map by constants; if the parameters get no gradients, they are constants too. */
    private Tensor byRunningStatistics(Tensor x, Tensor mean, Tensor var) {
        boolean recorded = weight != null && bias != null && Tape.recording(weight, bias);
        double[] scale = ChannelStatistics.scale(recorded ? null : weight, var, eps);
        double[] shift = ChannelStatistics.shift(scale, mean, recorded ? null : bias);
        Tensor images = x.reshape(x.dim(0), numFeatures, x.shape().product(2, x.shape().rank()), 1);
        Tensor normalized = ChannelAffine.channelAffine(images, ChannelStatistics.rounded(scale),
                ChannelStatistics.rounded(shift));
        if (recorded && weight != null && bias != null) {
            normalized = normalized.mul(weight.reshape(numFeatures, 1, 1)).add(bias.reshape(numFeatures, 1, 1));
        }
        return normalized.reshape(x.shape().dims());
    }

    /** The channels C. */
    final int features() {
        return numFeatures;
    }

    /** Constant statistics, scale and shift, with the values that the layer has now. */
    final FrozenBatchNorm2d frozen() {
        if (runningMean == null || runningVar == null) {
            throw new IllegalStateException(this + " has no running statistics that could be kept");
        }
        return new FrozenBatchNorm2d(eps, weight == null ? Tensor.full(1, numFeatures) : weight.detach(),
                bias == null ? Tensor.zeros(numFeatures) : bias.detach(), runningMean.detach(), runningVar.detach());
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "(" + numFeatures + ", eps=" + eps + ", momentum=" + momentum + ")";
    }
}
