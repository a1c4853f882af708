package org.lanewise.layers;

import org.lanewise.autograd.Tensor;
import org.lanewise.autograd.ops.ChannelAffine;

/**
 * Batch normalisation of images (N, C, H, W) with constant statistics, scale and shift, as networks have it after their training:
 *
 * <pre>
 *   y = (x - running_mean) / sqrt(running_var + eps) * weight + bias        for each channel
 * </pre>
 *
 * Buffers, all of shape (C), under the names of PyTorch's {@code BatchNorm2d}: {@code weight} (initially 1), {@code bias} (0),
 * {@code running_mean} (0) and {@code running_var} (1). Nothing here is a parameter, and training does not update the statistics; the
 * gradient with respect to x is dY * weight / sqrt(running_var + eps). Each call reads the buffers anew.
 * {@link BatchNorm2d#freeze} makes one of a trained layer.
 *
 * @see <a href="https://docs.pytorch.org/vision/stable/generated/torchvision.ops.FrozenBatchNorm2d.html">torchvision.ops.FrozenBatchNorm2d</a>
 */
public final class FrozenBatchNorm2d extends Layer {

    private static final double EPS = 1e-5;

    private final Tensor weight;
    private final Tensor bias;
    private final Tensor runningMean;
    private final Tensor runningVar;
    private final double eps;

    /**
     * With eps = 1e-5.
     *
     * @param numFeatures channels C
     */
    public FrozenBatchNorm2d(int numFeatures) {
        this(numFeatures, EPS);
    }

    /**
     * A layer that changes next to nothing until its buffers are filled.
     *
     * @param numFeatures channels C
     * @param eps         added to the variance
     * @throws IllegalArgumentException if there are no channels, or eps is negative or no number
     */
    public FrozenBatchNorm2d(int numFeatures, double eps) {
        this(Init.eps(eps), Tensor.full(1, Init.positive("numFeatures", numFeatures)), Tensor.zeros(numFeatures),
                Tensor.zeros(numFeatures), Tensor.full(1, numFeatures));
    }

    /** With these buffers. */
    FrozenBatchNorm2d(double eps, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar) {
        this.eps = eps;
        this.weight = buffer("weight", weight);
        this.bias = buffer("bias", bias);
        this.runningMean = buffer("running_mean", runningMean);
        this.runningVar = buffer("running_var", runningVar);
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4 || x.dim(1) != weight.dim(0)) {
            throw new IllegalArgumentException(
                    this + ": expected input (N, " + weight.dim(0) + ", H, W) but got " + x.shape());
        }
        double[] scale = scale();
        return ChannelAffine.channelAffine(x, ChannelStatistics.rounded(scale),
                ChannelStatistics.rounded(shift(scale)));
    }

    /** The factor of each channel: weight / sqrt(running_var + eps). */
    double[] scale() {
        return ChannelStatistics.scale(weight, runningVar, eps);
    }

    /** What is added to each channel: bias - running_mean * scale. */
    double[] shift(double[] scale) {
        return ChannelStatistics.shift(scale, runningMean, bias);
    }

    @Override
    public String toString() {
        return "FrozenBatchNorm2d(" + weight.dim(0) + ", eps=" + eps + ")";
    }
}
