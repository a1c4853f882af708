package org.lanewise.kernels;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.math.ColumnLoop;
import org.lanewise.kernels.math.LayerNormLoop;
import org.lanewise.kernels.reference.ReferenceLayerNorm;

/**
 * Normalisation of each row of a matrix by its own mean and variance:
 *
 * <pre>
 *   y(i, j)  = h(i, j)*weight(j) + bias(j)        h(i, j) = (x(i, j) - mean(i))*r(i)        r(i) = 1/sqrt(var(i) + eps)
 *   dX(i, j) = r(i)*(g(i, j) - mean of g(i, .) - h(i, j) * mean of g(i, .)*h(i, .))         g(i, j) = dY(i, j)*weight(j)
 *   dWeight(j) = sum over i of dY(i, j)*h(i, j)   dBias(j) = sum over i of dY(i, j)
 * </pre>
 *
 * where var is the mean of (x - mean)^2. Sums are those of {@link Reductions}: in a fixed order, with an error that does not grow with
 * the length of a row. All operands are contiguous.
 */
public final class LayerNorm {

    private LayerNorm() {
    }

    /**
     * The output, and the mean and r of each row, which {@link #backward} needs.
     *
     * @param rows         rows
     * @param columns      columns, the features
     * @param x            input, shape (rows, columns)
     * @param xOffset      index of its first element
     * @param weight       a factor for each column, or null for none
     * @param weightOffset index of the first
     * @param bias         what is added to each column, or null for nothing
     * @param biasOffset   index of the first
     * @param eps          added to the variance
     * @param y            output, of the shape of x; may be x, if that is not needed backward
     * @param yOffset      index of its first element
     * @param mean         overwritten with the mean of each row
     * @param meanOffset   index of the first
     * @param rstd         overwritten with r of each row
     * @param rstdOffset   index of the first
     * @param parallelism  the threads that may be used
     * @throws IllegalArgumentException  if a size is negative, or eps is negative or no number
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void forward(int rows, int columns, float[] x, int xOffset, float @Nullable [] weight,
            int weightOffset,
            float @Nullable [] bias, int biasOffset, float eps, float[] y, int yOffset, float[] mean, int meanOffset,
            float[] rstd, int rstdOffset, Parallelism parallelism) {
        check(rows, columns, x, xOffset, weight, weightOffset, mean, meanOffset, rstd, rstdOffset);
        if (bias != null) {
            Checks.range("bias", bias, biasOffset, columns);
        }
        Checks.range("y", y, yOffset, (long) rows * columns);
        Checks.eps(eps);
        Objects.requireNonNull(parallelism, "parallelism");
        if (Backend.current().vectorized()) {
            LayerNormLoop.current().forward(rows, columns, x, xOffset, weight, weightOffset, bias, biasOffset, eps, y,
                    yOffset, mean, meanOffset, rstd, rstdOffset, parallelism);
        } else {
            ReferenceLayerNorm.forward(rows, columns, x, xOffset, weight, weightOffset, bias, biasOffset, eps, y,
                    yOffset, mean, meanOffset, rstd, rstdOffset);
        }
    }

    /**
     * The gradient with respect to the input.
     *
     * @param rows         rows
     * @param columns      columns
     * @param x            the input of {@link #forward}
     * @param xOffset      index of its first element
     * @param weight       the factors, or null
     * @param weightOffset index of the first
     * @param mean         what forward wrote
     * @param meanOffset   index of the first
     * @param rstd         what forward wrote
     * @param rstdOffset   index of the first
     * @param dY           gradient with respect to y
     * @param dYOffset     index of its first element
     * @param dX           gradient with respect to x, overwritten; may be dY
     * @param dXOffset     index of its first element
     * @param parallelism  the threads that may be used
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void backward(int rows, int columns, float[] x, int xOffset, float @Nullable [] weight,
            int weightOffset,
            float[] mean, int meanOffset, float[] rstd, int rstdOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset, Parallelism parallelism) {
        check(rows, columns, x, xOffset, weight, weightOffset, mean, meanOffset, rstd, rstdOffset);
        Checks.range("dY", dY, dYOffset, (long) rows * columns);
        Checks.range("dX", dX, dXOffset, (long) rows * columns);
        Objects.requireNonNull(parallelism, "parallelism");
        if (Backend.current().vectorized()) {
            LayerNormLoop.current().backward(rows, columns, x, xOffset, weight, weightOffset, mean, meanOffset, rstd,
                    rstdOffset, dY, dYOffset, dX, dXOffset, parallelism);
        } else {
            ReferenceLayerNorm.backward(rows, columns, x, xOffset, weight, weightOffset, mean, meanOffset, rstd,
                    rstdOffset, dY, dYOffset, dX, dXOffset);
        }
    }

    /**
     * The gradient with respect to the weight. (That of the bias is {@link Reductions#columnSums} of dY.)
     *
     * @param rows          rows
     * @param columns       columns
     * @param x             the input of {@link #forward}
     * @param xOffset       index of its first element
     * @param mean          what forward wrote
     * @param meanOffset    index of the first
     * @param rstd          what forward wrote
     * @param rstdOffset    index of the first
     * @param dY            gradient with respect to y
     * @param dYOffset      index of its first element
     * @param dWeight       gradient with respect to the weight, overwritten; must not overlap an input
     * @param dWeightOffset index of its first element
     * @param parallelism   the threads that may be used
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void backwardWeight(int rows, int columns, float[] x, int xOffset, float[] mean, int meanOffset,
            float[] rstd, int rstdOffset, float[] dY, int dYOffset, float[] dWeight, int dWeightOffset,
            Parallelism parallelism) {
        check(rows, columns, x, xOffset, null, 0, mean, meanOffset, rstd, rstdOffset);
        Checks.range("dY", dY, dYOffset, (long) rows * columns);
        Checks.range("dWeight", dWeight, dWeightOffset, columns);
        Objects.requireNonNull(parallelism, "parallelism");
        if (Backend.current().vectorized()) {
            ColumnLoop.current().scaledDots(rows, columns, x, xOffset, columns, mean, meanOffset, rstd, rstdOffset, dY,
                    dYOffset, dWeight, dWeightOffset, parallelism);
        } else {
            ReferenceLayerNorm.backwardWeight(rows, columns, x, xOffset, mean, meanOffset, rstd, rstdOffset, dY,
                    dYOffset, dWeight, dWeightOffset);
        }
    }

    private static void check(int rows, int columns, float[] x, int xOffset, float @Nullable [] weight,
            int weightOffset,
            float[] mean, int meanOffset, float[] rstd, int rstdOffset) {
        Checks.notNegative("rows", rows);
        Checks.notNegative("columns", columns);
        Checks.arraySize("x", rows, columns);
        Checks.range("x", x, xOffset, (long) rows * columns);
        if (weight != null) {
            Checks.range("weight", weight, weightOffset, columns);
        }
        Checks.range("mean", mean, meanOffset, rows);
        Checks.range("rstd", rstd, rstdOffset, rows);
    }
}
