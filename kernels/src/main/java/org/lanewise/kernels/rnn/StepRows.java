package org.lanewise.kernels.rnn;

import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.gemm.StoredOperand;

/** One row for each sequence of what is multiplied with W_hh in a step: the states before it, or gradients of gates behind it. */
final class StepRows {

    private static final float[] EMPTY = {};

    /** The rows in panels, unless there is one row. */
    final PackedOperand panels = new PackedOperand();
    private final StoredOperand stored = new StoredOperand();
    private int batch;
    private int k;
    private float[] target = EMPTY;
    private int before;

    /** The rows where they stand. */
    float[] data = EMPTY;
    int offset;

    /** Floats that the panels take. */
    static int floats(int batch, int k) {
        return batch == 1 ? 0 : PackedOperand.leftSize(batch, k);
    }

    /** Says where the panels of all steps go: {@code newBefore} floats behind the start of an array. */
    void layOut(int newBatch, int newK, float[] newTarget, int newBefore) {
        batch = newBatch;
        k = newK;
        target = newTarget;
        before = newBefore;
    }

    /** The rows of the next step. */
    void set(float[] newData, int newOffset, int stride) {
        data = newData;
        offset = newOffset;
        if (batch > 1) {
            stored.set(data, offset, stride, 1, 1);
            panels.packLeft(batch, k, stored, target, before);
        }
    }

    void clear() {
        data = EMPTY;
        target = EMPTY;
        stored.clear();
        panels.clear();
    }
}
