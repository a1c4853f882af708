package org.lanewise.autograd.ops;

import java.util.Arrays;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Elementwise;

/**
 * Some places of the first dimension: y = x[start : start + length]; dX = dY there and 0 elsewhere.
 *
 * @param x     the input
 * @param start the first place
 * @param y     the output
 */
public record Narrow(Tensor x, int start, Tensor y) implements Function {

    /**
     * Copies the places.
     *
     * @param x      the input, of at least one dimension
     * @param start  the first place
     * @param length how many
     * @return a tensor whose first dimension has that length
     * @throws IllegalArgumentException  if x has no dimension
     * @throws IndexOutOfBoundsException if x has no such places
     */
    public static Tensor narrow(Tensor x, int start, int length) {
        Operands.atLeastOneDimension("narrow", x);
        int[] dims = x.shape().dims();
        if (start < 0 || length < 0 || start > dims[0] - length) {
            throw new IndexOutOfBoundsException("narrow: " + length + " places from " + start
                    + " on are outside of the first dimension of " + x.shape());
        }
        dims[0] = length;
        Tensor y = Tape.newTensor(Shape.of(dims));
        Narrow narrow = new Narrow(x, start, y);
        System.arraycopy(x.data(), narrow.offset(), y.data(), 0, y.size());
        return Tape.recording(x) ? Tape.record(y, narrow) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        gradients.accumulate(x, (dX, beta) -> {
            if (beta == 0) {
                Arrays.fill(dX, 0);
            }
            Elementwise.add(y.size(), dX, offset(), gradients.dY(), 0, dX, offset(), gradients.parallelism());
        });
    }

    private int offset() {
        return start * x.shape().product(1, x.shape().rank());
    }
}
