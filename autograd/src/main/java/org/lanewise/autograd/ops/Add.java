package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Arithmetic;
import org.lanewise.kernels.Elementwise;

/**
 * y = a + b; dA = dY, dB = dY.
 *
 * @param a left operand
 * @param b right operand
 */
public record Add(Tensor a, Tensor b) implements Function {

    /**
     * Computes a + b.
     *
     * @param a left operand
     * @param b right operand, of the same shape or of one that is repeated, see {@link Broadcast}
     * @return a tensor of the larger shape
     * @throws IllegalArgumentException if the shapes do not go together
     */
    public static Tensor add(Tensor a, Tensor b) {
        if (!a.shape().equals(b.shape())) {
            return Broadcast.broadcast(Arithmetic.ADD, a, b);
        }
        Tensor y = Tape.newTensor(a.shape());
        Elementwise.add(a.size(), a.data(), 0, b.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(a, b) ? Tape.record(y, new Add(a, b)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        gradients.add(b, gradients.dY());
        gradients.give(a);
    }
}
