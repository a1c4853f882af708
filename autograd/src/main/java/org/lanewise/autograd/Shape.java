package org.lanewise.autograd;

import java.util.Arrays;
import java.util.StringJoiner;

/**
 * The dimensions of a tensor, the outermost first. A tensor without dimensions is a scalar and has one element.
 */
public final class Shape {

    private static final Shape SCALAR = new Shape(new int[0], 1);

    private final int[] dims;
    private final int size;

    private Shape(int[] dims, int size) {
        this.dims = dims;
        this.size = size;
    }

    /**
     * A shape.
     *
     * @param dims the dimensions, each at least 0; none for a scalar
     * @return the shape
     * @throws IllegalArgumentException if a dimension is negative or there are more than 2^31 - 1 elements
     */
    public static Shape of(int... dims) {
        if (dims.length == 0) {
            return SCALAR;
        }
        int[] copy = dims.clone();
        long size = 1;
        for (int dim : copy) {
            if (dim < 0) {
                throw new IllegalArgumentException("shape " + text(copy) + ": a dimension must not be negative");
            }
            size *= dim;
            if (size > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("shape " + text(copy) + " has more than 2^31 - 1 elements");
            }
        }
        return new Shape(copy, (int) size);
    }

    /**
     * {@return the number of dimensions}
     */
    public int rank() {
        return dims.length;
    }

    /**
     * {@return the number of elements, the product of the dimensions}
     */
    public int size() {
        return size;
    }

    /**
     * One dimension.
     *
     * @param index which one; negative counts from the end, as in PyTorch
     * @return its size
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public int dim(int index) {
        return dims[axis(index)];
    }

    /**
     * {@return a copy of the dimensions}
     */
    public int[] dims() {
        return dims.clone();
    }

    /**
     * Turns an index that may count from the end into one that counts from the start.
     *
     * @param index a dimension in [-rank, rank)
     * @return the dimension in [0, rank)
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public int axis(int index) {
        int axis = index < 0 ? index + dims.length : index;
        if (axis < 0 || axis >= dims.length) {
            throw new IndexOutOfBoundsException(
                    "dimension " + index + " of shape " + this + ", which has " + dims.length);
        }
        return axis;
    }

    /**
     * The shape without one dimension.
     *
     * @param axis the dimension, in [0, rank)
     * @return a shape with one dimension less
     */
    public Shape without(int axis) {
        int[] rest = Arrays.copyOf(dims, dims.length - 1);
        System.arraycopy(dims, axis + 1, rest, axis, rest.length - axis);
        return Shape.of(rest);
    }

    /**
     * The product of the dimensions [from, to).
     *
     * @param from first dimension
     * @param to   end, exclusive
     * @return the product, 1 if there are none
     */
    public int product(int from, int to) {
        int product = 1;
        for (int i = from; i < to; i++) {
            product *= dims[i];
        }
        return product;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** {@return for example "(4, 9)"} */
    @Override
    public String toString() {
        return text(dims);
    }

    private static String text(int[] dims) {
        StringJoiner joiner = new StringJoiner(", ", "(", ")");
        for (int dim : dims) {
            joiner.add(Integer.toString(dim));
        }
        return joiner.toString();
    }
}
