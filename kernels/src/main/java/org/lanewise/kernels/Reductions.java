package org.lanewise.kernels;

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
     * @param m       rows of A
     * @param n       columns of A
     * @param a       A, row-major
     * @param aOffset index of its first element
     * @param lda     row stride of A, at least n
     * @param beta    factor of the old y; if 0, y is overwritten and never read
     * @param y       n sums; must not overlap A
     * @param yOffset index of the first sum
     * @throws IllegalArgumentException  if a size is negative or lda too small
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void columnSums(int m, int n, float[] a, int aOffset, int lda, float beta, float[] y, int yOffset) {
        Checks.notNegative("m", m);
        Checks.notNegative("n", n);
        Checks.matrix("A", a, aOffset, m, n, "lda", lda);
        Checks.range("y", y, yOffset, n);
        if (Backend.current().vectorized()) {
            VectorReductions.columnSums(m, n, a, aOffset, lda, beta, y, yOffset);
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
}
