package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.LinearUnits;

/**
 * y = x*P(x) with the normal distribution P(x) = (1 + erf(x/sqrt(2)))/2; dX = dY*(P(x) + x*exp(-x^2/2)/sqrt(2*pi)).
 *
 * @param x the input
 */
public record Gelu(Tensor x) implements Function {

    /**
     * Computes it element by element.
     *
     * @param x the input
     * @return a tensor of the same shape
     */
    public static Tensor gelu(Tensor x) {
        Tensor y = Tape.newTensor(x.shape());
        LinearUnits.gelu(x.size(), x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new Gelu(x)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        LinearUnits.geluBackward(x.size(), x.data(), 0, dY, 0, dY, 0, gradients.parallelism());
        gradients.give(x);
    }
}
