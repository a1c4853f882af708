package org.lanewise.kernels;

import org.lanewise.kernels.math.VectorSoftmax;
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
     * @param rows    rows
     * @param columns columns, the classes
     * @param x       input, shape (rows, columns)
     * @param xOffset index of its first element
     * @param y       output of the same shape; may be x
     * @param yOffset index of its first element
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void softmax(int rows, int columns, float[] x, int xOffset, float[] y, int yOffset) {
        check(rows, columns, "x", x, xOffset, "y", y, yOffset);
        for (int i = 0; i < rows; i++) {
            softmaxRow(columns, x, xOffset + i * columns, y, yOffset + i * columns);
        }
    }

    /**
     * dX(i, j) := y(i, j) * (dY(i, j) - sum over l of dY(i, l)*y(i, l)).
     *
     * @param rows     rows
     * @param columns  columns
     * @param y        the output of {@link #softmax}
     * @param yOffset  index of its first element
     * @param dY       gradient with respect to y
     * @param dYOffset index of its first element
     * @param dX       gradient with respect to x, overwritten; may be dY
     * @param dXOffset index of its first element
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void softmaxBackward(int rows, int columns, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        check(rows, columns, "y", y, yOffset, "dY", dY, dYOffset);
        Checks.range("dX", dX, dXOffset, (long) rows * columns);
        boolean vectorized = Backend.current().vectorized();
        for (int i = 0; i < rows; i++) {
            int row = i * columns;
            if (vectorized) {
                VectorSoftmax.softmaxRowBackward(columns, y, yOffset + row, dY, dYOffset + row, dX, dXOffset + row);
            } else {
                ReferenceSoftmax.softmaxRowBackward(columns, y, yOffset + row, dY, dYOffset + row, dX, dXOffset + row);
            }
        }
    }

    /**
     * y(i, j) := x(i, j) - log(sum over l of exp(x(i, l))).
     *
     * @param rows    rows
     * @param columns columns, the classes
     * @param x       input, shape (rows, columns)
     * @param xOffset index of its first element
     * @param y       output of the same shape; must not overlap x
     * @param yOffset index of its first element
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void logSoftmax(int rows, int columns, float[] x, int xOffset, float[] y, int yOffset) {
        check(rows, columns, "x", x, xOffset, "y", y, yOffset);
        for (int i = 0; i < rows; i++) {
            int ix = xOffset + i * columns;
            int iy = yOffset + i * columns;
            if (Backend.current().vectorized()) {
                VectorSoftmax.logSoftmaxRow(columns, x, ix, y, iy);
            } else {
                ReferenceSoftmax.logSoftmaxRow(columns, x, ix, y, iy);
            }
        }
    }

    /**
     * dX(i, j) := dY(i, j) - exp(y(i, j)) * sum over l of dY(i, l).
     *
     * @param rows     rows
     * @param columns  columns
     * @param y        the output of {@link #logSoftmax}
     * @param yOffset  index of its first element
     * @param dY       gradient with respect to y
     * @param dYOffset index of its first element
     * @param dX       gradient with respect to x, overwritten; may be dY
     * @param dXOffset index of its first element
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void logSoftmaxBackward(int rows, int columns, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        check(rows, columns, "y", y, yOffset, "dY", dY, dYOffset);
        Checks.range("dX", dX, dXOffset, (long) rows * columns);
        boolean vectorized = Backend.current().vectorized();
        for (int i = 0; i < rows; i++) {
            int row = i * columns;
            if (vectorized) {
                VectorSoftmax.logSoftmaxRowBackward(columns, y, yOffset + row, dY, dYOffset + row, dX, dXOffset + row);
            } else {
                ReferenceSoftmax.logSoftmaxRowBackward(columns, y, yOffset + row, dY, dYOffset + row, dX,
                        dXOffset + row);
            }
        }
    }

    /** One row of softmax; returns log(sum over j of exp(x(j))). */
    private static double softmaxRow(int columns, float[] x, int xOffset, float[] y, int yOffset) {
        return Backend.current().vectorized()
                ? VectorSoftmax.softmaxRow(columns, x, xOffset, y, yOffset)
                : ReferenceSoftmax.softmaxRow(columns, x, xOffset, y, yOffset);
    }

    private static void check(int rows, int columns, String aName, float[] a, int aOffset,
            String bName, float[] b, int bOffset) {
        Checks.notNegative("rows", rows);
        Checks.notNegative("columns", columns);
        Checks.range(aName, a, aOffset, (long) rows * columns);
        Checks.range(bName, b, bOffset, (long) rows * columns);
    }
}
