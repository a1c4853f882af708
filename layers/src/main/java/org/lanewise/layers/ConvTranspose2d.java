package org.lanewise.layers;

import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tensor;

/**
 * Transposed two-dimensional convolution of images (N, inChannels, H, W). Parameters: {@code weight} (inChannels,
 * outChannels/groups, R, S) and {@code bias} (outChannels), both uniform in +-1/sqrt(outChannels/groups*R*S). The output has height
 * (H - 1)*stride - 2*padding + dilation*(R - 1) + outputPadding + 1, and likewise its width.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html">torch.nn.ConvTranspose2d</a>
 */
public final class ConvTranspose2d extends Layer {

    private final Tensor weight;
    private final @Nullable Tensor bias;
    private final int[] stride;
    private final int[] padding;
    private final int[] outputPadding;
    private final int groups;
    private final int[] dilation;

    /**
     * A square filter with bias, no padding and an arbitrary seed.
     *
     * @param inChannels  channels of an input
     * @param outChannels channels of an output
     * @param kernelSize  height and width of a filter
     * @param stride      stride in both directions
     */
    public ConvTranspose2d(int inChannels, int outChannels, int kernelSize, int stride) {
        this(inChannels, outChannels, kernelSize, stride, 0, 0, Init.unseeded());
    }

    /**
     * A square filter with bias.
     *
     * @param inChannels    channels of an input
     * @param outChannels   channels of an output
     * @param kernelSize    height and width of a filter
     * @param stride        stride in both directions
     * @param padding       what is cut off on all four sides
     * @param outputPadding what is added below and on the right
     * @param random        where the initial values come from
     */
    public ConvTranspose2d(int inChannels, int outChannels, int kernelSize, int stride, int padding, int outputPadding,
            RandomGenerator random) {
        this(inChannels, outChannels, new int[] {kernelSize, kernelSize}, new int[] {stride, stride},
                new int[] {padding, padding}, new int[] {outputPadding, outputPadding}, 1, true, new int[] {1, 1},
                random);
    }

    /**
     * A filter of any form.
     *
     * @param inChannels    channels of an input
     * @param outChannels   channels of an output
     * @param kernelSize    height and width of a filter
     * @param stride        stride along height and width
     * @param padding       what is cut off along height and width
     * @param outputPadding what is added below and on the right; below stride or dilation, and below stride + padding
     * @param groups        ranges of channels that see each other
     * @param bias          whether a bias is added
     * @param dilation      distance of two taps along height and width
     * @param random        where the initial values come from
     * @throws IllegalArgumentException if a size, stride, dilation or the groups are not positive, a padding negative, the groups do
     *                                  not divide the channels, or an array has not two values
     */
    public ConvTranspose2d(int inChannels, int outChannels, int[] kernelSize, int[] stride, int[] padding,
            int[] outputPadding, int groups, boolean bias, int[] dilation, RandomGenerator random) {
        Init.groups(groups, inChannels, outChannels);
        int[] kernel = Pair.positive("kernelSize", kernelSize);
        this.stride = Pair.positive("stride", stride);
        this.padding = Pair.notNegative("padding", padding);
        this.outputPadding = Pair.notNegative("outputPadding", outputPadding);
        this.groups = groups;
        this.dilation = Pair.positive("dilation", dilation);
        int filters = outChannels / groups;
        double fanIn = (double) filters * kernel[0] * kernel[1];
        weight = parameter("weight", Init.uniform(random, fanIn, inChannels, filters, kernel[0], kernel[1]));
        this.bias = bias ? parameter("bias", Init.uniform(random, fanIn, outChannels)) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4 || x.dim(1) != weight.dim(0)) {
            throw new IllegalArgumentException(
                    this + ": expected input (N, " + weight.dim(0) + ", H, W) but got " + x.shape());
        }
        return org.lanewise.autograd.ops.ConvTranspose2d.convTranspose2d(x, weight, bias, stride, padding,
                outputPadding, dilation, groups);
    }

    @Override
    public String toString() {
        return "ConvTranspose2d(" + weight.dim(0) + ", " + weight.dim(1) * groups + ", kernelSize=" + weight.dim(2)
                + "x" + weight.dim(3) + ", stride=" + Pair.text(stride) + ", padding=" + Pair.text(padding)
                + ", outputPadding=" + Pair.text(outputPadding) + ", dilation=" + Pair.text(dilation)
                + (groups == 1 ? "" : ", groups=" + groups) + ")";
    }
}
