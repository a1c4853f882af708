package org.lanewise.autograd.ops;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;

/**
 * y = (x - mean)/sqrt(var + eps)*weight + bias with mean and variance of each channel over the batch;
 * dX, dWeight and dBias: see {@link org.lanewise.kernels.BatchNorm}.
 *
 * @param x      the input
 * @param weight factors, or null
 * @param bias   what is added, or null
 * @param mean   of each channel
 * @param rstd   1/sqrt(var + eps) of each channel
 */
public record BatchNorm(Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, Tensor mean, Tensor rstd)
        implements
            Function {

    /**
     * The output with the statistics that were found.
     *
     * @param y    the output
     * @param mean the mean of each channel
     * @param var  the variance of each channel, the sum of squares over the number of elements
     */
    public record Result(Tensor y, Tensor mean, Tensor var) {
    }

    /**
     * Normalises each channel by the mean and variance of the batch.
     *
     * @param x      shape (N, C, *)
     * @param weight shape (C), or null for none
     * @param bias   shape (C), or null for nothing
     * @param eps    added to the variance
     * @return a tensor of the shape of x, and the statistics, which get no gradient
     * @throws IllegalArgumentException if a shape does not fit
     */
    public static Result batchNorm(Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
        if (x.shape().rank() < 2) {
            throw new IllegalArgumentException("batchNorm: expected input of shape (N, C, *) but got " + x.shape());
        }
        int channels = x.dim(1);
        Operands.optionalShape("batchNorm", "weight", weight, channels);
        Operands.optionalShape("batchNorm", "bias", bias, channels);
        Tensor y = Tape.newTensor(x.shape());
        Tensor mean = Tape.newTensor(Shape.of(channels));
        Tensor var = Tape.newTensor(Shape.of(channels));
        Tensor rstd = Tape.newTensor(Shape.of(channels));
        org.lanewise.kernels.BatchNorm.forward(x.dim(0), channels, pixels(x), x.data(), 0,
                Operands.data(weight), 0, Operands.data(bias), 0, (float) eps, y.data(),
                0,
                mean.data(), var.data(), rstd.data(), Tape.parallelism());
        return new Result(Tape.recording(x, weight, bias)
                ? Tape.record(y, new BatchNorm(x, weight, bias, mean, rstd))
                : y, mean, var);
    }

    private static int pixels(Tensor x) {
        return x.shape().product(2, x.shape().rank());
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        Tensor dWeight = Tape.newTensor(mean.shape());
        Tensor dBias = Tape.newTensor(mean.shape());
        org.lanewise.kernels.BatchNorm.backward(x.dim(0), x.dim(1), pixels(x), x.data(), 0,
                Operands.data(weight), 0, mean.data(), rstd.data(), dY, 0, dY, 0, dWeight.data(),
                dBias.data(), gradients.parallelism());
        if (weight != null) {
            gradients.add(weight, dWeight.data());
        }
        if (bias != null) {
            gradients.add(bias, dBias.data());
        }
        gradients.give(x);
    }
}
