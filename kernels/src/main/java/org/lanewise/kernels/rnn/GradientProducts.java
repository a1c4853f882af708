package org.lanewise.kernels.rnn;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Gemm;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Recurrence.Gradients;
import org.lanewise.kernels.Recurrence.States;
import org.lanewise.kernels.Recurrence.Weights;
import org.lanewise.kernels.Reductions;
import org.lanewise.kernels.RnnGeometry;
import org.lanewise.kernels.gemm.Blocking;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static org.lanewise.kernels.Transpose.NO;
import static org.lanewise.kernels.Transpose.YES;

/**
 * What follows from dZ, the gradients of what goes into the gates, for some steps of all sequences:
 *
 * <pre>
 *   dX = dZ*W_ih    dW_ih += dZ^T*X    dW_hh += dZ^T*Hbefore    db += the sums of dZ's columns
 * </pre>
 *
 * A part has at least as many rows as a product sums in registers, so that the parts cost nothing, and dZ is read four times from
 * the cache and not from memory. (But if the batch is first, all rows are one part.)
 */
record GradientProducts(RnnGeometry g, float[] x, States initial, Weights weights, float[] y, Gradients gradients,
        Parallelism parallelism) {

    /** Time steps of a part. Where the batch is first, the rows of some steps do not lie side by side. */
    int stepsOfPart() {
        return g.batch() <= 1 || !g.batchFirst()
                ? Math.clamp(Math.ceilDiv(Blocking.KC, Math.max(g.batch(), 1)), 1, Math.max(g.steps(), 1))
                : Math.max(g.steps(), 1);
    }

    /** Floats of dZ for so many steps. */
    int floats(int steps) {
        return steps * g.batch() * stride(g);
    }

    /** Distance of two rows of dZ: no power of two, by which many rows would share few lines of the first cache. */
    static int stride(RnnGeometry g) {
        return Cell.of(g.cell()).gradients * g.hiddenSize() + Lanes.COUNT;
    }

    /**
     * The visits [from, to) of the walk.
     *
     * @param beta 0 for those that come first, else 1
     */
    void add(int from, int to, float[] dZ, float beta) {
        int first = g.row(g.firstStep(from, to), 0);
        int rows = (to - from) * g.batch();
        int hidden = g.hiddenSize();
        int inputs = g.inputSize();
        int columns = g.cell().gates() * hidden;
        int ldz = stride(g);
        if (gradients.x() != null) {
            Gemm.sgemm(NO, NO, rows, inputs, columns, 1, dZ, 0, ldz, weights.inputWeight(), 0, inputs,
                    gradients.betaX(), gradients.x(), first * inputs, inputs, parallelism);
        }
        if (gradients.inputWeight() != null) {
            boolean padded = g.padded();
            Gemm.sgemm(YES, NO, columns, inputs, rows, 1, dZ, 0, ldz, padded ? withoutPadding(from, to, first) : x,
                    padded ? 0 : first * inputs, inputs, beta, gradients.inputWeight(), 0, inputs, parallelism);
        }
        if (gradients.inputBias() != null) {
            Reductions.columnSums(rows, columns, dZ, 0, ldz, beta, gradients.inputBias(), 0, parallelism);
        }
        int summed = Cell.of(g.cell()).summed * hidden;
        float[] before = gradients.hiddenWeight() == null ? null : statesBefore(from, to, first);
        addHidden(rows, before, dZ, 0, 0, summed, beta);
        if (summed < columns) {
            addHidden(rows, before, dZ, (Cell.of(g.cell()).gradients - 1) * hidden, summed, columns - summed, beta);
        }
    }

    /** The input with zeros where it is padding: what stands there may be no number, and 0 times that is none either. */
    private float[] withoutPadding(int from, int to, int firstRow) {
        int inputs = g.inputSize();
        float[] rows = Workspace.current().floats(Slot.RNN_INPUTS, (to - from) * g.batch() * inputs);
        for (int visit = from; visit < to; visit++) {
            int t = g.step(visit);
            for (int b = 0; b < g.batch(); b++) {
                int row = g.row(t, b);
                int at = (row - firstRow) * inputs;
                if (g.inside(t, b)) {
                    System.arraycopy(x, row * inputs, rows, at, inputs);
                } else {
                    Arrays.fill(rows, at, at + inputs, 0);
                }
            }
        }
        return rows;
    }

    /** The gradients by some rows of W_hh and b_hh, which are some columns of dZ. */
    private void addHidden(int rows, float @Nullable [] before, float[] dZ, int column, int firstRow, int count,
            float beta) {
        int hidden = g.hiddenSize();
        int ldz = stride(g);
        float[] dWeight = gradients.hiddenWeight();
        if (before != null && dWeight != null) {
            Gemm.sgemm(YES, NO, count, hidden, rows, 1, dZ, column, ldz, before, 0, hidden,
                    beta, dWeight, firstRow * hidden, hidden, parallelism);
        }
        float[] dHidden = gradients.hiddenBias();
        float[] dInput = gradients.inputBias();
        if (dHidden != null && dInput != null && count == g.cell().gates() * hidden) {
            System.arraycopy(dInput, 0, dHidden, 0, count); // both biases are added at the same place
        } else if (dHidden != null) {
            Reductions.columnSums(rows, count, dZ, column, ldz, beta, dHidden, firstRow, parallelism);
        }
    }

    /** h(t-1) for each row of dZ. (Those of padding are multiplied with 0.) */
    private float[] statesBefore(int from, int to, int firstRow) {
        int hidden = g.hiddenSize();
        float[] before = Workspace.current().floats(Slot.RNN_PREVIOUS, (to - from) * g.batch() * hidden);
        for (int visit = from; visit < to; visit++) {
            int t = g.step(visit);
            int previous = visit == 0 ? -1 : g.step(visit - 1);
            for (int b = 0; b < g.batch(); b++) {
                int at = (g.row(t, b) - firstRow) * hidden;
                if (previous >= 0 && g.inside(previous, b)) {
                    System.arraycopy(y, g.outputColumn() + g.row(previous, b) * g.outputWidth(), before, at, hidden);
                } else if (initial.h() != null) {
                    System.arraycopy(initial.h(), initial.offset() + b * hidden, before, at, hidden);
                } else {
                    Arrays.fill(before, at, at + hidden, 0);
                }
            }
        }
        return before;
    }
}
