package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Elementwise;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Reductions;

/**
 * Mean squared error: y = 1/n * sum of (input - target)^2; dInput = 2/n * (input - target) * dY, dTarget = -dInput.
 *
 * @param input  the prediction
 * @param target what it should be
 */
public record MseLoss(Tensor input, Tensor target) implements Function {

    /**
     * Computes the mean squared error; NaN for empty tensors, as in PyTorch.
     *
     * @param input  the prediction
     * @param target what it should be, of the same shape
     * @return a scalar
     * @throws IllegalArgumentException if the shapes differ
     */
    public static Tensor mseLoss(Tensor input, Tensor target) {
        Operands.sameShape("mseLoss", input, target);
        Tensor y = Tape.newTensor(Shape.of());
        int n = input.size();
        y.data()[0] = (float) (Reductions.sumOfSquaredDifferences(n, input.data(), 0, target.data(), 0) / n);
        return Tape.recording(input, target) ? Tape.record(y, new MseLoss(input, target)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float slope = 2 * gradients.dY()[0] / input.size();
        gradients.compute(input, dInput -> difference(slope, dInput, gradients.parallelism()));
        gradients.compute(target, dTarget -> difference(-slope, dTarget, gradients.parallelism()));
    }

    /** dX := slope*(input - target). */
    private void difference(float slope, float[] dX, Parallelism parallelism) {
        int n = input.size();
        Elementwise.subtract(n, input.data(), 0, target.data(), 0, dX, 0, parallelism);
        Elementwise.axpby(n, slope, dX, 0, 0, dX, 0, parallelism);
    }
}
