package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.AvgDivisor;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;

/**
 * The average of each window; dX is the sum of dY/divisor over the windows of a pixel.
 *
 * @param x        the input
 * @param geometry the sizes
 * @param divisor  what the sums are divided by
 */
public record AvgPool2d(Tensor x, Pool2dGeometry geometry, AvgDivisor divisor) implements Function {

    /**
     * Computes the averages.
     *
     * @param x       shape (N, C, H, W)
     * @param window  the window and how it slides, without dilation
     * @param divisor what the sums are divided by
     * @return shape (N, C, OH, OW)
     * @throws IllegalArgumentException if a shape does not fit
     */
    public static Tensor avgPool2d(Tensor x, Pool2dWindow window, AvgDivisor divisor) {
        Pool2dGeometry g = Operands.pooling("avgPool2d", x, window);
        Tensor y = Tape.newTensor(Shape.of(x.dim(0), x.dim(1), g.outputHeight(), g.outputWidth()));
        org.lanewise.kernels.AvgPool2d.forward(g, divisor, x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new AvgPool2d(x, g, divisor)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        gradients.accumulate(x,
                (dX, beta) -> org.lanewise.kernels.AvgPool2d.backward(geometry, divisor, dY, 0, beta, dX,
                        0, gradients.parallelism()));
    }
}
