package org.lanewise.kernels;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.math.BatchNormLoop;
import org.lanewise.kernels.reference.ReferenceBatchNorm;

/**
 * Normalisation of each channel by the mean and variance of a batch, for x of shape (batch, channels, pixels):
 *
 * <pre>
 *   y(b, c, p)  = h(b, c, p)*weight(c) + bias(c)        h(b, c, p) = (x(b, c, p) - mean(c))*r(c)        r(c) = 1/sqrt(var(c) + eps)
 *   dX(b, c, p) = weight(c)*r(c)*(dY(b, c, p) - dBias(c)/n - h(b, c, p)*dWeight(c)/n)
 *   dWeight(c)  = sum over b and p of dY*h              dBias(c) = sum over b and p of dY
 * </pre>
 *
 * where n = batch*pixels and var is the mean of (x - mean)^2. Sums are those of {@link Reductions}: in a fixed order, with an error
 * that does not grow with n. All operands are contiguous. With statistics that are constants it is
 * {@link Elementwise#channelAffine}.
 */
public final class BatchNorm {

    private BatchNorm() {
    }

    /**
     * The output, and the mean, variance and r of each channel.
     *
     * @param batch        samples
     * @param channels     channels
     * @param pixels       elements of a channel of a sample
     * @param x            input, shape (batch, channels, pixels)
     * @param xOffset      index of its first element
     * @param weight       a factor for each channel, or null for none
     * @param weightOffset index of the first
     * @param bias         what is added to each channel, or null for nothing
     * @param biasOffset   index of the first
     * @param eps          added to the variance
     * @param y            output, of the shape of x; may be x, if that is not needed backward
     * @param yOffset      index of its first element
     * @param mean         overwritten with the mean of each channel; begins at 0, as the next two
     * @param var          overwritten with the variance of each channel, over n
     * @param rstd         overwritten with r of each channel
     * @param parallelism  the threads that may be used
     * @throws IllegalArgumentException  if a size is negative, or eps is negative or no number
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void forward(int batch, int channels, int pixels, float[] x, int xOffset, float @Nullable [] weight,
            int weightOffset, float @Nullable [] bias, int biasOffset, float eps, float[] y, int yOffset, float[] mean,
            float[] var, float[] rstd, Parallelism parallelism) {
        check(batch, channels, pixels, x, xOffset, weight, weightOffset, mean, rstd);
        if (bias != null) {
            Checks.range("bias", bias, biasOffset, channels);
        }
        Checks.range("y", y, yOffset, (long) batch * channels * pixels);
        Checks.range("var", var, 0, channels);
        Checks.eps(eps);
        Objects.requireNonNull(parallelism, "parallelism");
        if (Backend.current().vectorized()) {
            BatchNormLoop.current().forward(batch, channels, pixels, x, xOffset, weight, weightOffset, bias, biasOffset,
                    eps, y, yOffset, mean, var, rstd, parallelism);
        } else {
            ReferenceBatchNorm.forward(batch, channels, pixels, x, xOffset, weight, weightOffset, bias, biasOffset, eps,
                    y, yOffset, mean, var, rstd);
        }
    }

    /**
     * All gradients.
     *
     * @param batch        samples
     * @param channels     channels
     * @param pixels       elements of a channel of a sample
     * @param x            the input of {@link #forward}
     * @param xOffset      index of its first element
     * @param weight       the factors, or null
     * @param weightOffset index of the first
     * @param mean         what forward wrote
     * @param rstd         what forward wrote
     * @param dY           gradient with respect to y
     * @param dYOffset     index of its first element
     * @param dX           gradient with respect to x, overwritten; may be dY
     * @param dXOffset     index of its first element
     * @param dWeight      gradient with respect to the weight, overwritten; begins at 0, as the next one
     * @param dBias        gradient with respect to the bias, overwritten
     * @param parallelism  the threads that may be used
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void backward(int batch, int channels, int pixels, float[] x, int xOffset, float @Nullable [] weight,
            int weightOffset, float[] mean, float[] rstd, float[] dY, int dYOffset, float[] dX, int dXOffset,
            float[] dWeight, float[] dBias, Parallelism parallelism) {
        check(batch, channels, pixels, x, xOffset, weight, weightOffset, mean, rstd);
        Checks.range("dY", dY, dYOffset, (long) batch * channels * pixels);
        Checks.range("dX", dX, dXOffset, (long) batch * channels * pixels);
        Checks.range("dWeight", dWeight, 0, channels);
        Checks.range("dBias", dBias, 0, channels);
        Objects.requireNonNull(parallelism, "parallelism");
        if (Backend.current().vectorized()) {
            BatchNormLoop.current().backward(batch, channels, pixels, x, xOffset, weight, weightOffset, mean, rstd, dY,
                    dYOffset, dX, dXOffset, dWeight, dBias, parallelism);
        } else {
            ReferenceBatchNorm.backward(batch, channels, pixels, x, xOffset, weight, weightOffset, mean, rstd, dY,
                    dYOffset, dX, dXOffset, dWeight, dBias);
        }
    }

    private static void check(int batch, int channels, int pixels, float[] x, int xOffset, float @Nullable [] weight,
            int weightOffset, float[] mean, float[] rstd) {
        Checks.notNegative("batch", batch);
        Checks.notNegative("channels", channels);
        Checks.notNegative("pixels", pixels);
        Checks.arraySize("x", batch, channels, pixels);
        Checks.range("x", x, xOffset, (long) batch * channels * pixels);
        if (weight != null) {
            Checks.range("weight", weight, weightOffset, channels);
        }
        Checks.range("mean", mean, 0, channels);
        Checks.range("rstd", rstd, 0, channels);
    }
}
