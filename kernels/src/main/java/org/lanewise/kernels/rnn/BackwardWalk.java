package org.lanewise.kernels.rnn;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Recurrence.States;
import org.lanewise.kernels.RnnGeometry;
import org.lanewise.kernels.math.VectorElementwise;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The steps of the backward pass. dh and dc are the gradients that a step receives from the one behind it:
 *
 * <pre>
 *   for each step t, from the last
 *     for each run of units, on some thread
 *       dh += dZ(t+1) * W_hh
 *       for each sequence: dZ(t), dh, dc := gradient of the cell by dh + dY(t) and dc
 *   dh += dZ(1) * W_hh
 * </pre>
 *
 * The cell leaves in dh what reaches the step before without W_hh. Where a sequence is padded, dZ is 0 and dh and dc stay. Steps are
 * walked in parts: dZ holds the rows of one, and what the first step of a part hands to the next one is packed before it goes.
 */
final class BackwardWalk extends Walk {

    private static final ThreadLocal<BackwardWalk> CURRENT = ThreadLocal.withInitial(BackwardWalk::new);

    /** The rows of W_hh whose gradients stand side by side: those of the summed gates, and those of the other one. */
    private final HiddenWeights[] spans = {new HiddenWeights(), new HiddenWeights()};
    private final StepRows[] gradients = {new StepRows(), new StepRows()};
    private int spanCount;

    private float @Nullable [] dY;
    private float[] dZ = EMPTY;
    private int dZStride;
    /** The row of y whose row of dZ is the first. */
    private int dZFirst;
    /** dh of all sequences, and dc of all sequences. */
    private float[] d = EMPTY;
    private boolean multiplies;
    private boolean cells;
    private boolean toTheStart;

    private BackwardWalk() {
    }

    /** {@return the walk of this thread} Begin and {@link #end} it. */
    static BackwardWalk current() {
        return CURRENT.get();
    }

    /**
     * Goes to the end of all steps.
     *
     * @param states whether {@link #finish} is wanted: the gradients of the initial states
     */
    void begin(RnnGeometry geometry, States initial, float[] hiddenWeight, float[] output, float[] saved,
            float @Nullable [] gradient, States dLast, boolean states) {
        begin(geometry, initial, output, saved, geometry.cell().saved() * geometry.hiddenSize());
        dY = gradient;
        dZStride = GradientProducts.stride(geometry);
        toTheStart = states;
        multiplies = false;
        cells = true;
        begin(dLast);
        if (steps() > 1 || states) {
            pack(hiddenWeight);
        }
    }

    private void begin(States dLast) {
        int size = batch * hidden;
        d = Workspace.current().floats(Slot.RNN_STATE_GRADIENTS, 2 * size);
        begin(dLast.h(), dLast.offset(), 0, size);
        begin(cell.carried < 0 ? null : dLast.c(), dLast.offset(), size, size);
    }

    private void begin(float @Nullable [] source, int offset, int to, int size) {
        if (source == null) {
            Arrays.fill(d, to, to + size, 0);
        } else {
            System.arraycopy(source, offset, d, to, size);
        }
    }

    /**
     * The steps of the visits [from, to), from the last of them. The one that follows must be walked before.
     *
     * @param gradients takes a row of dZ for each row of y of these steps
     */
    void part(int from, int to, float[] gradients, Parallelism parallelism) {
        dZ = gradients;
        dZFirst = g.firstRow(from, to);
        for (int visit = to - 1; visit >= from; visit--) {
            visit(visit);
            shareUnits(parallelism);
            if (visit > 0 || toTheStart) {
                multiplies = true;
                packGradients();
            }
        }
    }

    /** The gradients of the initial states, after all steps. */
    void finish(States dInitial, Parallelism parallelism) {
        if (multiplies && toTheStart) {
            cells = false;
            shareUnits(parallelism);
        }
        int size = batch * hidden;
        if (dInitial.h() != null) {
            System.arraycopy(d, 0, dInitial.h(), dInitial.offset(), size);
        }
        if (dInitial.c() != null && cell.carried >= 0) {
            System.arraycopy(d, size, dInitial.c(), dInitial.offset(), size);
        }
    }

    private void pack(float[] hiddenWeight) {
        int summed = cell.summed * hidden;
        int all = g.cell().gates() * hidden;
        spanCount = summed < all ? 2 : 1;
        int weights = HiddenWeights.floats(batch, summed, hidden, true);
        int rows = StepRows.floats(batch, summed);
        Workspace workspace = Workspace.current();
        float[] panels = workspace.aligned(Slot.RNN_WEIGHTS,
                weights + HiddenWeights.floats(batch, all - summed, hidden, true));
        float[] step = workspace.floats(Slot.RNN_STEP, rows + StepRows.floats(batch, all - summed));
        spans[0].set(batch, hiddenWeight, 0, summed, hidden, true, panels, 0);
        gradients[0].layOut(batch, summed, step, 0);
        if (spanCount == 2) {
            spans[1].set(batch, hiddenWeight, summed, all - summed, hidden, true, panels, weights);
            gradients[1].layOut(batch, all - summed, step, rows);
        }
    }

    private void packGradients() {
        int row = dZAt(0);
        gradients[0].set(dZ, row, rowsApart() * dZStride);
        if (spanCount == 2) {
            gradients[1].set(dZ, row + (cell.gradients - 1) * hidden, rowsApart() * dZStride);
        }
    }

    private int dZAt(int sequence) {
        return (g.row(step, sequence) - dZFirst) * dZStride;
    }

    @Override
    protected void run(int from, int to) {
        for (int span = 0; multiplies && span < spanCount; span++) {
            spans[span].multiply(gradients[span], from, to, 1, d, 0, hidden, Epilogue.NONE);
        }
        if (!cells) {
            return;
        }
        int n = to - from;
        for (int b = 0; b < batch; b++) {
            int state = b * hidden + from;
            int out = dZAt(b);
            if (g.inside(step, b)) {
                int at = yAt(step, b) + from;
                boolean first = first(b);
                if (dY != null) {
                    VectorElementwise.add(n, d, state, dY, at, d, state);
                }
                cell.backward(n, z, zAt(step, b) + from, hidden, carried(first),
                        carriedAt(first, b) + from, y, at, d, state,
                        batch * hidden + state, dZ, out + from);
            } else {
                for (int column = 0; column < cell.gradients; column++) {
                    int at = out + column * hidden + from;
                    Arrays.fill(dZ, at, at + n, 0);
                }
            }
        }
    }

    @Override
    void end() {
        super.end();
        dY = null;
        dZ = EMPTY;
        d = EMPTY;
        for (int span = 0; span < 2; span++) {
            spans[span].clear();
            gradients[span].clear();
        }
    }
}
