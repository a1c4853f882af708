package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.LinearUnits;

/**
 * y = x*s with s = 1/(1 + exp(-x)); dX = dY*s*(1 + x*(1 - s)).
 *
 * @param x the input
 */
public record Silu(Tensor x) implements Function {

    /**
     * Computes it element by element.
     *
     * @param x the input
     * @return a tensor of the same shape
     */
    public static Tensor silu(Tensor x) {
        Tensor y = Tape.newTensor(x.shape());
        LinearUnits.silu(x.size(), x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new Silu(x)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        LinearUnits.siluBackward(x.size(), x.data(), 0, dY, 0, dY, 0, gradients.parallelism());
        gradients.give(x);
    }
}
