package org.lanewise.kernels.rnn;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Recurrence.States;
import org.lanewise.kernels.RnnGeometry;
import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The backward pass. dh and dc are the gradients that a step receives from the one behind it:
 *
 * <pre>
 *   for some sequences, on some thread
 *     for each step t, from the last
 *       for each run of units, on some thread if all sequences are on one
 *         dh += dZ(t+1) * W_hh
 *         for each sequence: dZ(t), dh, dc := gradient of the cell by dh + dY(t) and dc
 *   dh += dZ(1) * W_hh
 * </pre>
 *
 * The cell leaves in dh what reaches the step before without W_hh. Where a sequence is padded, dZ is 0 and dh and dc stay. Steps are
 * walked in parts: dZ holds the rows of one, and what the first step of a part hands to the next one is packed before it goes.
 */
final class BackwardPass {

    private static final ThreadLocal<BackwardPass> CURRENT = ThreadLocal.withInitial(BackwardPass::new);

    private final Walks<BackwardWalk> walks = new Walks<>(BackwardWalk::new);

    /** The rows of W_hh whose gradients stand side by side: those of the summed gates, and those of the other one. */
    private final HiddenWeights[] spans = {new HiddenWeights(), new HiddenWeights()};
    private float[] d = Walk.EMPTY;

    private BackwardPass() {
    }

    /** {@return that of this thread} Begin and {@link #end} it. */
    static BackwardPass current() {
        return CURRENT.get();
    }

    /**
     * Goes to the end of all steps.
     *
     * @param states whether {@link #finish} is wanted: the gradients of the initial states
     */
    void begin(RnnGeometry g, States initial, float[] hiddenWeight, float[] y, float[] saved,
            float @Nullable [] dY, States dLast, boolean states, Parallelism parallelism) {
        Cell cell = Cell.of(g.cell());
        int hidden = g.hiddenSize();
        boolean single = g.batch() == 1;
        int summed = cell.summed * hidden;
        int rest = g.cell().gates() * hidden - summed;
        begin(g, dLast);
        if (g.steps() > 1 || states) {
            pack(g, hiddenWeight, summed, rest);
        }
        walks.begin(g, parallelism);
        int sequences = walks.sequences();
        int floats = StepRows.floats(sequences, summed, single) + StepRows.floats(sequences, rest, single);
        float[] stepRows = Workspace.current().floats(Slot.RNN_STEP, walks.count() * floats);
        for (int i = 0; i < walks.count(); i++) {
            walks.get(i).begin(g, initial, y, saved, g.cell().saved() * hidden, sequences, i);
            walks.get(i).begin(spans, stepRows, i * floats, dY, d, states);
        }
    }

    private void begin(RnnGeometry g, States dLast) {
        int size = g.batch() * g.hiddenSize();
        d = Workspace.current().floats(Slot.RNN_STATE_GRADIENTS, 2 * size);
        begin(dLast.h(), dLast.offset(), 0, size);
        begin(g.cell().hasCellState() ? dLast.c() : null, dLast.offset(), size, size);
    }

    private void begin(float @Nullable [] source, int offset, int to, int size) {
        if (source == null) {
            Arrays.fill(d, to, to + size, 0);
        } else {
            System.arraycopy(source, offset, d, to, size);
        }
    }

    private void pack(RnnGeometry g, float[] hiddenWeight, int summed, int rest) {
        int batch = g.batch();
        int hidden = g.hiddenSize();
        int floats = HiddenWeights.floats(batch, summed, hidden, true);
        float[] panels = Workspace.current().aligned(Slot.RNN_WEIGHTS,
                floats + HiddenWeights.floats(batch, rest, hidden, true) + PackedOperand.SLACK);
        spans[0].set(batch, hiddenWeight, 0, summed, hidden, true, panels, 0);
        if (rest > 0) {
            spans[1].set(batch, hiddenWeight, summed, rest, hidden, true, panels, floats);
        }
    }

    /** {@return the steps to visit} */
    int steps() {
        return walks.get(0).steps();
    }

    /**
     * The steps of the visits [from, to), from the last of them. The one that follows must be walked before.
     *
     * @param dZ       takes a row for each row of y of these steps
     * @param firstRow the row of y whose row of dZ is the first
     */
    void part(int from, int to, float[] dZ, int firstRow, Parallelism parallelism) {
        for (int i = 0; i < walks.count(); i++) {
            walks.get(i).part(dZ, firstRow);
        }
        walks.steps(from, to, parallelism);
    }

    /** The gradients of the initial states, after all steps. */
    void finish(RnnGeometry g, States dInitial, Parallelism parallelism) {
        if (dInitial.h() != null && steps() > 0) {
            walks.steps(-1, 0, parallelism);
        }
        int size = g.batch() * g.hiddenSize();
        if (dInitial.h() != null) {
            System.arraycopy(d, 0, dInitial.h(), dInitial.offset(), size);
        }
        if (dInitial.c() != null && g.cell().hasCellState()) {
            System.arraycopy(d, size, dInitial.c(), dInitial.offset(), size);
        }
    }

    /** Lets go of the operands. */
    void end() {
        walks.end();
        d = Walk.EMPTY;
        for (HiddenWeights span : spans) {
            span.clear();
        }
    }
}
