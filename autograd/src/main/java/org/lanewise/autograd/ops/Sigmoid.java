package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Activations;

/**
 * y = 1/(1 + exp(-x)); dX = dY*y*(1 - y).
 *
 * @param x the input
 * @param y the output, in terms of which the derivative is written
 */
public record Sigmoid(Tensor x, Tensor y) implements Function {

    /**
     * Computes 1/(1 + exp(-x)), element by element.
     *
     * @param x the input
     * @return a tensor of the same shape
     */
    public static Tensor sigmoid(Tensor x) {
        Tensor y = Tape.newTensor(x.shape());
        Activations.sigmoid(x.size(), x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new Sigmoid(x, y)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        Activations.sigmoidBackward(y.size(), y.data(), 0, dY, 0, dY, 0, gradients.parallelism());
        gradients.give(x);
    }
}
