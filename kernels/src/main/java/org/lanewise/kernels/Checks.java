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

    /** {@code array} holds {@code length} elements from {@code offset} on. */
    static void range(String name, float[] array, int offset, long length) {
        Objects.requireNonNull(array, name);
        range(name, array.length, offset, length);
    }

    static void range(String name, int arrayLength, int offset, long length) {
        if (offset < 0) {
            throw new IndexOutOfBoundsException(name + ": offset " + offset + " must not be negative");
        }
        if (length > 0 && offset + length > arrayLength) {
            throw new IndexOutOfBoundsException(name + ": elements " + offset + " to " + (offset + length - 1)
                    + " are needed, but the array has " + arrayLength);
        }
    }

    /** {@code array} holds a row-major matrix of {@code rows} x {@code columns} with row stride {@code ld}. */
    static void matrix(String name, float[] array, int offset, int rows, int columns, String ldName, int ld) {
        Objects.requireNonNull(array, name);
        if (ld < columns) {
            throw new IllegalArgumentException(
                    ldName + "=" + ld + " is less than the " + columns + " columns of " + name
                            + " (" + rows + "x" + columns + ")");
        }
        long length = rows == 0 || columns == 0 ? 0 : (rows - 1L) * ld + columns;
        range(name + " (" + rows + "x" + columns + ", " + ldName + "=" + ld + ")", array.length, offset, length);
    }

    /** {@code array} holds a vector of {@code length} elements, {@code increment} apart. */
    static void vector(String name, float[] array, int offset, int length, String incrementName, int increment) {
        Objects.requireNonNull(array, name);
        positive(incrementName, increment);
        range(name + " (" + length + " elements, " + incrementName + "=" + increment + ")", array.length, offset,
                length == 0 ? 0 : (length - 1L) * increment + 1);
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
