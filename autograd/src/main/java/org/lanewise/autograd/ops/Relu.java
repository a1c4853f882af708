package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Activations;

/**
 * y = max(x, 0); dX = dY where y > 0, else 0.
 *
 * @param x the input
 * @param y the output, in terms of which the derivative is written
 */
public record Relu(Tensor x, Tensor y) implements Function {

    /**
     * Computes max(x, 0), element by element.
     *
     * @param x the input
     * @return a tensor of the same shape
     */
    public static Tensor relu(Tensor x) {
        Tensor y = Tape.newTensor(x.shape());
        Activations.relu(x.size(), x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new Relu(x, y)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        Activations.reluBackward(y.size(), y.data(), 0, dY, 0, dY, 0, gradients.parallelism());
        gradients.give(x);
    }
}
