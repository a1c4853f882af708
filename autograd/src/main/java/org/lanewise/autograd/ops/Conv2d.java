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
 * Two-dimensional convolution of NCHW images with OIHW weights. The gradient with respect to the input is the transposed
 * convolution of dY, that of the weights correlates the input with dY, that of the bias sums dY over images and pixels.
 *
 * @param x        the input
 * @param weight   the weights
 * @param bias     the bias, or null
 * @param geometry the sizes
 */
public record Conv2d(Tensor x, Tensor weight, @Nullable Tensor bias, Conv2dGeometry geometry) implements Function {

    /**
     * Computes the convolution.
     *
     * @param x        shape (N, C, H, W)
     * @param weight   shape (K, C, R, S)
     * @param bias     shape (K), or null for none
     * @param stride   stride along height and width, two values
     * @param padding  padding along height and width, two values
     * @param dilation dilation along height and width, two values
     * @return shape (N, K, OH, OW)
     * @throws IllegalArgumentException if a shape does not fit
     */
    public static Tensor conv2d(Tensor x, Tensor weight, @Nullable Tensor bias,
            int[] stride, int[] padding, int[] dilation) {
        Operands.rank("conv2d", "input", x, 4, "(N, C, H, W)");
        Operands.rank("conv2d", "weight", weight, 4, "(K, C, R, S)");
        if (x.dim(1) != weight.dim(1)) {
            throw new IllegalArgumentException("conv2d: the weight " + weight.shape() + " expects input (N, "
                    + weight.dim(1) + ", H, W) but got " + x.shape());
        }
        if (bias != null) {
            Operands.shape("conv2d", "bias", bias, weight.dim(0));
        }
        Conv2dGeometry g = new Conv2dGeometry(x.dim(0), x.dim(1), x.dim(2), x.dim(3), weight.dim(0), weight.dim(2),
                weight.dim(3), stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1]);
        Tensor y = Tape.newTensor(Shape.of(g.batch(), g.outChannels(), g.outputHeight(), g.outputWidth()));
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
