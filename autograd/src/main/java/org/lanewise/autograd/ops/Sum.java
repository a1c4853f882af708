package org.lanewise.autograd.ops;

import java.util.Arrays;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Reductions;

/**
 * y = factor * (x[0] + ... + x[n-1]), where the factor is 1 for a sum and 1/n for a mean; each dX is factor*dY.
 *
 * @param x      the input
 * @param factor 1, or 1/n
 */
public record Sum(Tensor x, float factor) implements Function {

    /**
     * Computes the sum of all elements.
     *
     * @param x the input
     * @return a scalar
     */
    public static Tensor sum(Tensor x) {
        return scaled(x, 1, 1);
    }

    /**
     * Computes the mean of all elements; NaN if there are none, as in PyTorch.
     *
     * @param x the input
     * @return a scalar
     */
    public static Tensor mean(Tensor x) {
        return scaled(x, x.size(), 1f / x.size());
    }

    private static Tensor scaled(Tensor x, int divisor, float factor) {
        Tensor y = Tape.newTensor(Shape.of());
        y.data()[0] = (float) (Reductions.sum(x.size(), x.data(), 0) / divisor);
        return Tape.recording(x) ? Tape.record(y, new Sum(x, factor)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float each = factor * gradients.dY()[0];
        gradients.compute(x, dX -> Arrays.fill(dX, each));
    }
}
