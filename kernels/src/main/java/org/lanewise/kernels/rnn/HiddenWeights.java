package org.lanewise.kernels.rnn;

import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.Finish;
import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.gemm.VectorGemv;
import org.lanewise.kernels.math.VectorElementwise;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * Some rows of W_hh, for the product of each step with them: C := A*W^T + beta*C forward, where C has a column for each of the rows,
 * and C := A*W + beta*C backward, where C has one for each unit.
 *
 * <p>
 * They are packed once for all steps. But one row A is multiplied with W where it stands: packing would take as long as a dozen
 * steps.
 */
final class HiddenWeights {

    private static final float[] EMPTY = {};

    private final PackedOperand panels = new PackedOperand();
    private final StoredOperand stored = new StoredOperand();
    private boolean backward;
    private int batch;
    private int hidden;
    private int rows;
    private float[] w = EMPTY;
    private int first;

    /** Floats that the panels take, without the slack around all: the next ones begin at a cache line too. */
    static int floats(int batch, int rows, int hidden, boolean backward) {
        if (batch == 1) {
            return 0;
        }
        int size = backward ? PackedOperand.rightSize(hidden, rows) : PackedOperand.rightSize(rows, hidden);
        return size - PackedOperand.SLACK;
    }

    /** Takes {@code newRows} rows of W_hh from {@code firstRow} on, and packs them {@code before} floats behind the start of target. */
    void set(int newBatch, float[] weights, int firstRow, int newRows, int newHidden, boolean newBackward,
            float[] target, int before) {
        batch = newBatch;
        w = weights;
        hidden = newHidden;
        rows = newRows;
        first = firstRow * hidden;
        backward = newBackward;
        if (batch == 1) {
            return;
        }
        if (backward) {
            stored.set(w, first, 1, hidden, 1);
            panels.packRight(hidden, rows, stored, target, before);
        } else {
            stored.set(w, first, hidden, 1, 1);
            panels.packRight(rows, hidden, stored, target, before);
        }
        stored.clear();
    }

    /** Columns [from, to) of C, on the calling thread; beta is 0 or 1. {@code from} is a multiple of {@link BlockedGemm#PANEL_COLUMNS}. */
    void multiply(StepRows a, int from, int to, float beta, float[] c, int cOffset, int ldc, Epilogue epilogue) {
        if (batch > 1) {
            BlockedGemm.block(0, a.rows(), from, to, backward ? rows : hidden, a.panels, panels, beta, c, cOffset, ldc,
                    epilogue);
            return;
        }
        int count = to - from;
        int out = cOffset + from;
        boolean add = beta != 0;
        float[] product = add ? Workspace.current().floats(Slot.RNN_PRODUCT, count) : c;
        multiplyRow(a, from, count, product, add ? 0 : out);
        if (add) { // by vectors: the matrix-vector product would add one by one
            VectorElementwise.add(count, c, out, product, 0, c, out);
        }
        Finish.apply(epilogue, 0, from, 1, count, c, out, ldc);
    }

    private void multiplyRow(StepRows a, int from, int count, float[] product, int at) {
        int start = first + (backward ? from : from * hidden);
        int m = backward ? rows : count;
        int n = backward ? count : hidden;
        VectorGemv.run(backward, m, n, 1, w, start, hidden, a.target, a.before, 1, 0, product, at, 1,
                Parallelism.serial());
    }

    void clear() {
        w = EMPTY;
        panels.clear();
    }
}
