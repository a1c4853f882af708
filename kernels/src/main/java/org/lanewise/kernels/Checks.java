package org.lanewise.kernels;

import java.util.Arrays;
import java.util.Objects;

/**
 * The checks that public methods make once, before anything is written. Each message names the argument, its value and the
 * requirement. Index products are computed in {@code long}, so no size can overflow its way past a check.
 */
final class Checks {

    private Checks() {
    }

    static void notNegative(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + "=" + value + " must not be negative");
        }
    }

    static void positive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + "=" + value + " must be positive");
        }
    }

    static void finite(String name, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(name + "=" + value + " must be finite");
        }
    }

    /** What is added to a variance. */
    static void eps(float eps) {
        if (!(eps >= 0 && eps < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("eps=" + eps + " must be finite and not negative");
        }
    }

    /** {@code array} holds {@code length} elements from {@code offset} on. */
    static void range(String name, float[] array, int offset, long length) {
        Objects.requireNonNull(array, name);
        range(name, array.length, offset, length);
    }

    static void range(String name, int arrayLength, int offset, long length) {
        if (!leaves(arrayLength, offset, length)) {
            return;
        }
        if (offset < 0) {
            throw new IndexOutOfBoundsException(name + ": offset " + offset + " must not be negative");
        }
        throw new IndexOutOfBoundsException(name + ": elements " + offset + " to " + (offset + length - 1)
                + " are needed, but the array has " + arrayLength);
    }

    /** {@code array} holds a row-major matrix of {@code rows} x {@code columns} with row stride {@code ld}. */
    static void matrix(String name, float[] array, int offset, int rows, int columns, String ldName, int ld) {
        Objects.requireNonNull(array, name);
        if (ld < columns) {
            throw new IllegalArgumentException(
                    ldName + "=" + ld + " is less than the " + columns + " columns of " + name
                            + " (" + rows + "x" + columns + ")");
        }
        long length = extent(rows, columns, ld);
        if (leaves(array.length, offset, length)) {
            range(name + " (" + rows + "x" + columns + ", " + ldName + "=" + ld + ")", array.length, offset, length);
        }
    }

    /** {@code array} holds {@code batch} such matrices, {@code stride} elements apart. */
    static void matrices(String name, float[] array, int offset, int rows, int columns, String ldName, int ld,
            int batch,
            String strideName, int stride) {
        notNegative(strideName, stride);
        if (batch == 0) {
            Objects.requireNonNull(array, name);
            return;
        }
        matrix(name, array, offset, rows, columns, ldName, ld);
        long one = extent(rows, columns, ld);
        long length = one == 0 ? 0 : (batch - 1L) * stride + one;
        if (leaves(array.length, offset, length)) {
            range(name + " (" + batch + " of " + rows + "x" + columns + ", " + ldName + "=" + ld + ", " + strideName
                    + "="
                    + stride + ")", array.length, offset, length);
        }
    }

    /** No two of these matrices share an element: they stand one after the other, or side by side in the same rows. */
    static void disjoint(String name, int rows, int columns, String ldName, int ld, int batch, String strideName,
            int stride) {
        boolean behind = stride >= (rows - 1L) * ld + columns;
        boolean beside = stride >= columns && ld >= (batch - 1L) * stride + columns;
        if (batch > 1 && rows > 0 && columns > 0 && !behind && !beside) {
            throw new IllegalArgumentException(
                    strideName + "=" + stride + " lets the " + batch + " matrices " + name + " ("
                            + rows + "x" + columns + ", " + ldName + "=" + ld + ") overlap");
        }
    }

    /** {@code array} holds a vector of {@code length} elements, {@code increment} apart. */
    static void vector(String name, float[] array, int offset, int length, String incrementName, int increment) {
        Objects.requireNonNull(array, name);
        positive(incrementName, increment);
        long extent = length == 0 ? 0 : (length - 1L) * increment + 1;
        if (leaves(array.length, offset, extent)) {
            range(name + " (" + length + " elements, " + incrementName + "=" + increment + ")", array.length, offset,
                    extent);
        }
    }

    /** Elements from the first of a matrix to its last. */
    private static long extent(int rows, int columns, int ld) {
        return rows == 0 || columns == 0 ? 0 : (rows - 1L) * ld + columns;
    }

    /** Whether {@link #range} would throw. Asked first, because a name that is put together for it costs more than a small product. */
    private static boolean leaves(int arrayLength, int offset, long length) {
        return offset < 0 || (length > 0 && offset + length > arrayLength);
    }

    /** The product of the sizes, none of them negative, can be the length of an array. */
    static void arraySize(String name, long... sizes) {
        for (long size : sizes) {
            if (size == 0) {
                return;
            }
        }
        long product = 1;
        for (long size : sizes) {
            // each size is below 2^31 and so is the product up to here: no overflow
            product *= size;
            if (product > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        name + " of shape " + Arrays.toString(sizes) + " has more than 2^31 - 1 elements");
            }
        }
    }
}
