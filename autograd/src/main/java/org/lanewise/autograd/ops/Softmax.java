package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;

/**
 * y = softmax(x) along the last dimension; dX = y*(dY - sum(dY*y)).
 *
 * @param x the input
 * @param y the output, in terms of which the derivative is written
 */
public record Softmax(Tensor x, Tensor y) implements Function {

    /**
     * Computes softmax along the last dimension.
     *
     * @param x the input, of at least one dimension
     * @return a tensor of the same shape
     */
    public static Tensor softmax(Tensor x) {
        Tensor y = Tape.newTensor(x.shape());
        org.lanewise.kernels.Softmax.softmax(Operands.rows(x), x.dim(-1), x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new Softmax(x, y)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        org.lanewise.kernels.Softmax.softmaxBackward(Operands.rows(y), y.dim(-1), y.data(), 0, dY, 0, dY, 0,
                gradients.parallelism());
        gradients.give(x);
    }
}
