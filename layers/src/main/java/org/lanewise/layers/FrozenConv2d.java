package org.lanewise.layers;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.PackedConv2d;

/**
 * A convolution with constant weights and bias, packed once, for inference: y = f(conv(x) + bias + residual) in one pass over y, where f
 * is the identity or max(v, 0). It is made by {@link Conv2d#freeze}, has no parameters and records no gradient.
 *
 * <p>
 * It is immutable: many threads may use it at once. Its memory is that of {@link PackedConv2d}.
 */
public final class FrozenConv2d extends Layer {

    private final PackedConv2d weight;
    private final @Nullable Tensor bias;
    private final int[] stride;
    private final int[] padding;
    private final int[] dilation;
    private final boolean relu;

    FrozenConv2d(PackedConv2d weight, @Nullable Tensor bias, int[] stride, int[] padding, int[] dilation,
            boolean relu) {
        this.weight = weight;
        this.bias = bias;
        this.stride = stride;
        this.padding = padding;
        this.dilation = dilation;
        this.relu = relu;
    }

    /**
     * {@return the same convolution, whose negative outputs become 0}
     */
    public FrozenConv2d thenReLU() {
        return new FrozenConv2d(weight, bias, stride, padding, dilation, true);
    }

    /**
     * f(conv(x) + bias).
     *
     * @throws IllegalStateException if a tape records and x requires a gradient
     */
    @Override
    public Tensor forward(Tensor x) {
        return compute(x, null);
    }

    /**
     * f(conv(x) + bias + residual).
     *
     * @param x        the input
     * @param residual what is added, of the shape of the output
     * @return the output
     * @throws IllegalArgumentException if a shape does not fit
     * @throws IllegalStateException    if a tape records, and x or the residual requires a gradient
     */
    public Tensor forward(Tensor x, Tensor residual) {
        return compute(x, residual);
    }

    private Tensor compute(Tensor x, @Nullable Tensor residual) {
        if (x.shape().rank() != 4 || x.dim(1) != weight.inChannels()) {
            throw new IllegalArgumentException(
                    this + ": expected input (N, " + weight.inChannels() + ", H, W) but got " + x.shape());
        }
        return org.lanewise.autograd.ops.Conv2d.conv2d(x, weight, bias, stride, padding, dilation, residual, relu);
    }

    @Override
    public String toString() {
        return "FrozenConv2d(" + weight.inChannels() + ", " + weight.outChannels() + ", kernelSize="
                + weight.kernelHeight() + "x" + weight.kernelWidth() + ", stride=" + Pair.text(stride) + ", padding="
                + Padding.text(padding) + ", dilation=" + Pair.text(dilation)
                + (weight.groups() == 1 ? "" : ", groups=" + weight.groups()) + (relu ? ", ReLU" : "") + ")";
    }
}
