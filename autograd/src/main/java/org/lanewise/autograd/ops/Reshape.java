package org.lanewise.autograd.ops;

import java.util.Arrays;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;

/**
 * The same elements in another shape; dX = dY.
 *
 * @param x the input
 */
public record Reshape(Tensor x) implements Function {

    /**
     * Another shape for the same elements; nothing is copied.
     *
     * @param x    the input
     * @param dims the dimensions; one of them may be -1 and is computed from the others
     * @return a tensor that shares the elements of x
     * @throws IllegalArgumentException if the sizes differ
     */
    public static Tensor reshape(Tensor x, int... dims) {
        return view(x, Shape.of(resolve(x, dims)));
    }

    /**
     * Joins the dimensions from one on into one.
     *
     * @param x        the input
     * @param startDim the first dimension that is joined; negative counts from the end
     * @return a tensor that shares the elements of x
     */
    public static Tensor flatten(Tensor x, int startDim) {
        int start = x.shape().axis(startDim);
        int[] dims = Arrays.copyOf(x.shape().dims(), start + 1);
        dims[start] = x.shape().product(start, x.shape().rank());
        return view(x, Shape.of(dims));
    }

    private static Tensor view(Tensor x, Shape shape) {
        Tensor y = Tape.newView(x, shape);
        return Tape.recording(x) ? Tape.record(y, new Reshape(x)) : y;
    }

    private static int[] resolve(Tensor x, int[] dims) {
        int[] resolved = dims.clone();
        int open = -1;
        long known = 1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == -1 && open < 0) {
                open = i;
            } else {
                known *= dims[i];
            }
        }
        if (open >= 0 && known > 0 && x.size() % known == 0) {
            resolved[open] = (int) (x.size() / known);
            known = x.size();
        }
        if (known != x.size()) {
            throw new IllegalArgumentException("reshape: cannot see " + x.shape() + ", which has " + x.size()
                    + " elements, as " + Arrays.toString(dims));
        }
        return resolved;
    }

    @Override
    public void backward(Gradients gradients) {
        gradients.give(x);
    }
}
