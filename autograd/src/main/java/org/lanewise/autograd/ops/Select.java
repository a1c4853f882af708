package org.lanewise.autograd.ops;

import java.util.Arrays;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Elementwise;
import org.lanewise.kernels.Parallelism;

/**
 * One slice of a dimension: y = x[..., index, ...]; dX = dY in that slice and 0 elsewhere.
 *
 * @param x     the input
 * @param axis  the dimension that is left out
 * @param index the place in it
 */
public record Select(Tensor x, int axis, int index) implements Function {

    /**
     * Copies the slice.
     *
     * @param x     the input
     * @param dim   the dimension; negative counts from the end
     * @param index the place in it; negative counts from the end
     * @return a tensor with one dimension less
     * @throws IndexOutOfBoundsException if there is no such dimension or place
     */
    public static Tensor select(Tensor x, int dim, int index) {
        int axis = x.shape().axis(dim);
        int length = x.dim(axis);
        int place = index < 0 ? index + length : index;
        if (place < 0 || place >= length) {
            throw new IndexOutOfBoundsException(
                    "select: index " + index + " of dimension " + dim + " is outside of shape " + x.shape());
        }
        Tensor y = Tape.newTensor(x.shape().without(axis));
        Select select = new Select(x, axis, place);
        int inner = select.inner();
        for (int i = 0; i < select.outer(); i++) {
            System.arraycopy(x.data(), select.start(i), y.data(), i * inner, inner);
        }
        return Tape.recording(x) ? Tape.record(y, select) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        int inner = inner();
        gradients.accumulate(x, (dX, beta) -> {
            if (beta == 0) {
                Arrays.fill(dX, 0);
            }
            for (int i = 0; i < outer(); i++) {
                Elementwise.add(inner, dX, start(i), dY, i * inner, dX, start(i), Parallelism.serial());
            }
        });
    }

    private int outer() {
        return Operands.outer(x, axis);
    }

    private int inner() {
        return Operands.inner(x, axis);
    }

    /** Where the i-th run of the slice stands in x. */
    private int start(int i) {
        return (i * x.dim(axis) + index) * inner();
    }
}
