package org.lanewise.kernels;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.math.BroadcastLoop;
import org.lanewise.kernels.math.ChannelLoop;
import org.lanewise.kernels.math.VectorElementwise;
import org.lanewise.kernels.reference.ReferenceElementwise;

/**
 * Arithmetic element by element, and the addition of a bias along rows or channels. All methods work in place if the output is
 * given the array and offset of an input.
 */
public final class Elementwise {

    /** A loop from one array to another. */
    @FunctionalInterface
    interface Unary {
        void run(int n, float[] x, int xOffset, float[] y, int yOffset);
    }

    /** A loop from two arrays to a third. */
    @FunctionalInterface
    interface Binary {
        void run(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset);
    }

    private Elementwise() {
    }

    /**
     * y := a + b.
     *
     * @param n           number of elements
     * @param a           left operand
     * @param aOffset     index of its first element
     * @param b           right operand
     * @param bOffset     index of its first element
     * @param y           output; may be a or b
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset,
            Parallelism parallelism) {
        binary(Backend.current().vectorized() ? VectorElementwise::add : ReferenceElementwise::add,
                n, "a", a, aOffset, "b", b, bOffset, "y", y, yOffset, parallelism);
    }

    /**
     * y := a - b.
     *
     * @param n           number of elements
     * @param a           left operand
     * @param aOffset     index of its first element
     * @param b           right operand
     * @param bOffset     index of its first element
     * @param y           output; may be a or b
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void subtract(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset,
            Parallelism parallelism) {
        binary(Backend.current().vectorized() ? VectorElementwise::subtract : ReferenceElementwise::subtract,
                n, "a", a, aOffset, "b", b, bOffset, "y", y, yOffset, parallelism);
    }

    /**
     * y := a * b, element by element.
     *
     * @param n           number of elements
     * @param a           left operand
     * @param aOffset     index of its first element
     * @param b           right operand
     * @param bOffset     index of its first element
     * @param y           output; may be a or b
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void multiply(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset,
            Parallelism parallelism) {
        binary(Backend.current().vectorized() ? VectorElementwise::multiply : ReferenceElementwise::multiply,
                n, "a", a, aOffset, "b", b, bOffset, "y", y, yOffset, parallelism);
    }

    /**
     * y := a / b, element by element.
     *
     * @param n           number of elements
     * @param a           dividends
     * @param aOffset     index of the first
     * @param b           divisors
     * @param bOffset     index of the first
     * @param y           output; may be a or b
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void divide(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset,
            Parallelism parallelism) {
        binary(Backend.current().vectorized() ? VectorElementwise::divide : ReferenceElementwise::divide,
                n, "a", a, aOffset, "b", b, bOffset, "y", y, yOffset, parallelism);
    }

    /**
     * y(o, m, i) := a(o, m, i) op b(m): b is repeated along the dimensions before and behind its own. With inner = 1 it is a row
     * that goes with each row of a matrix, with outer = 1 a column that goes with each column.
     *
     * @param op          the operation
     * @param outer       the product of the dimensions before those of b
     * @param middle      elements of b
     * @param inner       the product of the dimensions behind
     * @param a           left operand, shape (outer, middle, inner), contiguous
     * @param aOffset     index of its first element
     * @param b           right operand, shape (middle)
     * @param bOffset     index of its first element
     * @param y           output, of the shape of a; may be a
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void broadcast(Arithmetic op, int outer, int middle, int inner, float[] a, int aOffset, float[] b,
            int bOffset, float[] y, int yOffset, Parallelism parallelism) {
        Objects.requireNonNull(op, "op");
        Checks.notNegative("outer", outer);
        Checks.notNegative("middle", middle);
        Checks.notNegative("inner", inner);
        Checks.arraySize("a", outer, middle, inner);
        int n = outer * middle * inner;
        Checks.range("a", a, aOffset, n);
        Checks.range("b", b, bOffset, middle);
        Checks.range("y", y, yOffset, n);
        Objects.requireNonNull(parallelism, "parallelism");
        if (n == 0) {
            return;
        }
        if (Backend.current().vectorized()) {
            BroadcastLoop.current().run(op, outer, middle, inner, a, aOffset, b, bOffset, y, yOffset, parallelism);
        } else {
            ReferenceElementwise.broadcast(op, outer, middle, inner, a, aOffset, b, bOffset, y, yOffset);
        }
    }

    /**
     * y := alpha*x + beta*y.
     *
     * @param n           number of elements
     * @param alpha       factor of x, which is read even if alpha is 0
     * @param x           input
     * @param xOffset     index of its first element
     * @param beta        factor of the old y; if 0, y is overwritten and never read
     * @param y           output; may be x
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void axpby(int n, float alpha, float[] x, int xOffset, float beta, float[] y, int yOffset,
            Parallelism parallelism) {
        Unary loop = Backend.current().vectorized()
                ? (length, from, fromOffset, to, toOffset) -> VectorElementwise
                        .axpby(length, alpha, from, fromOffset, beta, to, toOffset)
                : (length, from, fromOffset, to, toOffset) -> ReferenceElementwise
                        .axpby(length, alpha, from, fromOffset, beta, to, toOffset);
        unary(loop, n, "x", x, xOffset, "y", y, yOffset, parallelism);
    }

    /**
     * y(i, j) := y(i, j) + bias(j): a bias for each column of a row-major matrix, as after a linear layer.
     *
     * @param m           rows
     * @param n           columns
     * @param bias        n values
     * @param biasOffset  index of the first
     * @param y           the matrix, changed in place
     * @param yOffset     index of its first element
     * @param ldy         row stride of y, at least n
     * @throws IllegalArgumentException  if a size is negative or ldy too small
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void addRowBias(int m, int n, float[] bias, int biasOffset, float[] y, int yOffset, int ldy) {
        Checks.notNegative("m", m);
        Checks.notNegative("n", n);
        Checks.range("bias", bias, biasOffset, n);
        Checks.matrix("Y", y, yOffset, m, n, "ldy", ldy);
        for (int i = 0, row = yOffset; i < m; i++, row += ldy) {
            if (Backend.current().vectorized()) {
                VectorElementwise.add(n, y, row, bias, biasOffset, y, row);
            } else {
                ReferenceElementwise.add(n, y, row, bias, biasOffset, y, row);
            }
        }
    }

    /**
     * y(b, c, p) := scale(c)*x(b, c, p) + shift(c): normalisation by fixed statistics, and its gradient by x, which has no shift.
     *
     * @param batch       images
     * @param channels    channels of an image
     * @param pixels      pixels of a channel
     * @param x           input, shape (batch, channels, pixels), contiguous
     * @param xOffset     index of its first element
     * @param scale       one factor for each channel
     * @param scaleOffset index of the first
     * @param shift       what is added to each channel, or null for nothing
     * @param shiftOffset index of the first
     * @param y           output, of the shape of x; may be x
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if a size is negative
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void channelAffine(int batch, int channels, int pixels, float[] x, int xOffset, float[] scale,
            int scaleOffset, float @Nullable [] shift, int shiftOffset, float[] y, int yOffset,
            Parallelism parallelism) {
        Checks.notNegative("batch", batch);
        Checks.notNegative("channels", channels);
        Checks.notNegative("pixels", pixels);
        Checks.arraySize("x", batch, channels, pixels);
        int n = batch * channels * pixels;
        Checks.range("x", x, xOffset, n);
        Checks.range("scale", scale, scaleOffset, channels);
        if (shift != null) {
            Checks.range("shift", shift, shiftOffset, channels);
        }
        Checks.range("y", y, yOffset, n);
        Objects.requireNonNull(parallelism, "parallelism");
        if (n == 0) {
            return; // of no pixels, planes may be more than an int counts
        }
        if (Backend.current().vectorized()) {
            ChannelLoop.current().run(batch * channels, channels, pixels, x, xOffset, scale, scaleOffset, shift,
                    shiftOffset, y, yOffset, parallelism);
        } else {
            ReferenceElementwise.channelAffine(batch, channels, pixels, x, xOffset, scale, scaleOffset, shift,
                    shiftOffset, y, yOffset);
        }
    }

    static void unary(Unary loop, int n, String xName, float[] x, int xOffset, String yName, float[] y, int yOffset,
            Parallelism parallelism) {
        Checks.notNegative("n", n);
        Checks.range(xName, x, xOffset, n);
        Checks.range(yName, y, yOffset, n);
        Chunks.run(n, parallelism, (i, length) -> loop.run(length, x, xOffset + i, y, yOffset + i));
    }

    static void binary(Binary loop, int n, String aName, float[] a, int aOffset, String bName, float[] b, int bOffset,
            String yName, float[] y, int yOffset, Parallelism parallelism) {
        Checks.notNegative("n", n);
        Checks.range(aName, a, aOffset, n);
        Checks.range(bName, b, bOffset, n);
        Checks.range(yName, y, yOffset, n);
        Chunks.run(n, parallelism,
                (i, length) -> loop.run(length, a, aOffset + i, b, bOffset + i, y, yOffset + i));
    }
}
