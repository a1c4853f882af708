package org.lanewise.autograd.ops;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Conv2dGeometry;
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
        boolean sides = padding.length == 4;
        Conv2dGeometry g = new Conv2dGeometry(x.dim(0), x.dim(1), x.dim(2), x.dim(3), weight.dim(0), weight.dim(2),
                weight.dim(3), stride[0], stride[1], padding[0], padding[sides ? 1 : 0], padding[sides ? 2 : 1],
                padding[sides ? 3 : 1], dilation[0], dilation[1], groups);
        return compute("conv2d", x, weight, bias, g,
                Shape.of(g.batch(), g.outChannels(), g.outputHeight(), g.outputWidth()));
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
