package org.lanewise.kernels;

import java.util.Objects;

import org.lanewise.kernels.math.SoftmaxLoop;
import org.lanewise.kernels.reference.ReferenceSoftmax;

/**
 * Softmax along the rows of a contiguous matrix, its logarithm, and both derivatives. The row's maximum is subtracted first, so
 * nothing overflows.
 */
public final class Softmax {

    private Softmax() {
    }

    /**
     * y(i, j) := exp(x(i, j)) / sum over l of exp(x(i, l)).
     *
     * @param rows        rows
     * @param columns     columns, the classes
     * @param x           input, shape (rows, columns)
     * @param xOffset     index of its first element
     * @param y           output of the same shape; may be x
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void softmax(int rows, int columns, float[] x, int xOffset, float[] y, int yOffset,
            Parallelism parallelism) {
        forward(false, rows, columns, x, xOffset, y, yOffset, parallelism);
    }

    /**
     * dX(i, j) := y(i, j) * (dY(i, j) - sum over l of dY(i, l)*y(i, l)).
     *
     * @param rows        rows
     * @param columns     columns
     * @param y           the output of {@link #softmax}
     * @param yOffset     index of its first element
     * @param dY          gradient with respect to y
     * @param dYOffset    index of its first element
     * @param dX          gradient with respect to x, overwritten; may be dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void softmaxBackward(int rows, int columns, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset, Parallelism parallelism) {
        backward(false, rows, columns, y, yOffset, dY, dYOffset, dX, dXOffset, parallelism);
    }

    /**
     * y(i, j) := x(i, j) - log(sum over l of exp(x(i, l))).
     *
     * @param rows        rows
     * @param columns     columns, the classes
     * @param x           input, shape (rows, columns)
     * @param xOffset     index of its first element
     * @param y           output of the same shape; must not overlap x
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void logSoftmax(int rows, int columns, float[] x, int xOffset, float[] y, int yOffset,
            Parallelism parallelism) {
        forward(true, rows, columns, x, xOffset, y, yOffset, parallelism);
    }

    /**
     * dX(i, j) := dY(i, j) - exp(y(i, j)) * sum over l of dY(i, l).
     *
     * @param rows        rows
     * @param columns     columns
     * @param y           the output of {@link #logSoftmax}
     * @param yOffset     index of its first element
     * @param dY          gradient with respect to y
     * @param dYOffset    index of its first element
     * @param dX          gradient with respect to x, overwritten; may be dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void logSoftmaxBackward(int rows, int columns, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset, Parallelism parallelism) {
        backward(true, rows, columns, y, yOffset, dY, dYOffset, dX, dXOffset, parallelism);
    }

    private static void forward(boolean log, int rows, int columns, float[] x, int xOffset, float[] y, int yOffset,
            Parallelism parallelism) {
        check(rows, columns, "x", x, xOffset, "y", y, yOffset);
        Objects.requireNonNull(parallelism, "parallelism");
        if (Backend.current().vectorized()) {
            SoftmaxLoop.current().forward(log, rows, columns, x, xOffset, y, yOffset, null, parallelism);
        } else {
            ReferenceSoftmax.forward(log, rows, columns, x, xOffset, y, yOffset);
        }
    }

    private static void backward(boolean log, int rows, int columns, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset, Parallelism parallelism) {
        check(rows, columns, "y", y, yOffset, "dY", dY, dYOffset);
        Checks.range("dX", dX, dXOffset, (long) rows * columns);
        Objects.requireNonNull(parallelism, "parallelism");
        if (Backend.current().vectorized()) {
            SoftmaxLoop.current().backward(log, rows, columns, y, yOffset, dY, dYOffset, dX, dXOffset, parallelism);
        } else {
            ReferenceSoftmax.backward(log, rows, columns, y, yOffset, dY, dYOffset, dX, dXOffset);
        }
    }

    private static void check(int rows, int columns, String aName, float[] a, int aOffset,
            String bName, float[] b, int bOffset) {
        Checks.notNegative("rows", rows);
        Checks.notNegative("columns", columns);
        Checks.range(aName, a, aOffset, (long) rows * columns);
        Checks.range(bName, b, bOffset, (long) rows * columns);
    }
}
