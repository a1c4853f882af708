package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;

/**
 * y(i) = x(i)/(1 - p) with probability 1 - p, else 0; dX is the same of dY. The mask is a function of the seed, and not kept.
 *
 * @param x    the input
 * @param p    probability that an element becomes 0
 * @param seed chooses the mask
 */
public record Dropout(Tensor x, double p, long seed) implements Function {

    /**
     * Leaves out some elements and scales the others.
     *
     * @param x    the input
     * @param p    probability that an element becomes 0
     * @param seed chooses the mask; the same seed gives the same one
     * @return a tensor of the same shape
     * @throws IllegalArgumentException if p is not in [0, 1]
     */
    public static Tensor dropout(Tensor x, double p, long seed) {
        Tensor y = Tape.newTensor(x.shape());
        org.lanewise.kernels.Dropout.apply(x.size(), p, seed, x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new Dropout(x, p, seed)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        org.lanewise.kernels.Dropout.apply(x.size(), p, seed, dY, 0, dY, 0, gradients.parallelism());
        gradients.give(x);
    }
}
