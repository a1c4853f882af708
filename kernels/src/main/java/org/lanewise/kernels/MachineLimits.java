package org.lanewise.kernels;

import org.lanewise.kernels.limits.VectorLimits;
import org.lanewise.kernels.reference.ReferenceLimits;

/**
 * Loops that no kernel can be faster than, to be timed by a benchmark: fused multiply-adds on registers alone, and reading, writing
 * and combining arrays as fast as the memory gives them. One thread runs them; for more, call them on more.
 *
 * @see <a href="https://doi.org/10.1145/1498765.1498785">Williams, Waterman, Patterson: Roofline, 2009</a>
 */
public final class MachineLimits {

    private MachineLimits() {
    }

    /**
     * {@return the fused multiply-adds of one round, two flops each}
     */
    public static int multiplyAddsPerRound() {
        return Backend.current().vectorized() ? VectorLimits.PER_ROUND : 1;
    }

    /**
     * Independent chains s := x*y + s in registers.
     *
     * @param rounds how often, at least 0
     * @param x      where each chain begins, and a factor
     * @param y      the other factor
     * @return the sum of the chains
     * @throws IllegalArgumentException if rounds is negative
     */
    public static float multiplyAdds(int rounds, float x, float y) {
        Checks.notNegative("rounds", rounds);
        return Backend.current().vectorized()
                ? VectorLimits.multiplyAdds(rounds, x, y)
                : ReferenceLimits.multiplyAdds(rounds, x, y);
    }

    /**
     * Reads an array: x[0] + x[1] + ... in float, in any order.
     *
     * @param n elements, a multiple of 128
     * @param x the array
     * @return the sum
     * @throws IllegalArgumentException  if n is negative or no multiple of 128
     * @throws IndexOutOfBoundsException if the array is shorter
     */
    public static float read(int n, float[] x) {
        checkSize(n);
        Checks.range("x", x, 0, n);
        return Backend.current().vectorized() ? VectorLimits.read(n, x) : ReferenceLimits.read(n, x);
    }

    /**
     * Writes an array: x[i] := value.
     *
     * @param n     elements, a multiple of 128
     * @param value what is written
     * @param x     the array
     * @throws IllegalArgumentException  if n is negative or no multiple of 128
     * @throws IndexOutOfBoundsException if the array is shorter
     */
    public static void write(int n, float value, float[] x) {
        checkSize(n);
        Checks.range("x", x, 0, n);
        if (Backend.current().vectorized()) {
            VectorLimits.write(n, value, x);
        } else {
            ReferenceLimits.write(n, value, x);
        }
    }

    /**
     * The triad a := b + s*c.
     *
     * @param n elements, a multiple of 128
     * @param s factor
     * @param b summand
     * @param c other factor
     * @param a overwritten
     * @throws IllegalArgumentException  if n is negative or no multiple of 128
     * @throws IndexOutOfBoundsException if an array is shorter
     * @see <a href="https://www.cs.virginia.edu/stream/">McCalpin: STREAM</a>
     */
    public static void triad(int n, float s, float[] b, float[] c, float[] a) {
        checkSize(n);
        Checks.range("b", b, 0, n);
        Checks.range("c", c, 0, n);
        Checks.range("a", a, 0, n);
        if (Backend.current().vectorized()) {
            VectorLimits.triad(n, s, b, c, a);
        } else {
            ReferenceLimits.triad(n, s, b, c, a);
        }
    }

    /** Whole passes of the longest vectors; a tail would be measured too. */
    private static void checkSize(int n) {
        Checks.notNegative("n", n);
        if (n % 128 != 0) {
            throw new IllegalArgumentException("n=" + n + " must be a multiple of 128");
        }
    }
}
