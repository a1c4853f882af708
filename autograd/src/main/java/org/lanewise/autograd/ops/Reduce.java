package org.lanewise.autograd.ops;

import java.util.Arrays;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Arithmetic;
import org.lanewise.kernels.Elementwise;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Reduction;
import org.lanewise.kernels.Reductions;

/**
 * One number of the elements along a dimension, which is left out of the result; see {@link Reduction}. With x seen as
 * (outer, n, inner) and y as (outer, inner):
 *
 * <pre>
 *   sum    dX = dY           maximum    dX = dY at the first of the largest, else 0
 *   mean   dX = dY/n         variance   dX = dY * 2*(x - mean)/(n - 1), or /n      norm    dX = dY * x/y, 0 where y is 0
 * </pre>
 *
 * @param reduction what is computed
 * @param x         the input
 * @param y         the output
 * @param dim       the dimension, not negative
 */
public record Reduce(Reduction reduction, Tensor x, Tensor y, int dim) implements Function {

    /**
     * Computes one number of each line along a dimension.
     *
     * @param reduction what is computed
     * @param x         the input
     * @param dim       the dimension; negative counts from the end
     * @return a tensor without this dimension
     * @throws IndexOutOfBoundsException if there is no such dimension
     * @throws IllegalArgumentException  if it is empty and the maximum is asked for
     */
    public static Tensor reduce(Reduction reduction, Tensor x, int dim) {
        int axis = x.shape().axis(dim);
        if (reduction == Reduction.MAX) {
            requireElements("max", x, axis);
        }
        Tensor y = Tape.newTensor(x.shape().without(axis));
        compute(reduction, x, axis, y.data(), Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new Reduce(reduction, x, y, axis)) : y;
    }

    /**
     * The places of the largest elements along a dimension: of the first ones if there are several, of NaN if there is one.
     *
     * @param x   the input
     * @param dim the dimension, not empty; negative counts from the end
     * @return the places, in the order of the elements of the result of {@link #reduce}
     * @throws IndexOutOfBoundsException if there is no such dimension
     * @throws IllegalArgumentException  if it is empty
     */
    public static int[] argmax(Tensor x, int dim) {
        int axis = x.shape().axis(dim);
        requireElements("argmax", x, axis);
        int n = x.dim(axis);
        int outer = Operands.outer(x, axis);
        int inner = Operands.inner(x, axis);
        int[] places = new int[outer * inner];
        for (int o = 0; o < outer; o++) {
            if (inner == 1) {
                places[o] = Reductions.argmax(n, x.data(), o * n);
            } else {
                Reductions.columnArgmax(n, inner, x.data(), o * n * inner, inner, places, o * inner);
            }
        }
        return places;
    }

    /** Of no numbers there is no largest. */
    private static void requireElements(String operation, Tensor x, int axis) {
        if (x.dim(axis) == 0) {
            throw new IllegalArgumentException(operation + ": expected a dimension that is not empty but got dimension "
                    + axis + " of shape " + x.shape());
        }
    }

    private static void compute(Reduction reduction, Tensor x, int axis, float[] y, Parallelism parallelism) {
        int n = x.dim(axis);
        int outer = Operands.outer(x, axis);
        int inner = Operands.inner(x, axis);
        if (inner == 1) {
            Reductions.rows(reduction, outer, n, x.data(), 0, n, y, 0, parallelism);
            return;
        }
        for (int o = 0; o < outer; o++) {
            Reductions.columns(reduction, n, inner, x.data(), o * n * inner, inner, y, o * inner, parallelism);
        }
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        int n = x.dim(dim);
        Parallelism team = gradients.parallelism();
        gradients.compute(x, dX -> {
            switch (reduction) {
                case SUM -> spread(dY, dX);
                case MEAN -> {
                    Elementwise.axpby(dY.length, 1f / n, dY, 0, 0, dY, 0, team);
                    spread(dY, dX);
                }
                case MAX -> place(dY, dX);
                case VARIANCE -> variance(2f / (n - 1), dY, dX, team);
                case POPULATION_VARIANCE -> variance(2f / n, dY, dX, team);
                case NORM -> norm(dY, dX, team);
            }
        });
    }

    private void spread(float[] dY, float[] dX) {
        int n = x.dim(dim);
        int inner = inner();
        for (int o = 0; o < outer(); o++) {
            if (inner == 1) {
                Arrays.fill(dX, o * n, (o + 1) * n, dY[o]);
            } else {
                for (int j = 0; j < n; j++) {
                    System.arraycopy(dY, o * inner, dX, (o * n + j) * inner, inner);
                }
            }
        }
    }

    private void place(float[] dY, float[] dX) {
        int inner = inner();
        int[] places = argmax(x, dim);
        Arrays.fill(dX, 0, x.size(), 0);
        for (int i = 0; i < places.length; i++) {
            dX[(i / inner * x.dim(dim) + places[i]) * inner + i % inner] = dY[i];
        }
    }

    private void variance(float factor, float[] dY, float[] dX, Parallelism team) {
        Tensor mean = Tape.newTensor(y.shape());
        compute(Reduction.MEAN, x, dim, mean.data(), team);
        Elementwise.axpby(dY.length, factor, dY, 0, 0, dY, 0, team);
        along(Arithmetic.SUBTRACT, x.data(), mean.data(), dX, team);
        along(Arithmetic.MULTIPLY, dX, dY, dX, team);
    }

    /** x/y first, which is at most 1: dY/y would overflow where y is tiny. Where y is 0, so are all x, and they are divided by 1. */
    private void norm(float[] dY, float[] dX, Parallelism team) {
        Tensor divisor = Tape.newTensor(y.shape());
        for (int i = 0; i < y.size(); i++) {
            divisor.data()[i] = y.data()[i] == 0 ? 1 : y.data()[i];
        }
        along(Arithmetic.DIVIDE, x.data(), divisor.data(), dX, team);
        along(Arithmetic.MULTIPLY, dX, dY, dX, team);
    }

    /** result(o, j, i) := a(o, j, i) op b(o, i). */
    private void along(Arithmetic op, float[] a, float[] b, float[] result, Parallelism team) {
        int n = x.dim(dim);
        int inner = inner();
        if (inner == 1) {
            Elementwise.broadcast(op, 1, outer(), n, a, 0, b, 0, result, 0, team);
            return;
        }
        for (int o = 0; o < outer(); o++) {
            Elementwise.broadcast(op, n, inner, 1, a, o * n * inner, b, o * inner, result, o * n * inner, team);
        }
    }

    private int outer() {
        return Operands.outer(x, dim);
    }

    private int inner() {
        return Operands.inner(x, dim);
    }
}
