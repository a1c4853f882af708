package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.LinearUnits;

/**
 * y = x/2*(1 + tanh(z/2)) = x*s with z = 2*sqrt(2/pi)*(x + 0.044715 x^3) and s = 1/(1 + exp(-z)); dX = dY*(s + x*s*(1 - s)*z').
 *
 * @param x the input
 */
public record GeluTanh(Tensor x) implements Function {

    /**
     * Computes it element by element.
     *
     * @param x the input
     * @return a tensor of the same shape
     */
    public static Tensor geluTanh(Tensor x) {
        Tensor y = Tape.newTensor(x.shape());
        LinearUnits.geluTanh(x.size(), x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new GeluTanh(x)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        LinearUnits.geluTanhBackward(x.size(), x.data(), 0, dY, 0, dY, 0, gradients.parallelism());
        gradients.give(x);
    }
}
