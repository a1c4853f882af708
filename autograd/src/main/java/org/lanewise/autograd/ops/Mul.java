package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Arithmetic;
import org.lanewise.kernels.Elementwise;

/**
 * y = a * b, element by element; dA = dY*b, dB = dY*a.
 *
 * @param a left operand
 * @param b right operand
 */
public record Mul(Tensor a, Tensor b) implements Function {

    /**
     * Computes a * b.
     *
     * @param a left operand
     * @param b right operand, of the same shape or of one that is repeated, see {@link Broadcast}
     * @return a tensor of the larger shape
     * @throws IllegalArgumentException if the shapes do not go together
     */
    public static Tensor mul(Tensor a, Tensor b) {
        if (!a.shape().equals(b.shape())) {
            return Broadcast.broadcast(Arithmetic.MULTIPLY, a, b);
        }
        Tensor y = Tape.newTensor(a.shape());
        Elementwise.multiply(a.size(), a.data(), 0, b.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(a, b) ? Tape.record(y, new Mul(a, b)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        gradients.compute(a, dA -> Elementwise
                .multiply(a.size(), dY, 0, b.data(), 0, dA, 0, gradients.parallelism()));
        gradients.compute(b, dB -> Elementwise
                .multiply(b.size(), dY, 0, a.data(), 0, dB, 0, gradients.parallelism()));
    }
}
