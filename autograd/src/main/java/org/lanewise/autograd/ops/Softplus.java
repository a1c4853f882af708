package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.LinearUnits;

/**
 * y = log(1 + exp(beta*x))/beta, and x where beta*x > threshold; dX = dY/(1 + exp(-beta*x)), and dY.
 *
 * @param x the input
 * @param beta the steepness
 * @param threshold beta*x above which y is x
 */
public record Softplus(Tensor x, float beta, float threshold) implements Function {

    /**
     * Computes it element by element.
     *
     * @param x the input
     * @param beta the steepness
     * @param threshold beta*x above which y is x
     * @return a tensor of the same shape
     */
    public static Tensor softplus(Tensor x, float beta, float threshold) {
        Tensor y = Tape.newTensor(x.shape());
        LinearUnits.softplus(x.size(), beta, threshold, x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new Softplus(x, beta, threshold)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        LinearUnits.softplusBackward(x.size(), beta, threshold, x.data(), 0, dY, 0, dY, 0, gradients.parallelism());
        gradients.give(x);
    }
}
