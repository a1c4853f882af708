package org.lanewise.layers;

import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.PackedConv2d;

/**
 * Two-dimensional convolution of images (N, inChannels, H, W). Parameters: {@code weight} (outChannels, inChannels/groups, R,
 * S) and {@code bias} (outChannels), both uniform in +-1/sqrt(inChannels/groups*R*S). What is padded is zero.
 *
 * <p>
 * {@link #freeze} packs the weights once, for inference. An evaluated layer does not by itself: to see that no weight has changed takes
 * as long as packing, {@link PackedConv2d#matches}.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html">torch.nn.Conv2d</a>
 */
public final class Conv2d extends Layer {

    private final Tensor weight;
    private final @Nullable Tensor bias;
    private final int[] stride;
    private final int[] padding;
    private final int[] dilation;
    private final int groups;

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
     * A filter of any form, with one group.
     *
     * @param inChannels  channels of an input
     * @param outChannels channels of an output
     * @param kernelSize  height and width of a filter
     * @param stride      stride along height and width
     * @param padding     padding along height and width, or above, below, left and right
     * @param dilation    distance of two taps along height and width
     * @param bias        whether a bias is added
     * @param random      where the initial values come from
     * @throws IllegalArgumentException if a size, stride or dilation is not positive, a padding negative, or an array has not two
     *                                  values
     */
    public Conv2d(int inChannels, int outChannels, int[] kernelSize, int[] stride, int[] padding, int[] dilation,
            boolean bias, RandomGenerator random) {
        this(inChannels, outChannels, kernelSize, stride, padding, dilation, 1, bias, random);
    }

    /**
     * A filter of any form, with a padding by name.
     *
     * @param inChannels  channels of an input
     * @param outChannels channels of an output
     * @param kernelSize  height and width of a filter
     * @param stride      stride along height and width
     * @param padding     {@code "same"} for an output as large as the input, with stride 1 only, or {@code "valid"} for none
     * @param dilation    distance of two taps along height and width
     * @param groups      ranges of channels that see each other
     * @param bias        whether a bias is added
     * @param random      where the initial values come from
     * @throws IllegalArgumentException as below, or if the padding has another name
     */
    public Conv2d(int inChannels, int outChannels, int[] kernelSize, int[] stride, String padding, int[] dilation,
            int groups, boolean bias, RandomGenerator random) {
        this(inChannels, outChannels, kernelSize, stride, Padding.named(padding, kernelSize, stride, dilation),
                dilation, groups, bias, random);
    }

    /**
     * A filter of any form.
     *
     * @param inChannels  channels of an input
     * @param outChannels channels of an output
     * @param kernelSize  height and width of a filter
     * @param stride      stride along height and width
     * @param padding     padding along height and width, or above, below, left and right
     * @param dilation    distance of two taps along height and width
     * @param groups      ranges of channels that see each other
     * @param bias        whether a bias is added
     * @param random      where the initial values come from
     * @throws IllegalArgumentException if a size, stride, dilation or the groups are not positive, a padding negative, the groups do
     *                                  not divide the channels, or an array has not the values that are named
     */
    public Conv2d(int inChannels, int outChannels, int[] kernelSize, int[] stride, int[] padding, int[] dilation,
            int groups, boolean bias, RandomGenerator random) {
        Init.groups(groups, inChannels, outChannels);
        int[] kernel = Pair.positive("kernelSize", kernelSize);
        this.stride = Pair.positive("stride", stride);
        this.padding = Padding.sides(padding);
        this.dilation = Pair.positive("dilation", dilation);
        this.groups = groups;
        int channels = inChannels / groups;
        double fanIn = (double) channels * kernel[0] * kernel[1];
        weight = parameter("weight", Init.uniform(random, fanIn, outChannels, channels, kernel[0], kernel[1]));
        this.bias = bias ? parameter("bias", Init.uniform(random, fanIn, outChannels)) : null;
    }

    /** A copy with other values; null for no bias. */
    private Conv2d(Conv2d form, float[] weight, float @Nullable [] bias) {
        this.weight = parameter("weight", Tensor.of(weight, form.weight.shape().dims()));
        this.bias = bias == null ? null : parameter("bias", Tensor.of(bias, bias.length));
        stride = form.stride;
        padding = form.padding;
        dilation = form.dilation;
        groups = form.groups;
        if (!form.isTraining()) {
            eval();
        }
    }

    /**
     * This convolution and the normalisation after it as one convolution: its outputs are those of both, but for rounding.
     *
     * <pre>
     *   weight'(k, c, r, s) = scale(k) * weight(k, c, r, s)
     *   bias'(k)            = scale(k) * (bias(k) - mean(k)) + shift(k)        scale(k) = gamma(k) / sqrt(var(k) + eps)
     * </pre>
     *
     * computed in double precision and rounded once. Later changes of either do not show. The mode, of
     * training or evaluation, is that of this one.
     *
     * @param norm normalises the outputs; gamma is its {@code weight} and shift its {@code bias}
     * @return a new convolution, which has a bias
     * @throws IllegalArgumentException if it has not as many features as this has filters
     */
    public Conv2d fold(FrozenBatchNorm2d norm) {
        double[] scale = norm.scale();
        int filters = weight.dim(0);
        if (scale.length != filters) {
            throw new IllegalArgumentException(this + " has " + filters + " filters, which " + norm + " does not fit");
        }
        double[] shift = norm.shift(scale);
        float[] w = weight.toArray();
        float[] b = new float[filters];
        int taps = w.length / filters;
        for (int k = 0; k < filters; k++) {
            for (int i = k * taps; i < (k + 1) * taps; i++) {
                w[i] = (float) (scale[k] * w[i]);
            }
            b[k] = (float) (bias == null ? shift[k] : Math.fma(scale[k], bias.data()[k], shift[k]));
        }
        return new Conv2d(this, w, b);
    }

    /**
     * This convolution with its weights and bias as they are now, for inference only: they are packed once.
     *
     * @return a layer without parameters
     */
    public FrozenConv2d freeze() {
        PackedConv2d packed = PackedConv2d.of(weight.dim(0), weight.dim(1) * groups, weight.dim(2), weight.dim(3),
                groups, weight.data(), 0);
        return new FrozenConv2d(packed, bias == null ? null : Tensor.of(bias.toArray(), bias.size()), stride, padding,
                dilation, false);
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4 || x.dim(1) != weight.dim(1) * groups) {
            throw new IllegalArgumentException(
                    this + ": expected input (N, " + weight.dim(1) * groups + ", H, W) but got " + x.shape());
        }
        return org.lanewise.autograd.ops.Conv2d.conv2d(x, weight, bias, stride, padding, dilation, groups);
    }

    @Override
    public String toString() {
        return "Conv2d(" + weight.dim(1) * groups + ", " + weight.dim(0) + ", kernelSize=" + weight.dim(2) + "x"
                + weight.dim(3)
                + ", stride=" + Pair.text(stride) + ", padding=" + Padding.text(padding) + ", dilation="
                + Pair.text(dilation) + (groups == 1 ? "" : ", groups=" + groups) + ")";
    }
}
