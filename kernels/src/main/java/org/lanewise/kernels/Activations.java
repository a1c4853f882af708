package org.lanewise.kernels;

import org.lanewise.kernels.math.VectorActivations;
import org.lanewise.kernels.reference.ReferenceActivations;

/**
 * Activation functions, element by element, with their derivatives. Each derivative is written in terms of the output y, so
 * that the input need not be kept.
 *
 * <p>
 * tanh and sigmoid are computed from fused multiply-add polynomials with an error of at most 2 ulp. All methods work in place if
 * an output is given the array and offset of an input.
 */
public final class Activations {

    private Activations() {
    }

    /**
     * y := max(x, 0). NaN stays NaN.
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
    public static void relu(int n, float[] x, int xOffset, float[] y, int yOffset, Parallelism parallelism) {
        Elementwise.unary(Backend.current().vectorized() ? VectorActivations::relu : ReferenceActivations::relu,
                n, "x", x, xOffset, "y", y, yOffset, parallelism);
    }

    /**
     * dX := dY where y > 0, else 0; the derivative at 0 is taken as 0, as PyTorch does.
     *
     * @param n           number of elements
     * @param y           the output of {@link #relu}
     * @param yOffset     index of its first element
     * @param dY          gradient of the loss with respect to y
     * @param dYOffset    index of its first element
     * @param dX          gradient with respect to x, overwritten; may be dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void reluBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset,
            Parallelism parallelism) {
        Elementwise.binary(
                Backend.current().vectorized() ? VectorActivations::reluBackward : ReferenceActivations::reluBackward,
                n, "y", y, yOffset, "dY", dY, dYOffset, "dX", dX, dXOffset, parallelism);
    }

    /**
     * y := tanh(x).
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
    public static void tanh(int n, float[] x, int xOffset, float[] y, int yOffset, Parallelism parallelism) {
        Elementwise.unary(Backend.current().vectorized() ? VectorActivations::tanh : ReferenceActivations::tanh,
                n, "x", x, xOffset, "y", y, yOffset, parallelism);
    }

    /**
     * dX := dY * (1 - y^2).
     *
     * @param n           number of elements
     * @param y           the output of {@link #tanh}
     * @param yOffset     index of its first element
     * @param dY          gradient of the loss with respect to y
     * @param dYOffset    index of its first element
     * @param dX          gradient with respect to x, overwritten; may be dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void tanhBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset,
            Parallelism parallelism) {
        Elementwise.binary(
                Backend.current().vectorized() ? VectorActivations::tanhBackward : ReferenceActivations::tanhBackward,
                n, "y", y, yOffset, "dY", dY, dYOffset, "dX", dX, dXOffset, parallelism);
    }

    /**
     * y := 1 / (1 + exp(-x)).
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
    public static void sigmoid(int n, float[] x, int xOffset, float[] y, int yOffset, Parallelism parallelism) {
        Elementwise.unary(Backend.current().vectorized() ? VectorActivations::sigmoid : ReferenceActivations::sigmoid,
                n, "x", x, xOffset, "y", y, yOffset, parallelism);
    }

    /**
     * dX := dY * y * (1 - y).
     *
     * @param n           number of elements
     * @param y           the output of {@link #sigmoid}
     * @param yOffset     index of its first element
     * @param dY          gradient of the loss with respect to y
     * @param dYOffset    index of its first element
     * @param dX          gradient with respect to x, overwritten; may be dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void sigmoidBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset,
            Parallelism parallelism) {
        Elementwise.binary(
                Backend.current().vectorized()
                        ? VectorActivations::sigmoidBackward
                        : ReferenceActivations::sigmoidBackward,
                n, "y", y, yOffset, "dY", dY, dYOffset, "dX", dX, dXOffset, parallelism);
    }
}
