package org.lanewise.kernels;

import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * A row-major matrix in the middle of a larger array. What lies around it, and between its rows, is a NaN of a certain payload:
 * a kernel that reads it spoils its result, one that writes it is found out by {@link #assertNothingElseWritten()}.
 *
 * <p>
 * A contiguous operand is a matrix of one row, a strided vector is a matrix of one column.
 */
@SuppressWarnings("cast") // redundant in the twin for double
record Padded(float[] array, int offset, int rows, int columns, int ld) {

    private static final int SENTINEL = 0x7fc0_1dea;

    interface FloatOperator {
        float apply(float value);
    }

    /** All sentinel, the elements too. */
    static Padded empty(int before, int rows, int columns, int ld, int after) {
        int length = rows == 0 || columns == 0 ? 0 : (rows - 1) * ld + columns;
        float[] array = new float[before + length + after];
        Arrays.fill(array, Float.intBitsToFloat(SENTINEL));
        return new Padded(array, before, rows, columns, ld);
    }

    float get(int i, int j) {
        return array[offset + i * ld + j];
    }

    float get(int j) {
        return get(0, j);
    }

    void set(int i, int j, float value) {
        array[offset + i * ld + j] = value;
    }

    Padded copy() {
        return new Padded(array.clone(), offset, rows, columns, ld);
    }

    /** Another matrix of the same layout. */
    Padded map(FloatOperator operator) {
        Padded result = copy();
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result.set(i, j, operator.apply(get(i, j)));
            }
        }
        return result;
    }

    Padded abs() {
        return map(Math::abs);
    }

    /** The elements without the gaps, row after row. */
    float[] elements() {
        float[] result = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(array, offset + i * ld, result, i * columns, columns);
        }
        return result;
    }

    void assertNothingElseWritten() {
        for (int at = 0; at < array.length; at++) {
            if (!isElement(at) && Float.floatToRawIntBits(array[at]) != SENTINEL) {
                fail("array[%d]=%s was written, outside of the %dx%d result at offset %d with row stride %d",
                        at, array[at], rows, columns, offset, ld);
            }
        }
    }

    private boolean isElement(int at) {
        int from = at - offset;
        return from >= 0 && columns > 0 && ld > 0 && from / ld < rows && from % ld < columns;
    }

    /** The same bits in all of the array, gaps included. */
    void assertSameBits(Padded expected) {
        assertThat(bits(array)).isEqualTo(bits(expected.array));
    }

    /** The same, but of a NaN, whose bits Java leaves open between vector and scalar code, only that it is one. */
    void assertSameNumbers(Padded expected) {
        assertThat(array).isEqualTo(expected.array);
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    /** |this - expected| <= relative * magnitude + absolute, element by element, and nothing else was written. */
    void assertNear(Padded expected, Padded magnitude, double relative, double absolute) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double bound = relative * magnitude.get(i, j) + absolute;
                if (!near(get(i, j), expected.get(i, j), bound)) {
                    fail("element (%d, %d) of %dx%d is %s, expected %s; the error %s passes the bound %s", i, j, rows,
                            columns, get(i, j), expected.get(i, j), Math.abs((double) get(i, j) - expected.get(i, j)),
                            bound);
                }
            }
        }
        assertNothingElseWritten();
    }

    void assertNear(Padded expected, Padded magnitude, double relative) {
        assertNear(expected, magnitude, relative, 0);
    }

    /** An infinite or undefined result must be exactly that. */
    private static boolean near(float actual, float expected, double bound) {
        return Float.isFinite(expected)
                ? Math.abs((double) actual - expected) <= bound
                : Float.compare(actual, expected) == 0;
    }
}
