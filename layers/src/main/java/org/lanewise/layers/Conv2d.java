package org.lanewise.layers;

import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tensor;

/**
 * Two-dimensional convolution of images (N, inChannels, H, W). Parameters: {@code weight} (outChannels, inChannels, R, S) and
 * {@code bias} (outChannels), both uniform in +-1/sqrt(inChannels*R*S).
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html">torch.nn.Conv2d</a>
 */
public final class Conv2d extends Layer {

    private final Tensor weight;
    private final @Nullable Tensor bias;
    private final int[] stride;
    private final int[] padding;
    private final int[] dilation;

    /**
     * A square filter with stride 1, no padding, bias and an arbitrary seed.
     *
     * @param inChannels  channels of an input
     * @param outChannels channels of an output
     * @param kernelSize  height and width of a filter
     */
    public Conv2d(int inChannels, int outChannels, int kernelSize) {
        this(inChannels, outChannels, kernelSize, 1, 0);
    }

    /**
     * A square filter with bias and an arbitrary seed.
     *
     * @param inChannels  channels of an input
     * @param outChannels channels of an output
     * @param kernelSize  height and width of a filter
     * @param stride      stride in both directions
     * @param padding     padding on all four sides
     */
    public Conv2d(int inChannels, int outChannels, int kernelSize, int stride, int padding) {
        this(inChannels, outChannels, kernelSize, stride, padding, Init.unseeded());
    }

    /**
     * A square filter with bias.
     *
     * @param inChannels  channels of an input
     * @param outChannels channels of an output
     * @param kernelSize  height and width of a filter
     * @param stride      stride in both directions
     * @param padding     padding on all four sides
     * @param random      where the initial values come from
     */
    public Conv2d(int inChannels, int outChannels, int kernelSize, int stride, int padding, RandomGenerator random) {
        this(inChannels, outChannels, new int[] {kernelSize, kernelSize}, new int[] {stride, stride},
                new int[] {padding, padding}, new int[] {1, 1}, true, random);
    }

    /**
     * A filter of any form.
     *
     * @param inChannels  channels of an input
     * @param outChannels channels of an output
     * @param kernelSize  height and width of a filter
     * @param stride      stride along height and width
     * @param padding     padding along height and width
     * @param dilation    distance of two taps along height and width
     * @param bias        whether a bias is added
     * @param random      where the initial values come from
     * @throws IllegalArgumentException if a size, stride or dilation is not positive, a padding negative, or an array has not two
     *                                  values
     */
    public Conv2d(int inChannels, int outChannels, int[] kernelSize, int[] stride, int[] padding, int[] dilation,
            boolean bias, RandomGenerator random) {
        Init.positive("inChannels", inChannels);
        Init.positive("outChannels", outChannels);
        Pair.positive("kernelSize", kernelSize);
        this.stride = Pair.positive("stride", stride);
        this.padding = Pair.notNegative("padding", padding);
        this.dilation = Pair.positive("dilation", dilation);
        double fanIn = (double) inChannels * kernelSize[0] * kernelSize[1];
        weight = parameter("weight",
                Init.uniform(random, fanIn, outChannels, inChannels, kernelSize[0], kernelSize[1]));
        this.bias = bias ? parameter("bias", Init.uniform(random, fanIn, outChannels)) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4 || x.dim(1) != weight.dim(1)) {
            throw new IllegalArgumentException(
                    this + ": expected input (N, " + weight.dim(1) + ", H, W) but got " + x.shape());
        }
        return org.lanewise.autograd.ops.Conv2d.conv2d(x, weight, bias, stride, padding, dilation);
    }

    @Override
    public String toString() {
        return "Conv2d(" + weight.dim(1) + ", " + weight.dim(0) + ", kernelSize=" + weight.dim(2) + "x" + weight.dim(3)
                + ", stride=" + Pair.text(stride) + ", padding=" + Pair.text(padding) + ", dilation="
                + Pair.text(dilation) + ")";
    }
}
