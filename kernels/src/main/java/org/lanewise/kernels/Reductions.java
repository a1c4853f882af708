package org.lanewise.kernels;

import java.util.Objects;

import org.lanewise.kernels.math.ColumnLoop;
import org.lanewise.kernels.math.ReductionLoop;
import org.lanewise.kernels.math.VectorReductions;
import org.lanewise.kernels.reference.ReferenceReductions;

/**
 * Sums in a fixed order: the same bits for the same shape, always. Long sums are cut into blocks whose partial sums are added in
 * double precision, or with compensation (Kahan) where a whole row of sums is made, so the error does not grow with the length.
 */
public final class Reductions {

    private Reductions() {
    }

    /**
     * x[0] + x[1] + ... + x[n-1].
     *
     * @param n       number of elements
     * @param x       input
     * @param xOffset index of its first element
     * @return the sum; 0 if n is 0
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if the range leaves the array
     */
    public static double sum(int n, float[] x, int xOffset) {
        Checks.notNegative("n", n);
        Checks.range("x", x, xOffset, n);
        return Backend.current().vectorized()
                ? VectorReductions.sum(n, x, xOffset)
                : ReferenceReductions.sum(n, x, xOffset);
    }

    /**
     * The sum of (a[i] - b[i])^2 over n elements.
     *
     * @param n       number of elements
     * @param a       left operand
     * @param aOffset index of its first element
     * @param b       right operand
     * @param bOffset index of its first element
     * @return the sum; 0 if n is 0
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static double sumOfSquaredDifferences(int n, float[] a, int aOffset, float[] b, int bOffset) {
        Checks.notNegative("n", n);
        Checks.range("a", a, aOffset, n);
        Checks.range("b", b, bOffset, n);
        return Backend.current().vectorized()
                ? VectorReductions.sumOfSquaredDifferences(n, a, aOffset, b, bOffset)
                : ReferenceReductions.sumOfSquaredDifferences(n, a, aOffset, b, bOffset);
    }

    /**
     * y(j) := sum over i of A(i, j) + beta*y(j): the gradient of a bias that was added to each row.
     *
     * @param m           rows of A
     * @param n           columns of A
     * @param a           A, row-major
     * @param aOffset     index of its first element
     * @param lda         row stride of A, at least n
     * @param beta        factor of the old y; if 0, y is overwritten and never read
     * @param y           n sums; must not overlap A
     * @param yOffset     index of the first sum
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if a size is negative or lda too small
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void columnSums(int m, int n, float[] a, int aOffset, int lda, float beta, float[] y, int yOffset,
            Parallelism parallelism) {
        Checks.notNegative("m", m);
        Checks.notNegative("n", n);
        Checks.matrix("A", a, aOffset, m, n, "lda", lda);
        Checks.range("y", y, yOffset, n);
        Objects.requireNonNull(parallelism, "parallelism");
        if (Backend.current().vectorized()) {
            ColumnLoop.current().sums(m, n, a, aOffset, lda, beta, y, yOffset, parallelism);
        } else {
            ReferenceReductions.columnSums(m, n, a, aOffset, lda, beta, y, yOffset);
        }
    }

    /**
     * y(c) := sum over images b and pixels p of x(b, c, p) + beta*y(c): the gradient of a bias for each channel.
     *
     * @param batch    images
     * @param channels channels of an image
     * @param pixels   pixels of a channel
     * @param x        shape (batch, channels, pixels), contiguous
     * @param xOffset  index of its first element
     * @param beta     factor of the old y; if 0, y is overwritten and never read
     * @param y        one sum for each channel; must not overlap x
     * @param yOffset  index of the first sum
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void channelSums(int batch, int channels, int pixels, float[] x, int xOffset,
            float beta, float[] y, int yOffset) {
        Checks.notNegative("batch", batch);
        Checks.notNegative("channels", channels);
        Checks.notNegative("pixels", pixels);
        Checks.arraySize("x", batch, channels, pixels);
        Checks.range("x", x, xOffset, (long) batch * channels * pixels);
        Checks.range("y", y, yOffset, channels);
        if (Backend.current().vectorized()) {
            VectorReductions.channelSums(batch, channels, pixels, x, xOffset, beta, y, yOffset);
        } else {
            ReferenceReductions.channelSums(batch, channels, pixels, x, xOffset, beta, y, yOffset);
        }
    }

    /**
     * One number of all elements.
     *
     * @param reduction what is computed
     * @param n         number of elements
     * @param x         input
     * @param xOffset   index of its first element
     * @return the number; of no elements see {@link Reduction}
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if the range leaves the array
     */
    public static double reduce(Reduction reduction, int n, float[] x, int xOffset) {
        Objects.requireNonNull(reduction, "reduction");
        Checks.notNegative("n", n);
        Checks.range("x", x, xOffset, n);
        return Backend.current().vectorized()
                ? ReductionLoop.reduce(reduction, n, x, xOffset)
                : ReferenceReductions.reduce(reduction, n, x, xOffset, 1);
    }

    /**
     * The place of the largest element: of the first one if there are several, of the first NaN if there is one.
     *
     * @param n       number of elements
     * @param x       input
     * @param xOffset index of its first element
     * @return the place, counted from the first element
     * @throws IllegalArgumentException  if n is not positive
     * @throws IndexOutOfBoundsException if the range leaves the array
     */
    public static int argmax(int n, float[] x, int xOffset) {
        Checks.positive("n", n);
        Checks.range("x", x, xOffset, n);
        return Backend.current().vectorized()
                ? VectorReductions.argmax(n, x, xOffset)
                : ReferenceReductions.argmax(n, x, xOffset, 1);
    }

    /**
     * y(i) := one number of row i of A.
     *
     * @param reduction   what is computed
     * @param m           rows of A
     * @param n           columns of A
     * @param a           A, row-major
     * @param aOffset     index of its first element
     * @param lda         row stride of A, at least n
     * @param y           m numbers; must not overlap A
     * @param yOffset     index of the first
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if a size is negative or lda too small
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void rows(Reduction reduction, int m, int n, float[] a, int aOffset, int lda, float[] y, int yOffset,
            Parallelism parallelism) {
        Objects.requireNonNull(reduction, "reduction");
        Checks.notNegative("m", m);
        Checks.notNegative("n", n);
        Checks.matrix("A", a, aOffset, m, n, "lda", lda);
        Checks.range("y", y, yOffset, m);
        Objects.requireNonNull(parallelism, "parallelism");
        if (Backend.current().vectorized()) {
            ReductionLoop.current().run(reduction, m, n, a, aOffset, lda, y, yOffset, parallelism);
        } else {
            for (int i = 0; i < m; i++) {
                y[yOffset + i] = (float) ReferenceReductions.reduce(reduction, n, a, aOffset + i * lda, 1);
            }
        }
    }

    /**
     * y(j) := one number of column j of A.
     *
     * @param reduction   what is computed
     * @param m           rows of A
     * @param n           columns of A
     * @param a           A, row-major
     * @param aOffset     index of its first element
     * @param lda         row stride of A, at least n
     * @param y           n numbers; must not overlap A
     * @param yOffset     index of the first
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if a size is negative or lda too small
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void columns(Reduction reduction, int m, int n, float[] a, int aOffset, int lda, float[] y,
            int yOffset, Parallelism parallelism) {
        Objects.requireNonNull(reduction, "reduction");
        Objects.requireNonNull(parallelism, "parallelism");
        Checks.notNegative("m", m);
        Checks.notNegative("n", n);
        Checks.matrix("A", a, aOffset, m, n, "lda", lda);
        Checks.range("y", y, yOffset, n);
        if (Backend.current().vectorized()) {
            ReductionLoop.columns(reduction, m, n, a, aOffset, lda, y, yOffset, parallelism);
        } else {
            for (int j = 0; j < n; j++) {
                y[yOffset + j] = (float) ReferenceReductions.reduce(reduction, m, a, aOffset + j, lda);
            }
        }
    }

    /**
     * The place of the largest element of each column of A, as of {@link #argmax}. (A plain loop for each column: its reads are strided,
     * and bound it.)
     *
     * @param m       rows of A
     * @param n       columns of A
     * @param a       A, row-major
     * @param aOffset index of its first element
     * @param lda     row stride of A, at least n
     * @param y       n places, which are rows
     * @param yOffset index of the first
     * @throws IllegalArgumentException  if m is not positive, n is negative or lda too small
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void columnArgmax(int m, int n, float[] a, int aOffset, int lda, int[] y, int yOffset) {
        Checks.positive("m", m);
        Checks.notNegative("n", n);
        Checks.matrix("A", a, aOffset, m, n, "lda", lda);
        Objects.requireNonNull(y, "y");
        Checks.range("y", y.length, yOffset, n);
        for (int j = 0; j < n; j++) {
            y[yOffset + j] = ReferenceReductions.argmax(m, a, aOffset + j, lda);
        }
    }
}
