package org.lanewise.kernels;

import java.util.Objects;

/**
 * What a product does to its result last, while that is still in the cache: {@code C := f(alpha*op(A)*op(B) + beta*C + bias)}
 * with f(x) = x or f(x) = max(x, 0).
 *
 * <p>
 * A NaN stays NaN. Nothing is copied: the values of the bias are read when the product runs.
 *
 * @param bias   along which side of C the bias is laid, or none
 * @param values the array that holds the bias; not read if there is none
 * @param offset index of its first element
 * @param relu   whether f(x) = max(x, 0)
 */
public record Epilogue(Bias bias, float[] values, int offset, boolean relu) {

    /** Along which side of C a bias is laid. */
    public enum Bias {
        /** No bias. */
        NONE,
        /** One value for each row: C(i, j) += bias(i), as the filters of a convolution have it. */
        ROW,
        /** One value for each column: C(i, j) += bias(j), as the outputs of a linear layer have it. */
        COLUMN
    }

    /** Leaves the product as it is. */
    public static final Epilogue NONE = new Epilogue(Bias.NONE, new float[0], 0, false);

    /** max(x, 0), and no bias. */
    public static final Epilogue RELU = new Epilogue(Bias.NONE, new float[0], 0, true);

    /**
     * Checks that nothing is null; that the bias fits is checked when the size of the product is known.
     *
     * @throws NullPointerException if an argument is null
     */
    public Epilogue {
        Objects.requireNonNull(bias, "bias");
        Objects.requireNonNull(values, "values");
    }

    /**
     * {@return the epilogue that adds {@code values[offset + i]} to row i}
     *
     * @param values the bias, m elements from {@code offset} on
     * @param offset index of its first element
     */
    public static Epilogue rowBias(float[] values, int offset) {
        return new Epilogue(Bias.ROW, values, offset, false);
    }

    /**
     * {@return the epilogue that adds {@code values[offset + j]} to column j}
     *
     * @param values the bias, n elements from {@code offset} on
     * @param offset index of its first element
     */
    public static Epilogue columnBias(float[] values, int offset) {
        return new Epilogue(Bias.COLUMN, values, offset, false);
    }

    /**
     * {@return this, and max(x, 0) after it}
     */
    public Epilogue thenRelu() {
        return relu ? this : new Epilogue(bias, values, offset, true);
    }

    /** A bias for a result of m x n lies inside its array. */
    void check(int m, int n) {
        if (bias != Bias.NONE) {
            Checks.range(bias == Bias.ROW ? "row bias" : "column bias", values, offset, bias == Bias.ROW ? m : n);
        }
    }
}
