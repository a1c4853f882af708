package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.LinearUnits;

/**
 * y = x where x > 0, else alpha*(exp(x) - 1); dX = dY, else dY*alpha*exp(x).
 *
 * @param x the input
 * @param alpha -alpha is the limit for small x
 */
public record Elu(Tensor x, float alpha) implements Function {

    /**
     * Computes it element by element.
     *
     * @param x the input
     * @param alpha -alpha is the limit for small x
     * @return a tensor of the same shape
     */
    public static Tensor elu(Tensor x, float alpha) {
        Tensor y = Tape.newTensor(x.shape());
        LinearUnits.elu(x.size(), alpha, x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new Elu(x, alpha)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        LinearUnits.eluBackward(x.size(), alpha, x.data(), 0, dY, 0, dY, 0, gradients.parallelism());
        gradients.give(x);
    }
}
