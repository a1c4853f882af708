package org.lanewise.autograd.ops;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Reductions;

/**
 * y = (x - mean)/sqrt(var + eps)*weight + bias with mean and variance over the last dimensions;
 * dX, dWeight and dBias: see {@link org.lanewise.kernels.LayerNorm}.
 *
 * @param x       the input
 * @param columns elements that are normalised together
 * @param weight  factors, or null
 * @param bias    what is added, or null
 * @param mean    of each row
 * @param rstd    1/sqrt(var + eps) of each row
 */
public record LayerNorm(Tensor x, int columns, @Nullable Tensor weight, @Nullable Tensor bias, Tensor mean, Tensor rstd)
        implements
            Function {

    /**
     * Normalises over the last dimensions.
     *
     * @param x               the input
     * @param normalizedShape the last dimensions of x, at least one
     * @param weight          factors of this shape, or null for none
     * @param bias            what is added, of this shape, or null for nothing
     * @param eps             added to the variance
     * @return a tensor of the shape of x
     * @throws IllegalArgumentException if a shape does not fit
     */
    public static Tensor layerNorm(Tensor x, int[] normalizedShape, @Nullable Tensor weight, @Nullable Tensor bias,
            double eps) {
        int leading = x.shape().rank() - normalizedShape.length;
        for (int i = 0; i < normalizedShape.length; i++) {
            if (leading < 0 || x.dim(leading + i) != normalizedShape[i]) {
                throw new IllegalArgumentException("layerNorm: expected input whose last dimensions are "
                        + Shape.of(normalizedShape) + " but got " + x.shape());
            }
        }
        Operands.optionalShape("layerNorm", "weight", weight, normalizedShape);
        Operands.optionalShape("layerNorm", "bias", bias, normalizedShape);
        int rows = x.shape().product(0, leading);
        int columns = x.shape().product(leading, x.shape().rank());
        Tensor y = Tape.newTensor(x.shape());
        Tensor mean = Tape.newTensor(Shape.of(rows));
        Tensor rstd = Tape.newTensor(Shape.of(rows));
        org.lanewise.kernels.LayerNorm.forward(rows, columns, x.data(), 0, Operands.data(weight), 0,
                Operands.data(bias), 0, (float) eps, y.data(), 0, mean.data(), 0, rstd.data(), 0,
                Tape.parallelism());
        return Tape.recording(x, weight, bias)
                ? Tape.record(y, new LayerNorm(x, columns, weight, bias, mean, rstd))
                : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        int rows = mean.size();
        if (bias != null) {
            gradients.accumulate(bias, (dB, beta) -> Reductions.columnSums(rows, columns, dY, 0, columns, beta, dB, 0,
                    gradients.parallelism()));
        }
        if (weight != null) {
            gradients.compute(weight, dW -> org.lanewise.kernels.LayerNorm.backwardWeight(rows, columns, x.data(), 0,
                    mean.data(), 0, rstd.data(), 0, dY, 0, dW, 0, gradients.parallelism()));
        }
        if (gradients.needed(x)) {
            org.lanewise.kernels.LayerNorm.backward(rows, columns, x.data(), 0, Operands.data(weight),
                    0,
                    mean.data(), 0, rstd.data(), 0, dY, 0, dY, 0, gradients.parallelism());
            gradients.give(x);
        }
    }
}
