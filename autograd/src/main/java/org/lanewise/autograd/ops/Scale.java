package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Elementwise;

/**
 * y = factor*x; dX = factor*dY.
 *
 * @param x      the input
 * @param factor the number
 */
public record Scale(Tensor x, float factor) implements Function {

    /**
     * Computes factor*x.
     *
     * @param x      the input
     * @param factor the number
     * @return a tensor of the same shape
     */
    public static Tensor scale(Tensor x, float factor) {
        Tensor y = Tape.newTensor(x.shape());
        Elementwise.axpby(x.size(), factor, x.data(), 0, 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new Scale(x, factor)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        gradients.accumulate(x, (dX, beta) -> Elementwise
                .axpby(x.size(), factor, dY, 0, beta, dX, 0, gradients.parallelism()));
    }
}
