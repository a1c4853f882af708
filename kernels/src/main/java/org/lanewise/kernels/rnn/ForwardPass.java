package org.lanewise.kernels.rnn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Recurrence.States;
import org.lanewise.kernels.Recurrence.Weights;
import org.lanewise.kernels.RecurrentCell;
import org.lanewise.kernels.RnnGeometry;
import org.lanewise.kernels.gemm.Blocking;
import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The forward pass:
 *
 * <pre>
 *   for each part of the steps, which is all of them if the gates are saved or are the states
 *     Z := X * W_ih^T + biases
 *     for some sequences, on some thread
 *       for each step t
 *         for each run of units, on some thread if all sequences are on one
 *           for each gate:     Z(t) += h(t-1) * W_hh^T
 *           for each sequence: h(t) := cell(Z(t), c(t-1) or h(t-1))
 * </pre>
 *
 * If nobody wants the gates, Z takes half of the L2 cache, and its next part the place of the one before.
 * Where a sequence is padded, its states pass through the step unchanged; so the last step holds the last states of all.
 */
final class ForwardPass {

    /** Floats of the gates of a part. */
    private static final int SCRATCH = Blocking.HALF_L2;

    private static final ThreadLocal<ForwardPass> CURRENT = ThreadLocal.withInitial(ForwardPass::new);

    private final Walks<ForwardWalk> walks = new Walks<>(ForwardWalk::new);
    private final HiddenWeights[] gates = {new HiddenWeights(), new HiddenWeights(), new HiddenWeights(),
        new HiddenWeights()};
    private final InputProjection inputs = new InputProjection(RnnGeometry.of(RecurrentCell.RNN_TANH, 0, 0, 1, 1));

    private ForwardPass() {
    }

    /** All steps of all sequences. */
    static void run(RnnGeometry g, float[] x, States initial, Weights weights, float[] y, float @Nullable [] saved,
            States last, Parallelism parallelism) {
        ForwardPass pass = CURRENT.get();
        try {
            int steps = stepsOfPart(g);
            int part = saved == null ? steps : g.steps();
            pass.inputs.begin(g, x, weights, Cell.of(g.cell()).summed * g.hiddenSize(), steps < g.steps());
            pass.begin(g, initial, weights, y, saved, part, parallelism);
            pass.walk(g, part, parallelism);
            for (int i = 0; i < pass.walks.count(); i++) {
                pass.walks.get(i).finish(last);
            }
        } finally {
            pass.end();
        }
    }

    /** So many steps that their gates stay in the cache. */
    private static int stepsOfPart(RnnGeometry g) {
        if (g.cell().saved() == 0) {
            return g.steps();
        }
        int inputs = g.batchFirst() && g.batch() > 1 ? g.inputSize() : 0; // which are copied
        long floats = g.batch() * ((long) scratchRow(g) + inputs);
        return Math.clamp(SCRATCH / Math.max(floats, 1), 1, Math.max(1, g.steps()));
    }

    /** A cache line more than there are gates: at a power of two, the rows of a tile would share few sets of the first cache. */
    private static int scratchRow(RnnGeometry g) {
        return g.cell().saved() * g.hiddenSize() + Lanes.COUNT;
    }

    private void begin(RnnGeometry g, States initial, Weights weights, float[] y, float @Nullable [] saved, int part,
            Parallelism parallelism) {
        boolean kept = saved != null || g.cell().saved() == 0;
        int row = kept ? g.cell().saved() * g.hiddenSize() : scratchRow(g);
        float[] z = saved != null
                ? saved
                : Workspace.current().floats(Slot.RNN_GATES, kept ? 0 : g.batch() * part * row);
        boolean hasInitial = initial.h() != null;
        if (g.steps() > 1 || hasInitial) {
            pack(g, weights.hiddenWeight());
        }
        walks.begin(g, parallelism);
        int sequences = walks.sequences();
        int floats = StepRows.floats(sequences, g.hiddenSize(), g.batch() == 1);
        float[] stepRows = Workspace.current().floats(Slot.RNN_STEP, walks.count() * floats);
        Epilogue bias = separateBias(g, weights);
        for (int i = 0; i < walks.count(); i++) {
            walks.get(i).begin(g, initial, y, z, row, sequences, i);
            walks.get(i).begin(gates, stepRows, i * floats, bias, hasInitial);
        }
    }

    private static Epilogue separateBias(RnnGeometry g, Weights weights) {
        float[] bias = weights.hiddenBias();
        int summed = Cell.of(g.cell()).summed;
        return bias == null || summed == g.cell().gates()
                ? Epilogue.NONE
                : Epilogue.columnBias(bias, summed * g.hiddenSize());
    }

    private void pack(RnnGeometry g, float[] hiddenWeight) {
        int count = g.cell().gates();
        int hidden = g.hiddenSize();
        int size = HiddenWeights.floats(g.batch(), hidden, hidden, false);
        float[] target = Workspace.current().aligned(Slot.RNN_WEIGHTS, count * size + PackedOperand.SLACK);
        for (int gate = 0; gate < count; gate++) {
            gates[gate].set(g.batch(), hiddenWeight, gate * hidden, hidden, hidden, false, target, gate * size);
        }
    }

    private void walk(RnnGeometry g, int part, Parallelism parallelism) {
        int steps = walks.get(0).steps();
        for (int from = 0; from < steps; from += part) {
            int to = Math.min(from + part, steps);
            project(g, from, to, parallelism);
            walks.steps(from, to, parallelism);
        }
    }

    /** Z of the steps of the visits [from, to). */
    private void project(RnnGeometry g, int from, int to, Parallelism parallelism) {
        ForwardWalk any = walks.get(0);
        if (to - from == g.steps()) {
            inputs.all(any.z, any.zOffset, any.zStride, parallelism);
            return;
        }
        int first = g.firstStep(from, to);
        float[] carried = from > 0 && any.cell.carried >= 0
                ? Workspace.current().floats(Slot.RNN_CARRIED, g.batch() * g.hiddenSize())
                : null;
        for (int i = 0; i < walks.count(); i++) {
            walks.get(i).takePlace(from, first, carried);
        }
        inputs.part(first, to - from, any.z, any.zStride, parallelism);
    }

    private void end() {
        walks.end();
        inputs.end();
        for (HiddenWeights gate : gates) {
            gate.clear();
        }
    }
}
