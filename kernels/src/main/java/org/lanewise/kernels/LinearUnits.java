package org.lanewise.kernels;

import org.lanewise.kernels.math.VectorLinearUnits;
import org.lanewise.kernels.reference.ReferenceLinearUnits;

/**
 * Activation functions that are near x for large x and near 0, or a line, for small: SiLU, GELU in both forms, softplus, ELU
 * and leaky ReLU, element by element, with their derivatives. Each derivative is written in terms of the input x.
 *
 * <p>
 * All are computed from fused multiply-add polynomials. Errors over all floats: SiLU 3 ulp, GELU 6 ulp, softplus (of beta*x, before the
 * division) and ELU (of alpha = 1) 2 ulp; GELU's form with tanh 4 + 3|z| ulp with z = 1.6*(x + 0.0447 x^3), the argument of the gate,
 * which is rounded: a few ulp where it matters, and 170 were seen where y is 1e-33. Derivatives, before they are multiplied by dY: 4*2^-24
 * absolute, that of ELU 3 ulp. At infinities all have the limits of the functions; NaN stays NaN.
 * All methods work in place if an output is given the array and offset of an input.
 */
public final class LinearUnits {

    private LinearUnits() {
    }

    /**
     * SiLU, also called swish: y := x / (1 + exp(-x)).
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
    public static void silu(int n, float[] x, int xOffset, float[] y, int yOffset, Parallelism parallelism) {
        Elementwise.unary(Backend.current().vectorized() ? VectorLinearUnits::silu : ReferenceLinearUnits::silu,
                n, "x", x, xOffset, "y", y, yOffset, parallelism);
    }

    /**
     * dX := dY * s*(1 + x*(1 - s)) with s = 1/(1 + exp(-x)).
     *
     * @param n           number of elements
     * @param x           the input of {@link #silu}
     * @param xOffset     index of its first element
     * @param dY          gradient of the loss with respect to y
     * @param dYOffset    index of its first element
     * @param dX          gradient with respect to x, overwritten; may be x or dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void siluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset,
            Parallelism parallelism) {
        Elementwise.binary(
                Backend.current().vectorized() ? VectorLinearUnits::siluBackward : ReferenceLinearUnits::siluBackward,
                n, "x", x, xOffset, "dY", dY, dYOffset, "dX", dX, dXOffset, parallelism);
    }

    /**
     * GELU: y := x*P(x) with P(x) = (1 + erf(x/sqrt(2)))/2, the standard normal distribution.
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
    public static void gelu(int n, float[] x, int xOffset, float[] y, int yOffset, Parallelism parallelism) {
        Elementwise.unary(Backend.current().vectorized() ? VectorLinearUnits::gelu : ReferenceLinearUnits::gelu,
                n, "x", x, xOffset, "y", y, yOffset, parallelism);
    }

    /**
     * dX := dY * (P(x) + x*exp(-x^2/2)/sqrt(2*pi)).
     *
     * @param n           number of elements
     * @param x           the input of {@link #gelu}
     * @param xOffset     index of its first element
     * @param dY          gradient of the loss with respect to y
     * @param dYOffset    index of its first element
     * @param dX          gradient with respect to x, overwritten; may be x or dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void geluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset,
            Parallelism parallelism) {
        Elementwise.binary(
                Backend.current().vectorized() ? VectorLinearUnits::geluBackward : ReferenceLinearUnits::geluBackward,
                n, "x", x, xOffset, "dY", dY, dYOffset, "dX", dX, dXOffset, parallelism);
    }

    /**
     * The approximation of GELU by tanh: y := x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715 x^3))).
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
    public static void geluTanh(int n, float[] x, int xOffset, float[] y, int yOffset, Parallelism parallelism) {
        Elementwise.unary(Backend.current().vectorized() ? VectorLinearUnits::geluTanh : ReferenceLinearUnits::geluTanh,
                n, "x", x, xOffset, "y", y, yOffset, parallelism);
    }

    /**
     * dX := dY * (s + x*s*(1 - s)*z'(x)) with s = 1/(1 + exp(-z(x))) and z(x) = 2*sqrt(2/pi)*(x + 0.044715 x^3).
     *
     * @param n           number of elements
     * @param x           the input of {@link #geluTanh}
     * @param xOffset     index of its first element
     * @param dY          gradient of the loss with respect to y
     * @param dYOffset    index of its first element
     * @param dX          gradient with respect to x, overwritten; may be x or dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void geluTanhBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset,
            Parallelism parallelism) {
        Elementwise.binary(
                Backend.current().vectorized()
                        ? VectorLinearUnits::geluTanhBackward
                        : ReferenceLinearUnits::geluTanhBackward,
                n, "x", x, xOffset, "dY", dY, dYOffset, "dX", dX, dXOffset, parallelism);
    }

    /**
     * y := log(1 + exp(beta*x))/beta, and x where beta*x is above the threshold.
     *
     * @param n           number of elements
     * @param beta        steepness
     * @param threshold   beta*x above which y is x; with 20 or more that is no approximation in float
     * @param x           input
     * @param xOffset     index of its first element
     * @param y           output; may be x
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative or beta is not positive and finite
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void softplus(int n, float beta, float threshold, float[] x, int xOffset, float[] y, int yOffset,
            Parallelism parallelism) {
        checkBeta(beta);
        boolean vectorized = Backend.current().vectorized();
        Elementwise.unary(vectorized
                ? (length, from, fromOffset, to, toOffset) -> VectorLinearUnits
                        .softplus(length, beta, threshold, from, fromOffset, to, toOffset)
                : (length, from, fromOffset, to, toOffset) -> ReferenceLinearUnits
                        .softplus(length, beta, threshold, from, fromOffset, to, toOffset),
                n, "x", x, xOffset, "y", y, yOffset, parallelism);
    }

    /**
     * dX := dY/(1 + exp(-beta*x)), and dY where beta*x is above the threshold.
     *
     * @param n           number of elements
     * @param beta        steepness
     * @param threshold   beta*x above which y is x; with 20 or more that is no approximation in float
     * @param x           the input of {@link #softplus}
     * @param xOffset     index of its first element
     * @param dY          gradient of the loss with respect to y
     * @param dYOffset    index of its first element
     * @param dX          gradient with respect to x, overwritten; may be x or dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative or beta is not positive and finite
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void softplusBackward(int n, float beta, float threshold, float[] x, int xOffset, float[] dY,
            int dYOffset, float[] dX,
            int dXOffset, Parallelism parallelism) {
        checkBeta(beta);
        boolean vectorized = Backend.current().vectorized();
        Elementwise.binary(vectorized
                ? (length, a, aOffset, b, bOffset, to, toOffset) -> VectorLinearUnits
                        .softplusBackward(length, beta, threshold, a, aOffset, b, bOffset, to, toOffset)
                : (length, a, aOffset, b, bOffset, to, toOffset) -> ReferenceLinearUnits
                        .softplusBackward(length, beta, threshold, a, aOffset, b, bOffset, to, toOffset),
                n, "x", x, xOffset, "dY", dY, dYOffset, "dX", dX, dXOffset, parallelism);
    }

    /**
     * y := x where x > 0, else alpha*(exp(x) - 1).
     *
     * @param n           number of elements
     * @param alpha       -alpha is the limit for small x
     * @param x           input
     * @param xOffset     index of its first element
     * @param y           output; may be x
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void elu(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset,
            Parallelism parallelism) {
        boolean vectorized = Backend.current().vectorized();
        Elementwise.unary(vectorized
                ? (length, from, fromOffset, to, toOffset) -> VectorLinearUnits
                        .elu(length, alpha, from, fromOffset, to, toOffset)
                : (length, from, fromOffset, to, toOffset) -> ReferenceLinearUnits
                        .elu(length, alpha, from, fromOffset, to, toOffset),
                n, "x", x, xOffset, "y", y, yOffset, parallelism);
    }

    /**
     * dX := dY where x > 0, else dY*alpha*exp(x).
     *
     * @param n           number of elements
     * @param alpha       -alpha is the limit for small x
     * @param x           the input of {@link #elu}
     * @param xOffset     index of its first element
     * @param dY          gradient of the loss with respect to y
     * @param dYOffset    index of its first element
     * @param dX          gradient with respect to x, overwritten; may be x or dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void eluBackward(int n, float alpha, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset, Parallelism parallelism) {
        boolean vectorized = Backend.current().vectorized();
        Elementwise.binary(vectorized
                ? (length, a, aOffset, b, bOffset, to, toOffset) -> VectorLinearUnits
                        .eluBackward(length, alpha, a, aOffset, b, bOffset, to, toOffset)
                : (length, a, aOffset, b, bOffset, to, toOffset) -> ReferenceLinearUnits
                        .eluBackward(length, alpha, a, aOffset, b, bOffset, to, toOffset),
                n, "x", x, xOffset, "dY", dY, dYOffset, "dX", dX, dXOffset, parallelism);
    }

    /**
     * y := x where x > 0, else slope*x.
     *
     * @param n           number of elements
     * @param slope       the slope for x that are not positive
     * @param x           input
     * @param xOffset     index of its first element
     * @param y           output; may be x
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void leakyRelu(int n, float slope, float[] x, int xOffset, float[] y, int yOffset,
            Parallelism parallelism) {
        boolean vectorized = Backend.current().vectorized();
        Elementwise.unary(vectorized
                ? (length, from, fromOffset, to, toOffset) -> VectorLinearUnits
                        .leakyRelu(length, slope, from, fromOffset, to, toOffset)
                : (length, from, fromOffset, to, toOffset) -> ReferenceLinearUnits
                        .leakyRelu(length, slope, from, fromOffset, to, toOffset),
                n, "x", x, xOffset, "y", y, yOffset, parallelism);
    }

    /**
     * dX := dY where x > 0, else slope*dY.
     *
     * @param n           number of elements
     * @param slope       the slope for x that are not positive
     * @param x           the input of {@link #leakyRelu}
     * @param xOffset     index of its first element
     * @param dY          gradient of the loss with respect to y
     * @param dYOffset    index of its first element
     * @param dX          gradient with respect to x, overwritten; may be x or dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void leakyReluBackward(int n, float slope, float[] x, int xOffset, float[] dY, int dYOffset,
            float[] dX,
            int dXOffset, Parallelism parallelism) {
        boolean vectorized = Backend.current().vectorized();
        Elementwise.binary(vectorized
                ? (length, a, aOffset, b, bOffset, to, toOffset) -> VectorLinearUnits
                        .leakyReluBackward(length, slope, a, aOffset, b, bOffset, to, toOffset)
                : (length, a, aOffset, b, bOffset, to, toOffset) -> ReferenceLinearUnits
                        .leakyReluBackward(length, slope, a, aOffset, b, bOffset, to, toOffset),
                n, "x", x, xOffset, "dY", dY, dYOffset, "dX", dX, dXOffset, parallelism);
    }

    private static void checkBeta(float beta) {
        if (!(beta > 0 && beta < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("beta=" + beta + " must be positive and finite");
        }
    }
}
