package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Arithmetic;
import org.lanewise.kernels.Elementwise;

/**
 * y = a / b, element by element; dA = dY/b, dB = -dY*y/b.
 *
 * @param a left operand
 * @param b right operand
 * @param y the output
 */
public record Div(Tensor a, Tensor b, Tensor y) implements Function {

    /**
     * Computes a / b.
     *
     * @param a left operand
     * @param b right operand, of the same shape or of one that is repeated, see {@link Broadcast}
     * @return a tensor of the larger shape
     * @throws IllegalArgumentException if the shapes do not go together
     */
    public static Tensor div(Tensor a, Tensor b) {
        if (!a.shape().equals(b.shape())) {
            return Broadcast.broadcast(Arithmetic.DIVIDE, a, b);
        }
        Tensor y = Tape.newTensor(a.shape());
        Elementwise.divide(a.size(), a.data(), 0, b.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(a, b) ? Tape.record(y, new Div(a, b, y)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        Elementwise.divide(y.size(), dY, 0, b.data(), 0, dY, 0, gradients.parallelism());
        gradients.compute(b, dB -> {
            Elementwise.multiply(y.size(), dY, 0, y.data(), 0, dB, 0, gradients.parallelism());
            Elementwise.axpby(y.size(), -1, dB, 0, 0, dB, 0, gradients.parallelism());
        });
        gradients.give(a);
    }
}
