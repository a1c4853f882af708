package org.lanewise.kernels.rnn;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Recurrence.States;

/** The forward pass through some sequences, once their inputs are projected: see {@link ForwardPass}. */
final class ForwardWalk extends Walk {

    private static final HiddenWeights[] NONE = {};

    private final StepRows states = new StepRows();
    private HiddenWeights[] gates = NONE;

    /** The carried states of all sequences before a part, if Z was their place; else null. */
    private float @Nullable [] boundary;

    /** Adds b_hh to a column that is no sum of two products. */
    private Epilogue separateBias = Epilogue.NONE;
    private boolean fromStates;
    private boolean multiplies;

    /**
     * Takes what is needed for the products, after {@link #begin}.
     *
     * @param stepRows   takes the states of a step, from index {@code before} on
     * @param hasInitial whether there are initial states
     */
    void begin(HiddenWeights[] weights, float[] stepRows, int before, Epilogue bias, boolean hasInitial) {
        gates = weights;
        separateBias = bias;
        fromStates = hasInitial;
        states.layOut(end - first, hidden, batch == 1, stepRows, before);
    }

    /**
     * The gates of the steps from {@code firstStep} on, before the next visit, take the place of those before them.
     *
     * @param carried takes the states that are carried to these steps; null if there are none
     */
    void takePlace(int visit, int firstStep, float @Nullable [] carried) {
        visit(visit);
        if (carried != null) {
            for (int b = first; b < end; b++) {
                System.arraycopy(z, super.carriedAt(false, b), carried, b * hidden, hidden);
            }
        }
        boundary = carried;
        zFirst = firstStep;
        zStepStride = batch * zStride;
        zSequenceStride = zStride;
    }

    @Override
    void steps(int from, int to, Parallelism parallelism) {
        for (int visit = from; visit < to; visit++) {
            visit(visit);
            multiplies = started || fromStates;
            if (multiplies) {
                states.set(hBefore(), hBeforeAt(first), hBeforeStride());
            }
            shareUnits(parallelism);
            boundary = null;
        }
    }

    @Override
    float[] carried(boolean isFirst) {
        return isFirst || boundary == null ? super.carried(isFirst) : boundary;
    }

    @Override
    int carriedAt(boolean isFirst, int sequence) {
        return isFirst || boundary == null ? super.carriedAt(isFirst, sequence) : sequence * hidden;
    }

    @Override
    protected void run(int from, int to) {
        multiply(from, to);
        for (int b = first; b < end; b++) {
            int at = zAt(step, b) + from;
            int out = yAt(step, b) + from;
            if (g.inside(step, b)) {
                boolean isFirst = first(b);
                cell.forward(to - from, z, at, hidden, carried(isFirst), carriedAt(isFirst, b) + from, y, out);
            } else {
                pass(to - from, b, from, at, out);
            }
        }
    }

    private void multiply(int from, int to) {
        int row = zAt(step, first);
        int ldz = zSequenceStride;
        for (int gate = 0; gate < g.cell().gates(); gate++) {
            boolean summed = gate < cell.summed;
            int column = row + (summed ? gate : cell.columns - 1) * hidden;
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
        for (int b = first, at = column + from; b < end; b++, at += ldz) {
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
    void finish(States last) {
        started = g.steps() > 0;
        previous = started ? g.step(g.steps() - 1) : 0;
        for (int b = first; b < end; b++) {
            int to = last.offset() + b * hidden;
            if (last.h() != null) {
                System.arraycopy(hBefore(), hBeforeAt(b), last.h(), to, hidden);
            }
            if (last.c() != null && cell.carried >= 0) {
                System.arraycopy(carried(!started), carriedAt(!started, b), last.c(), to, hidden);
            }
        }
        for (int b = first; b < end; b++) {
            for (int t = g.length(b); t < g.steps(); t++) {
                Arrays.fill(y, yAt(t, b), yAt(t, b) + hidden, 0);
            }
        }
    }

    @Override
    void end() {
        super.end();
        states.clear();
        gates = NONE;
        boundary = null;
        separateBias = Epilogue.NONE;
    }
}
