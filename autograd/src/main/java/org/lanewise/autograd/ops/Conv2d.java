package org.lanewise.autograd.ops;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Conv2dAlgorithm;
import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.PackedConv2d;
import org.lanewise.kernels.Reductions;

/**
 * Two-dimensional convolution of NCHW images with weights (K, C/groups, R, S). The gradient with respect to the input is the transposed
 * convolution of dY, that of the weights correlates the input with dY, that of the bias sums dY over images and pixels.
 *
 * @param x        the input
 * @param weight   the weights
 * @param bias     the bias, or null
 * @param geometry the sizes
 */
public record Conv2d(Tensor x, Tensor weight, @Nullable Tensor bias, Conv2dGeometry geometry) implements Function {

    /**
     * Computes the convolution, with one group.
     *
     * @param x        shape (N, C, H, W)
     * @param weight   shape (K, C, R, S)
     * @param bias     shape (K), or null for none
     * @param stride   stride along height and width, two values
     * @param padding  padding along height and width, two values; or above, below, left and right, four
     * @param dilation dilation along height and width, two values
     * @return shape (N, K, OH, OW)
     * @throws IllegalArgumentException if a shape does not fit
     */
    public static Tensor conv2d(Tensor x, Tensor weight, @Nullable Tensor bias,
            int[] stride, int[] padding, int[] dilation) {
        return conv2d(x, weight, bias, stride, padding, dilation, 1);
    }

    /**
     * Computes the convolution.
     *
     * @param x        shape (N, C, H, W)
     * @param weight   shape (K, C/groups, R, S)
     * @param bias     shape (K), or null for none
     * @param stride   stride along height and width, two values
     * @param padding  padding along height and width, two values; or above, below, left and right, four
     * @param dilation dilation along height and width, two values
     * @param groups   ranges of channels that see each other
     * @return shape (N, K, OH, OW)
     * @throws IllegalArgumentException if a shape does not fit
     */
    public static Tensor conv2d(Tensor x, Tensor weight, @Nullable Tensor bias,
            int[] stride, int[] padding, int[] dilation, int groups) {
        Operands.rank("conv2d", "input", x, 4, "(N, C, H, W)");
        Operands.rank("conv2d", "weight", weight, 4, "(K, C/groups, R, S)");
        Operands.channels("conv2d", x, weight, groups, "H, W");
        Conv2dGeometry g = geometry(x, weight.dim(0), weight.dim(2), weight.dim(3), stride, padding, dilation, groups);
        return compute("conv2d", x, weight, bias, g,
                Shape.of(g.batch(), g.outChannels(), g.outputHeight(), g.outputWidth()));
    }

    /**
     * Computes the convolution of an inference: y = f(conv(x) + bias + residual) with f(v) = v or f(v) = max(v, 0), in one pass over y
     * and from weights that are packed already. It has no gradient.
     *
     * @param x        shape (N, C, H, W)
     * @param weight   the weights
     * @param bias     shape (K), or null for none
     * @param stride   stride along height and width, two values
     * @param padding  padding along height and width, two values; or above, below, left and right, four
     * @param dilation dilation along height and width, two values
     * @param residual shape (N, K, OH, OW), or null for none
     * @param relu     whether negative values become 0
     * @return shape (N, K, OH, OW)
     * @throws IllegalArgumentException if a shape does not fit
     * @throws IllegalStateException    if a tape records, and an input requires a gradient
     */
    public static Tensor conv2d(Tensor x, PackedConv2d weight, @Nullable Tensor bias, int[] stride, int[] padding,
            int[] dilation, @Nullable Tensor residual, boolean relu) {
        Operands.rank("conv2d", "input", x, 4, "(N, C, H, W)");
        if (x.dim(1) != weight.inChannels()) {
            throw new IllegalArgumentException("conv2d: the packed weights expect input (N, " + weight.inChannels()
                    + ", H, W) but got " + x.shape());
        }
        Conv2dGeometry g = geometry(x, weight.outChannels(), weight.kernelHeight(), weight.kernelWidth(), stride,
                padding, dilation, weight.groups());
        if (bias != null) {
            Operands.shape("conv2d", "bias", bias, g.outChannels());
        }
        if (residual != null) {
            Operands.shape("conv2d", "residual", residual, g.batch(), g.outChannels(), g.outputHeight(),
                    g.outputWidth());
        }
        if (Tape.recording(x, bias, residual)) {
            throw new IllegalStateException("conv2d: packed weights have no gradient, but the input requires one and a"
                    + " tape records; open it with Tape.noGrad() or convolve with the weights themselves");
        }
        Tensor y = Tape.newTensor(Shape.of(g.batch(), g.outChannels(), g.outputHeight(), g.outputWidth()));
        Epilogue sum = bias == null ? Epilogue.NONE : Epilogue.rowBias(bias.data(), 0);
        weight.forward(g, Conv2dAlgorithm.AUTO, x.data(), 0, relu ? sum.thenRelu() : sum, residual == null ? 0 : 1,
                residual == null ? y.data() : residual.data(), 0, y.data(), 0, Tape.parallelism());
        return y;
    }

    /** The sizes of filters of r x s over the images x. */
    private static Conv2dGeometry geometry(Tensor x, int filters, int r, int s, int[] stride, int[] padding,
            int[] dilation, int groups) {
        if (padding.length != 2 && padding.length != 4) {
            throw new IllegalArgumentException("conv2d: padding=" + Arrays.toString(padding)
                    + " must have two values, along height and width, or four, above, below, left and right");
        }
        boolean sides = padding.length == 4;
        return new Conv2dGeometry(x.dim(0), x.dim(1), x.dim(2), x.dim(3), filters, r, s, stride[0], stride[1],
                padding[0], padding[sides ? 1 : 0], padding[sides ? 2 : 1], padding[sides ? 3 : 1], dilation[0],
                dilation[1], groups);
    }

    /** The convolution of tensors that are stored as the geometry says, whatever their shapes. */
    static Tensor compute(String operation, Tensor x, Tensor weight, @Nullable Tensor bias, Conv2dGeometry g,
            Shape output) {
        if (bias != null) {
            Operands.shape(operation, "bias", bias, g.outChannels());
        }
        Tensor y = Tape.newTensor(output);
        org.lanewise.kernels.Conv2d.forward(g, x.data(), 0, weight.data(), 0, bias == null ? null : bias.data(), 0,
                y.data(), 0, Tape.parallelism());
        return Tape.recording(x, weight, bias) ? Tape.record(y, new Conv2d(x, weight, bias, g)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        gradients.accumulate(x,
                (dX, beta) -> org.lanewise.kernels.Conv2d.backwardData(geometry, weight.data(), 0, dY, 0,
                        beta, dX, 0, gradients.parallelism()));
        gradients.accumulate(weight, (dW, beta) -> org.lanewise.kernels.Conv2d.backwardWeights(geometry, x.data(), 0,
                dY, 0, beta, dW, 0, gradients.parallelism()));
        if (bias != null) {
            int pixels = geometry.outputPixels();
            gradients.accumulate(bias, (db, beta) -> Reductions.channelSums(geometry.batch(), geometry.outChannels(),
                    pixels, dY, 0, beta, db, 0));
        }
    }
}
