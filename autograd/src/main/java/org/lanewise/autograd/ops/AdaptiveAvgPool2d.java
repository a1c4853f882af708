package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.AdaptivePool2dGeometry;

/**
 * The average of each window, where the windows follow from the size of the output; dX is the sum of dY/area over the windows of a
 * pixel.
 *
 * @param x        the input
 * @param geometry the sizes
 */
public record AdaptiveAvgPool2d(Tensor x, AdaptivePool2dGeometry geometry) implements Function {

    /**
     * Computes the averages.
     *
     * @param x            shape (N, C, H, W)
     * @param outputHeight OH
     * @param outputWidth  OW
     * @return shape (N, C, OH, OW)
     * @throws IllegalArgumentException if a shape does not fit
     */
    public static Tensor adaptiveAvgPool2d(Tensor x, int outputHeight, int outputWidth) {
        Operands.rank("adaptiveAvgPool2d", "input", x, 4, "(N, C, H, W)");
        AdaptivePool2dGeometry g = new AdaptivePool2dGeometry(x.dim(0) * x.dim(1), x.dim(2), x.dim(3), outputHeight,
                outputWidth);
        Tensor y = Tape.newTensor(Shape.of(x.dim(0), x.dim(1), outputHeight, outputWidth));
        org.lanewise.kernels.AdaptiveAvgPool2d.forward(g, x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new AdaptiveAvgPool2d(x, g)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        gradients.accumulate(x, (dX, beta) -> org.lanewise.kernels.AdaptiveAvgPool2d.backward(geometry, dY, 0, beta, dX,
                0, gradients.parallelism()));
    }
}
