package org.lanewise.autograd.ops;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;

/**
 * Checks that operations share, and the view of a tensor as a matrix.
 */
final class Operands {

    private Operands() {
    }

    static void sameShape(String operation, Tensor a, Tensor b) {
        if (!a.shape().equals(b.shape())) {
            throw new IllegalArgumentException(
                    operation + ": expected two tensors of the same shape but got " + a.shape() + " and " + b.shape());
        }
    }

    static void atLeastOneDimension(String operation, Tensor x) {
        if (x.shape().rank() == 0) {
            throw new IllegalArgumentException(
                    operation + ": expected a tensor of at least one dimension but got shape " + x.shape());
        }
    }

    static void rank(String operation, String name, Tensor x, int rank, String form) {
        if (x.shape().rank() != rank) {
            throw new IllegalArgumentException(
                    operation + ": expected " + name + " of shape " + form + " but got " + x.shape());
        }
    }

    static void shape(String operation, String name, Tensor x, int... expected) {
        Shape shape = Shape.of(expected);
        if (!x.shape().equals(shape)) {
            throw new IllegalArgumentException(
                    operation + ": expected " + name + " of shape " + shape + " but got " + x.shape());
        }
    }

    /** The same for an operand that may be missing. */
    static void optionalShape(String operation, String name, @Nullable Tensor x, int... expected) {
        if (x != null) {
            shape(operation, name, x, expected);
        }
    }

    /** The elements of an operand, or null if it is missing. */
    static float @Nullable [] data(@Nullable Tensor x) {
        return x == null ? null : x.data();
    }

    /** The dimensions before one, as one. */
    static int outer(Tensor x, int axis) {
        return x.shape().product(0, axis);
    }

    /** The dimensions behind one, as one: the elements that stand together. */
    static int inner(Tensor x, int axis) {
        return x.shape().product(axis + 1, x.shape().rank());
    }

    /** The input has the channels that the weights of a convolution expect. */
    static void channels(String operation, Tensor x, Tensor weight, int groups, String pixels) {
        long channels = (long) weight.dim(1) * groups;
        if (groups > 0 && x.dim(1) != channels) {
            throw new IllegalArgumentException(operation + ": the weight " + weight.shape()
                    + (groups == 1 ? "" : " of " + groups + " groups") + " expects input (N, " + channels + ", "
                    + pixels + ") but got " + x.shape());
        }
    }

    /** The sizes of a pooling of images (N, C, H, W). */
    static Pool2dGeometry pooling(String operation, Tensor x, Pool2dWindow window) {
        rank(operation, "input", x, 4, "(N, C, H, W)");
        return window.over(x.dim(0) * x.dim(1), x.dim(2), x.dim(3));
    }

    /** The rows of a tensor seen as a matrix whose columns are the last dimension. */
    static int rows(Tensor x) {
        return x.shape().product(0, x.shape().axis(-1));
    }
}
