package org.lanewise.kernels.rnn;

import java.util.Arrays;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Recurrence.States;
import org.lanewise.kernels.RecurrentCell;
import org.lanewise.kernels.RnnGeometry;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.Blocking;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * What the walk through the steps forward and the one backward have in common: where the rows of a step stand, and how threads share
 * the units of the state.
 */
abstract class Walk extends SharedLoop {

    static final float[] EMPTY = {};

    RnnGeometry g = RnnGeometry.of(RecurrentCell.RNN_TANH, 0, 0, 1, 1);
    Cell cell = ElmanCell.TANH;
    int hidden;
    int batch;
    /** The sequences [first, end) that this walk goes through; other walks go through the others of the batch. */
    int first;
    int end;

    /** The rows of gates: those that are saved, or y if the cell saves none. */
    float[] z = EMPTY;
    int zOffset;
    int zStride;
    /** The time step whose rows stand first, and the distance of two steps and of two sequences. */
    int zFirst;
    int zStepStride;
    int zSequenceStride;
    float[] y = EMPTY;

    /** The time step of this visit, and the one that was visited before, or would have been: then {@link #started} is false. */
    int step;
    int previous;
    boolean started;

    private float[] initialH = EMPTY;
    private float[] initialCarried = EMPTY;
    private int initialHStride;
    private int initialCarriedStride;
    private int initialHOffset;
    private int initialCarriedOffset;

    /**
     * Takes the operands.
     *
     * @param row       distance of two rows of gates in {@code saved}
     * @param sequences how many a walk goes through
     * @param index     the index of this one
     */
    final void begin(RnnGeometry geometry, States initial, float[] output, float[] saved, int row, int sequences,
            int index) {
        g = geometry;
        cell = Cell.of(g.cell());
        hidden = g.hiddenSize();
        batch = g.batch();
        first = index * sequences;
        end = Math.min(first + sequences, batch);
        y = output;
        if (cell.columns == 0) {
            z = output;
            zOffset = g.outputColumn();
            zStride = g.outputWidth();
        } else {
            z = saved;
            zOffset = 0;
            zStride = row;
        }
        zFirst = 0;
        zStepStride = (g.batchFirst() ? 1 : batch) * zStride;
        zSequenceStride = rowsApart() * zStride;
        float[] h0 = initial.h();
        initialH = h0 == null ? zeros() : h0;
        initialHOffset = h0 == null ? 0 : initial.offset();
        initialHStride = h0 == null ? 0 : hidden;
        float[] carried = cell.carried < 0 ? h0 : initial.c();
        initialCarried = carried == null ? zeros() : carried;
        initialCarriedOffset = carried == null ? 0 : initial.offset();
        initialCarriedStride = carried == null ? 0 : hidden;
    }

    private float[] zeros() {
        float[] zeros = Workspace.current().floats(Slot.RNN_ZEROS, hidden);
        Arrays.fill(zeros, 0, hidden, 0);
        return zeros;
    }

    /** {@return the steps to visit} None if there is no sequence, however long these would be. */
    final int steps() {
        return batch == 0 ? 0 : g.steps();
    }

    /** Goes to a step. Visits are counted from 0 in the order of the forward pass. */
    final void visit(int visit) {
        step = g.step(visit);
        started = visit > 0;
        previous = started ? g.step(visit - 1) : step;
    }

    /** Shares the units of this step. A part begins where panels begin, so that each thread multiplies whole ones. */
    final void shareUnits(Parallelism parallelism) {
        int threads = threads(g, parallelism);
        if (threads == 1) {
            run(0, hidden);
        } else {
            share(hidden, Blocking.evenPart(hidden, Math.ceilDiv(hidden, threads), BlockedGemm.PANEL_COLUMNS),
                    parallelism);
        }
    }

    static int threads(RnnGeometry g, Parallelism parallelism) {
        int hidden = g.hiddenSize();
        int rows = g.cell().gates() * hidden;
        return g.batch() == 1
                ? Blocking.threads(rows, hidden, parallelism)
                : Blocking.threads(g.batch(), rows, hidden, parallelism);
    }

    /** Goes through the steps of some visits, whose order it knows. */
    abstract void steps(int from, int to, Parallelism parallelism);

    final int zAt(int time, int sequence) {
        return zOffset + (time - zFirst) * zStepStride + sequence * zSequenceStride;
    }

    final int yAt(int time, int sequence) {
        return g.outputColumn() + g.row(time, sequence) * g.outputWidth();
    }

    /** The rows of two sequences at the same time are so many rows apart. */
    final int rowsApart() {
        return g.batchFirst() ? g.steps() : 1;
    }

    /** h(t-1) of all sequences: the array, the place of the first and the distance of two. */
    final float[] hBefore() {
        return started ? y : initialH;
    }

    final int hBeforeAt(int sequence) {
        return started ? yAt(previous, sequence) : initialHOffset + sequence * initialHStride;
    }

    final int hBeforeStride() {
        return started ? rowsApart() * g.outputWidth() : initialHStride;
    }

    /** Whether this is the first step of a sequence. (What y holds where it is padded is cleared in the end.) */
    final boolean first(int sequence) {
        return !started || !g.inside(previous, sequence);
    }

    /** The state that the cell reads of the step before, or in its place the initial one. */
    float[] carried(boolean isFirst) {
        if (isFirst) {
            return initialCarried;
        }
        return cell.carried < 0 ? y : z;
    }

    int carriedAt(boolean isFirst, int sequence) {
        if (isFirst) {
            return initialCarriedOffset + sequence * initialCarriedStride;
        }
        return cell.carried < 0 ? yAt(previous, sequence) : zAt(previous, sequence) + cell.carried * hidden;
    }

    void end() {
        z = EMPTY;
        y = EMPTY;
        initialH = EMPTY;
        initialCarried = EMPTY;
    }
}
