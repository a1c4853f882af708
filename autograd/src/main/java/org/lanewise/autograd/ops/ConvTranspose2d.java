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
import org.lanewise.kernels.ConvTranspose2dGeometry;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Reductions;

/**
 * Transposed two-dimensional convolution: the gradient by data of a convolution that makes an input of this from an output. So the
 * gradient with respect to the input is that convolution of dY, that of the weights is its gradient by weights with dY as the
 * input, that of the bias sums dY over images and pixels.
 *
 * @param x           the input
 * @param weight      the weights
 * @param bias        the bias, or null
 * @param convolution the sizes of the convolution that this is the transpose of
 */
public record ConvTranspose2d(Tensor x, Tensor weight, @Nullable Tensor bias, Conv2dGeometry convolution)
        implements
            Function {

    /**
     * Computes the transposed convolution.
     *
     * @param x             shape (N, C, H, W)
     * @param weight        shape (C, K/groups, R, S)
     * @param bias          shape (K), or null for none
     * @param stride        stride along height and width, two values
     * @param padding       what is cut off along height and width, two values
     * @param outputPadding what is added below and on the right, two values
     * @param dilation      dilation along height and width, two values
     * @param groups        ranges of channels that see each other
     * @return shape (N, K, OH, OW)
     * @throws IllegalArgumentException if a shape does not fit
     */
    public static Tensor convTranspose2d(Tensor x, Tensor weight, @Nullable Tensor bias, int[] stride, int[] padding,
            int[] outputPadding, int[] dilation, int groups) {
        Operands.rank("convTranspose2d", "input", x, 4, "(N, C, H, W)");
        Operands.rank("convTranspose2d", "weight", weight, 4, "(C, K/groups, R, S)");
        if (x.dim(1) != weight.dim(0)) {
            throw new IllegalArgumentException("convTranspose2d: the weight " + weight.shape() + " expects input (N, "
                    + weight.dim(0) + ", H, W) but got " + x.shape());
        }
        ConvTranspose2dGeometry t = new ConvTranspose2dGeometry(x.dim(0), x.dim(1), x.dim(2), x.dim(3),
                Math.multiplyExact(weight.dim(1), groups), weight.dim(2), weight.dim(3), stride[0], stride[1],
                padding[0], padding[1], outputPadding[0], outputPadding[1], dilation[0], dilation[1], groups);
        if (bias != null) {
            Operands.shape("convTranspose2d", "bias", bias, t.outChannels());
        }
        Conv2dGeometry g = t.convolution();
        Tensor y = Tape.newTensor(Shape.of(t.batch(), t.outChannels(), t.outputHeight(), t.outputWidth()));
        if (bias != null) {
            fillChannels(y.data(), bias.data(), g);
        }
        org.lanewise.kernels.Conv2d.backwardData(g, weight.data(), 0, x.data(), 0, bias == null ? 0 : 1, y.data(), 0,
                Tape.parallelism());
        return Tape.recording(x, weight, bias) ? Tape.record(y, new ConvTranspose2d(x, weight, bias, g)) : y;
    }

    /** The sums begin with the bias. */
    private static void fillChannels(float[] y, float[] bias, Conv2dGeometry g) {
        int pixels = g.height() * g.width();
        for (int plane = 0; plane < g.batch() * g.inChannels(); plane++) {
            Arrays.fill(y, plane * pixels, (plane + 1) * pixels, bias[plane % g.inChannels()]);
        }
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        gradients.accumulate(x,
                (dX, beta) -> org.lanewise.kernels.Conv2d.forward(convolution, Conv2dAlgorithm.AUTO, dY, 0,
                        weight.data(), 0, Epilogue.NONE, beta, dX, 0, gradients.parallelism()));
        gradients.accumulate(weight, (dW, beta) -> org.lanewise.kernels.Conv2d.backwardWeights(convolution, dY, 0,
                x.data(), 0, beta, dW, 0, gradients.parallelism()));
        if (bias != null) {
            int pixels = convolution.height() * convolution.width();
            gradients.accumulate(bias, (db, beta) -> Reductions.channelSums(convolution.batch(),
                    convolution.inChannels(), pixels, dY, 0, beta, db, 0));
        }
    }
}
