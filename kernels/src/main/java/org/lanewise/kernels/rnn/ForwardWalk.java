package org.lanewise.kernels.rnn;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Recurrence.States;
import org.lanewise.kernels.Recurrence.Weights;
import org.lanewise.kernels.RnnGeometry;
import org.lanewise.kernels.gemm.Blocking;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The forward pass:
 *
 * <pre>
 *   for each part of the steps, which is all of them if the gates are saved or are the states
 *     Z := X * W_ih^T + biases
 *     for each step t
 *       for each run of units, on some thread
 *         for each gate:     Z(t) += h(t-1) * W_hh^T
 *         for each sequence: h(t) := cell(Z(t), c(t-1) or h(t-1))
 * </pre>
 *
 * If nobody wants the gates, Z takes half of the L2 cache, and its next part the place of the one before.
 * Where a sequence is padded, its states pass through the step unchanged; so the last step holds the last states of all.
 */
final class ForwardWalk extends Walk {

    /** Floats of the gates of a part. */
    private static final int SCRATCH = Blocking.HALF_L2;

    private static final ThreadLocal<ForwardWalk> CURRENT = ThreadLocal.withInitial(ForwardWalk::new);

    private final HiddenWeights[] gates = {new HiddenWeights(), new HiddenWeights(), new HiddenWeights(),
        new HiddenWeights()};
    private final StepRows states = new StepRows();
    private final InputProjection inputs = new InputProjection(g);

    /** The carried states before a part, if Z was their place; else null. */
    private float @Nullable [] boundary;

    /** Adds b_hh to a column that is no sum of two products. */
    private Epilogue separateBias = Epilogue.NONE;
    private boolean multiplies;

    private ForwardWalk() {
    }

    /** All steps of all sequences. */
    static void run(RnnGeometry g, float[] x, States initial, Weights weights, float[] y, float @Nullable [] saved,
            States last, Parallelism parallelism) {
        ForwardWalk walk = CURRENT.get();
        try {
            int part = saved == null ? stepsOfPart(g) : g.steps();
            if (saved != null || g.cell().saved() == 0) {
                walk.begin(g, initial, y, saved == null ? EMPTY : saved, g.cell().saved() * g.hiddenSize());
            } else {
                int row = scratchRow(g);
                walk.begin(g, initial, y, Workspace.current().floats(Slot.RNN_GATES, g.batch() * part * row), row);
            }
            walk.inputs.begin(g, x, weights, walk.cell.summed * walk.hidden, part < g.steps());
            walk.walk(part, initial, weights, parallelism);
            walk.finish(last);
        } finally {
            walk.end();
        }
    }

    /** So many steps that their gates stay in the cache. */
    private static int stepsOfPart(RnnGeometry g) {
        if (g.cell().saved() == 0) {
            return g.steps();
        }
        int inputs = g.batchFirst() ? g.inputSize() : 0; // which are copied
        long floats = g.batch() * ((long) scratchRow(g) + inputs);
        return Math.clamp(SCRATCH / Math.max(floats, 1), 1, Math.max(1, g.steps()));
    }

    /** A cache line more than there are gates: at a power of two, the rows of a tile would share few sets of the first cache. */
    private static int scratchRow(RnnGeometry g) {
        return g.cell().saved() * g.hiddenSize() + Lanes.COUNT;
    }

    private void walk(int part, States initial, Weights weights, Parallelism parallelism) {
        float[] bias = weights.hiddenBias();
        separateBias = bias == null || cell.summed == g.cell().gates()
                ? Epilogue.NONE
                : Epilogue.columnBias(bias, cell.summed * hidden);
        if (steps() > 1 || initial.h() != null) {
            pack(weights.hiddenWeight());
        }
        for (int visit = 0; visit < steps(); visit++) {
            visit(visit);
            if (visit % part == 0) {
                beginPart(visit, part, parallelism);
            }
            multiplies = started || initial.h() != null;
            if (multiplies) {
                states.set(hBefore(), hBeforeAt(0), hBeforeStride());
            }
            shareUnits(parallelism);
            boundary = null;
        }
    }

    private void beginPart(int visit, int part, Parallelism parallelism) {
        if (part == g.steps()) {
            inputs.all(z, zOffset, zStride, parallelism);
            return;
        }
        if (visit > 0 && cell.carried >= 0) {
            boundary = Workspace.current().floats(Slot.RNN_CARRIED, batch * hidden);
            for (int b = 0; b < batch; b++) {
                System.arraycopy(z, super.carriedAt(false, b), boundary, b * hidden, hidden);
            }
        }
        int count = Math.min(part, g.steps() - visit);
        zFirst = Math.min(g.step(visit), g.step(visit + count - 1));
        zStepStride = batch * zStride;
        zSequenceStride = zStride;
        inputs.part(zFirst, count, z, zStride, parallelism);
    }

    @Override
    float[] carried(boolean first) {
        return first || boundary == null ? super.carried(first) : boundary;
    }

    @Override
    int carriedAt(boolean first, int sequence) {
        return first || boundary == null ? super.carriedAt(first, sequence) : sequence * hidden;
    }

    private void pack(float[] hiddenWeight) {
        int count = g.cell().gates();
        int size = HiddenWeights.floats(batch, hidden, hidden, false);
        float[] target = Workspace.current().aligned(Slot.RNN_WEIGHTS, count * size);
        for (int gate = 0; gate < count; gate++) {
            gates[gate].set(batch, hiddenWeight, gate * hidden, hidden, hidden, false, target, gate * size);
        }
        states.layOut(batch, hidden, Workspace.current().floats(Slot.RNN_STEP, StepRows.floats(batch, hidden)), 0);
    }

    @Override
    protected void run(int from, int to) {
        multiply(from, to);
        for (int b = 0; b < batch; b++) {
            int at = zAt(step, b) + from;
            int out = yAt(step, b) + from;
            if (g.inside(step, b)) {
                boolean first = first(b);
                cell.forward(to - from, z, at, hidden, carried(first), carriedAt(first, b) + from, y, out);
            } else {
                pass(to - from, b, from, at, out);
            }
        }
    }

    private void multiply(int from, int to) {
        int first = zAt(step, 0);
        int ldz = zSequenceStride;
        for (int gate = 0; gate < g.cell().gates(); gate++) {
            boolean summed = gate < cell.summed;
            int column = first + (summed ? gate : cell.columns - 1) * hidden;
            if (multiplies) {
                gates[gate].multiply(states, from, to, summed ? 1 : 0, z, column, ldz,
                        summed ? Epilogue.NONE : separateBias);
            } else if (!summed) {
                fillSeparate(from, to, column, ldz);
            }
        }
    }

    /** What a product with states that are 0 would have left. */
    private void fillSeparate(int from, int to, int column, int ldz) {
        for (int b = 0, at = column + from; b < batch; b++, at += ldz) {
            if (separateBias.bias() == Epilogue.Bias.NONE) {
                Arrays.fill(z, at, at + to - from, 0);
            } else {
                System.arraycopy(separateBias.values(), separateBias.offset() + from, z, at, to - from);
            }
        }
    }

    /** The states of a sequence that has ended, or not begun. */
    private void pass(int n, int sequence, int from, int at, int out) {
        System.arraycopy(hBefore(), hBeforeAt(sequence) + from, y, out, n);
        if (cell.carried >= 0) {
            System.arraycopy(carried(!started), carriedAt(!started, sequence) + from, z, at + cell.carried * hidden, n);
        }
    }

    /** Gives the last states away and clears what is padding. */
    private void finish(States last) {
        started = g.steps() > 0;
        previous = started ? g.step(g.steps() - 1) : 0;
        for (int b = 0; b < batch; b++) {
            int to = last.offset() + b * hidden;
            if (last.h() != null) {
                System.arraycopy(hBefore(), hBeforeAt(b), last.h(), to, hidden);
            }
            if (last.c() != null && cell.carried >= 0) {
                System.arraycopy(carried(!started), carriedAt(!started, b), last.c(), to, hidden);
            }
        }
        for (int b = 0; b < batch; b++) {
            for (int t = g.length(b); t < g.steps(); t++) {
                Arrays.fill(y, yAt(t, b), yAt(t, b) + hidden, 0);
            }
        }
    }

    @Override
    void end() {
        super.end();
        states.clear();
        inputs.end();
        boundary = null;
        for (HiddenWeights gate : gates) {
            gate.clear();
        }
        separateBias = Epilogue.NONE;
    }
}
