package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Elementwise;
import org.lanewise.kernels.Exponentials;

/**
 * y = exp(x); dX = dY*y.
 *
 * @param x the input
 * @param y the output, in terms of which the derivative is written
 */
public record Exp(Tensor x, Tensor y) implements Function {

    /**
     * Computes exp(x), element by element.
     *
     * @param x the input
     * @return a tensor of the same shape
     */
    public static Tensor exp(Tensor x) {
        Tensor y = Tape.newTensor(x.shape());
        Exponentials.exp(x.size(), x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new Exp(x, y)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        Elementwise.multiply(y.size(), dY, 0, y.data(), 0, dY, 0, gradients.parallelism());
        gradients.give(x);
    }
}
