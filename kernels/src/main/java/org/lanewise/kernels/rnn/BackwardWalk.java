package org.lanewise.kernels.rnn;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.math.VectorElementwise;

/** The backward pass through some sequences: see {@link BackwardPass}. */
final class BackwardWalk extends Walk {

    private static final HiddenWeights[] NONE = {};

    private HiddenWeights[] spans = NONE;
    private int spanCount;
    /** What stands side by side of the gradients of a step, in panels: for each span. */
    private final StepRows[] gradients = {new StepRows(), new StepRows()};

    private float @Nullable [] dY;
    private float[] dZ = EMPTY;
    private int dZStride;
    /** The row of y whose row of dZ is the first. */
    private int dZFirst;
    /** dh of all sequences of the batch, and dc of all. */
    private float[] d = EMPTY;
    private boolean multiplies;
    /** Whether this visit is to a step, and not to what is before the first one: the initial states, which only the product reaches. */
    private boolean cells;
    private boolean toTheStart;

    /**
     * Takes what is needed besides the operands of the forward pass, after {@link #begin}.
     *
     * @param weights  the rows of W_hh
     * @param stepRows takes the gradients of a step, from index {@code before} on
     * @param states   whether the gradients of the initial states are wanted
     */
    void begin(HiddenWeights[] weights, float[] stepRows, int before, float @Nullable [] gradient, float[] dStates,
            boolean states) {
        spans = weights;
        spanCount = cell.summed < g.cell().gates() ? 2 : 1;
        dY = gradient;
        d = dStates;
        dZStride = GradientProducts.stride(g);
        toTheStart = states;
        multiplies = false;
        int summed = cell.summed * hidden;
        boolean single = batch == 1;
        gradients[0].layOut(end - first, summed, single, stepRows, before);
        gradients[1].layOut(end - first, g.cell().gates() * hidden - summed, single, stepRows,
                before + StepRows.floats(end - first, summed, single));
    }

    /** Says where the gradients of a part go, and which row of y has the first of them. */
    void part(float[] target, int firstRow) {
        dZ = target;
        dZFirst = firstRow;
    }

    @Override
    void steps(int from, int to, Parallelism parallelism) {
        for (int visit = to - 1; visit >= from; visit--) {
            cells = visit >= 0;
            if (cells) {
                visit(visit);
            }
            shareUnits(parallelism);
            if (visit > 0 || (visit == 0 && toTheStart)) {
                multiplies = true;
                packGradients();
            }
        }
    }

    private void packGradients() {
        int row = dZAt(first);
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
            spans[span].multiply(gradients[span], from, to, 1, d, first * hidden, hidden, Epilogue.NONE);
        }
        if (!cells) {
            return;
        }
        int n = to - from;
        for (int b = first; b < end; b++) {
            int state = b * hidden + from;
            int out = dZAt(b);
            if (g.inside(step, b)) {
                int at = yAt(step, b) + from;
                boolean isFirst = first(b);
                if (dY != null) {
                    VectorElementwise.add(n, d, state, dY, at, d, state);
                }
                cell.backward(n, z, zAt(step, b) + from, hidden, carried(isFirst),
                        carriedAt(isFirst, b) + from, y, at, d, state,
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
        spans = NONE;
        for (StepRows rows : gradients) {
            rows.clear();
        }
    }
}
