package org.lanewise.layers;

import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tensor;

/**
 * One-dimensional convolution of sequences (N, inChannels, L). Parameters: {@code weight} (outChannels, inChannels/groups, S) and
 * {@code bias} (outChannels), both uniform in +-1/sqrt(inChannels/groups*S). What is padded is zero.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html">torch.nn.Conv1d</a>
 */
public final class Conv1d extends Layer {

    private final Tensor weight;
    private final @Nullable Tensor bias;
    private final int stride;
    private final int[] padding;
    private final int dilation;
    private final int groups;

    /**
     * A filter with stride 1, no padding, bias and an arbitrary seed.
     *
     * @param inChannels  channels of an input
     * @param outChannels channels of an output
     * @param kernelSize  taps of a filter
     */
    public Conv1d(int inChannels, int outChannels, int kernelSize) {
        this(inChannels, outChannels, kernelSize, 1, 0, 1, 1, true, Init.unseeded());
    }

    /**
     * A filter of any form.
     *
     * @param inChannels  channels of an input
     * @param outChannels channels of an output
     * @param kernelSize  taps of a filter
     * @param stride      distance of two outputs in the input
     * @param padding     zeros on both sides
     * @param dilation    distance of two taps
     * @param groups      ranges of channels that see each other
     * @param bias        whether a bias is added
     * @param random      where the initial values come from
     * @throws IllegalArgumentException if a size, stride, dilation or the groups are not positive, the padding negative, or the groups
     *                                  do not divide the channels
     */
    public Conv1d(int inChannels, int outChannels, int kernelSize, int stride, int padding, int dilation, int groups,
            boolean bias, RandomGenerator random) {
        this(inChannels, outChannels, kernelSize, stride, new int[] {padding, padding}, dilation, groups, bias, random);
    }

    /**
     * A filter of any form, with a padding by name.
     *
     * @param inChannels  channels of an input
     * @param outChannels channels of an output
     * @param kernelSize  taps of a filter
     * @param stride      distance of two outputs in the input
     * @param padding     {@code "same"} for an output as long as the input, with stride 1 only, or {@code "valid"} for none
     * @param dilation    distance of two taps
     * @param groups      ranges of channels that see each other
     * @param bias        whether a bias is added
     * @param random      where the initial values come from
     * @throws IllegalArgumentException as above, or if the padding has another name
     */
    public Conv1d(int inChannels, int outChannels, int kernelSize, int stride, String padding, int dilation, int groups,
            boolean bias, RandomGenerator random) {
        this(inChannels, outChannels, kernelSize, stride, Padding.named(padding, kernelSize, stride, dilation),
                dilation, groups, bias, random);
    }

    private Conv1d(int inChannels, int outChannels, int kernelSize, int stride, int[] padding, int dilation,
            int groups, boolean bias, RandomGenerator random) {
        Init.groups(groups, inChannels, outChannels);
        Init.positive("kernelSize", kernelSize);
        this.stride = Init.positive("stride", stride);
        Init.notNegative("padding", padding[0]);
        this.padding = padding;
        this.dilation = Init.positive("dilation", dilation);
        this.groups = groups;
        int channels = inChannels / groups;
        double fanIn = (double) channels * kernelSize;
        weight = parameter("weight", Init.uniform(random, fanIn, outChannels, channels, kernelSize));
        this.bias = bias ? parameter("bias", Init.uniform(random, fanIn, outChannels)) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 3 || x.dim(1) != weight.dim(1) * groups) {
            throw new IllegalArgumentException(
                    this + ": expected input (N, " + weight.dim(1) * groups + ", L) but got " + x.shape());
        }
        return org.lanewise.autograd.ops.Conv1d.conv1d(x, weight, bias, stride, padding, dilation, groups);
    }

    @Override
    public String toString() {
        return "Conv1d(" + weight.dim(1) * groups + ", " + weight.dim(0) + ", kernelSize=" + weight.dim(2) + ", stride="
                + stride + ", padding=" + Padding.text(padding) + ", dilation=" + dilation
                + (groups == 1 ? "" : ", groups=" + groups) + ")";
    }
}
