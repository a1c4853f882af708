package org.lanewise.kernels;

import org.lanewise.kernels.math.VectorExponentials;
import org.lanewise.kernels.reference.ReferenceExponentials;

/**
 * The exponential function and the natural logarithm, element by element, from fused multiply-add polynomials with an error of at
 * most 1 ulp. Subnormal numbers count, in and out. The derivatives are {@link Elementwise#multiply} by y, and
 * {@link Elementwise#divide} by x. All methods work in place if the output is given the array and offset of the input.
 */
public final class Exponentials {

    private Exponentials() {
    }

    /**
     * y := exp(x).
     *
     * @param n           number of elements
     * @param x           input
     * @param xOffset     index of its first element
     * @param y           output; may be x
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void exp(int n, float[] x, int xOffset, float[] y, int yOffset, Parallelism parallelism) {
        Elementwise.unary(Backend.current().vectorized() ? VectorExponentials::exp : ReferenceExponentials::exp,
                n, "x", x, xOffset, "y", y, yOffset, parallelism);
    }

    /**
     * y := log(x); -infinity for 0 and -0, NaN below.
     *
     * @param n           number of elements
     * @param x           input
     * @param xOffset     index of its first element
     * @param y           output; may be x
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void log(int n, float[] x, int xOffset, float[] y, int yOffset, Parallelism parallelism) {
        Elementwise.unary(Backend.current().vectorized() ? VectorExponentials::log : ReferenceExponentials::log,
                n, "x", x, xOffset, "y", y, yOffset, parallelism);
    }
}
