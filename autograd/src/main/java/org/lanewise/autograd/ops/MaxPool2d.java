package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;

/**
 * The maximum of each window; dX = dY at the place of the maximum.
 *
 * @param x        the input
 * @param geometry the sizes
 * @param indices  the places of the maxima
 */
public record MaxPool2d(Tensor x, Pool2dGeometry geometry, byte[] indices) implements Function {

    /**
     * Computes the maxima.
     *
     * @param x      shape (N, C, H, W)
     * @param window the window and how it slides
     * @return shape (N, C, OH, OW)
     * @throws IllegalArgumentException if a shape does not fit
     */
    public static Tensor maxPool2d(Tensor x, Pool2dWindow window) {
        Pool2dGeometry g = Operands.pooling("maxPool2d", x, window);
        Tensor y = Tape.newTensor(Shape.of(x.dim(0), x.dim(1), g.outputHeight(), g.outputWidth()));
        byte[] indices = Tape.newBytes(g.indexBytes());
        org.lanewise.kernels.MaxPool2d.forward(g, x.data(), 0, y.data(), 0, indices, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new MaxPool2d(x, g, indices)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        gradients.accumulate(x,
                (dX, beta) -> org.lanewise.kernels.MaxPool2d.backward(geometry, indices, dY, 0, beta, dX,
                        0, gradients.parallelism()));
    }
}
