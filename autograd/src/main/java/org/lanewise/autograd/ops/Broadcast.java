package org.lanewise.autograd.ops;

import java.util.Arrays;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Arithmetic;
import org.lanewise.kernels.Elementwise;
import org.lanewise.kernels.Reductions;

/**
 * Arithmetic of two tensors of which the smaller one is repeated along the leading and trailing dimensions of the larger one, by
 * PyTorch's rule: shapes are aligned at their last dimensions, and a dimension of the smaller one that is 1 or missing is repeated.
 * (A missing dimension of the larger one is 1.)
 * The others must stand side by side, so that the larger one can be seen as (outer, middle, inner) and the smaller one as (middle).
 *
 * <p>
 * For y(o, m, i) = large(o, m, i) op small(m), the gradient of large is as without repetition, and that of small is the sum over o and i.
 *
 * @param op     the operation on an element of large and one of small
 * @param large  the larger operand
 * @param small  the smaller operand
 * @param y      the output
 * @param outer  product of the dimensions before those of small
 * @param inner  product of the dimensions behind
 */
public record Broadcast(Arithmetic op, Tensor large, Tensor small, Tensor y, int outer, int inner) implements Function {

    /**
     * Computes a op b.
     *
     * @param op one of a + b, a - b, a * b and a / b
     * @param a  left operand
     * @param b  right operand; either may be the smaller one
     * @return a tensor of the larger shape; if the smaller operand has more dimensions, of which the first are 1, it has them too
     * @throws IllegalArgumentException if none of the shapes is that of the other one but for repetition
     */
    public static Tensor broadcast(Arithmetic op, Tensor a, Tensor b) {
        if (fits(a.shape(), b.shape())) {
            return compute(op, a, b);
        }
        if (fits(b.shape(), a.shape())) {
            return compute(switch (op) {
                case SUBTRACT -> Arithmetic.SUBTRACT_FROM;
                case DIVIDE -> Arithmetic.DIVIDE_INTO;
                default -> op;
            }, b, a);
        }
        throw new IllegalArgumentException(
                name(op) + ": expected two tensors of the same shape, or one that is repeated along the"
                        + " leading and trailing dimensions of the other, but got " + a.shape() + " and " + b.shape());
    }

    private static String name(Arithmetic op) {
        return switch (op) {
            case ADD -> "add";
            case SUBTRACT, SUBTRACT_FROM -> "sub";
            case MULTIPLY -> "mul";
            case DIVIDE, DIVIDE_INTO -> "div";
        };
    }

    private static Tensor compute(Arithmetic op, Tensor large, Tensor small) {
        int middle = small.size();
        int outer = large.shape().product(0, first(large.shape(), small.shape()));
        int inner = middle == 0 || outer == 0 ? 0 : large.size() / outer / middle;
        Tensor y = Tape.newTensor(withLeadingOnes(large.shape(), small.shape().rank()));
        Elementwise.broadcast(op, outer, middle, inner, large.data(), 0, small.data(), 0, y.data(), 0,
                Tape.parallelism());
        return Tape.recording(large, small)
                ? Tape.record(y, new Broadcast(op, large, small, y, outer, inner))
                : y;
    }

    /** The shape with dimensions of 1 before it, up to a rank. */
    private static Shape withLeadingOnes(Shape shape, int rank) {
        int added = rank - shape.rank();
        if (added <= 0) {
            return shape;
        }
        int[] dims = new int[rank];
        Arrays.fill(dims, 0, added, 1);
        System.arraycopy(shape.dims(), 0, dims, added, shape.rank());
        return Shape.of(dims);
    }

    /** The dimensions of small that are not 1 are those of large at their places, and stand side by side. */
    private static boolean fits(Shape large, Shape small) {
        int missing = large.rank() - small.rank();
        boolean ended = false;
        boolean begun = false;
        for (int i = 0; i < small.rank(); i++) {
            int size = small.dim(i);
            if (missing + i < 0) {
                if (size != 1) {
                    return false;
                }
            } else if (size == 1) {
                ended |= begun && large.dim(missing + i) != 1;
            } else if (size != large.dim(missing + i) || ended) {
                return false;
            } else {
                begun = true;
            }
        }
        return true;
    }

    /** The first dimension of large that small has too, not as 1; the first of all for a single number, which goes with one line. */
    private static int first(Shape large, Shape small) {
        int missing = large.rank() - small.rank();
        for (int i = 0; i < small.rank(); i++) {
            if (small.dim(i) != 1) {
                return missing + i;
            }
        }
        return 0;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        switch (op) {
            case ADD, SUBTRACT -> {
                sums(gradients, dY, op == Arithmetic.ADD ? 1 : -1);
                gradients.give(large);
            }
            case SUBTRACT_FROM -> {
                sums(gradients, dY, 1);
                if (gradients.needed(large)) {
                    Elementwise.axpby(dY.length, -1, dY, 0, 0, dY, 0, gradients.parallelism());
                    gradients.give(large);
                }
            }
            case MULTIPLY -> {
                productSums(gradients, dY, large, 1);
                if (gradients.needed(large)) {
                    repeated(gradients, Arithmetic.MULTIPLY, dY);
                    gradients.give(large);
                }
            }
            case DIVIDE -> { // y = large/small: dSmall = -sum(dY*y)/small
                repeated(gradients, Arithmetic.DIVIDE, dY);
                productSums(gradients, dY, y, -1);
                gradients.give(large);
            }
            case DIVIDE_INTO -> { // y = small/large: with g = dY/large, dSmall = sum(g) and dLarge = -g*y
                Elementwise.divide(dY.length, dY, 0, large.data(), 0, dY, 0, gradients.parallelism());
                sums(gradients, dY, 1);
                if (gradients.needed(large)) {
                    Elementwise.multiply(dY.length, dY, 0, y.data(), 0, dY, 0, gradients.parallelism());
                    Elementwise.axpby(dY.length, -1, dY, 0, 0, dY, 0, gradients.parallelism());
                    gradients.give(large);
                }
            }
        }
    }

    /** dY := dY op small. */
    private void repeated(Gradients gradients, Arithmetic operation, float[] dY) {
        Elementwise.broadcast(operation, outer, small.size(), inner, dY, 0, small.data(), 0, dY, 0,
                gradients.parallelism());
    }

    /** dSmall := factor * sum of g over the repetitions. */
    private void sums(Gradients gradients, float[] g, float factor) {
        gradients.compute(small, dSmall -> {
            int middle = small.size();
            if (inner == 1) {
                Reductions.columnSums(outer, middle, g, 0, middle, 0, dSmall, 0, gradients.parallelism());
            } else {
                Reductions.channelSums(outer, middle, inner, g, 0, 0, dSmall, 0);
            }
            if (factor != 1) {
                Elementwise.axpby(middle, factor, dSmall, 0, 0, dSmall, 0, gradients.parallelism());
            }
        });
    }

    /** dSmall := factor * sum of g*other over the repetitions. */
    private void productSums(Gradients gradients, float[] g, Tensor other, float factor) {
        if (gradients.needed(small)) {
            Tensor product = Tape.newTensor(large.shape());
            Elementwise.multiply(large.size(), g, 0, other.data(), 0, product.data(), 0, gradients.parallelism());
            sums(gradients, product.data(), factor);
        }
    }
}
