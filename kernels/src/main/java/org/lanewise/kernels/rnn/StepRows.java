package org.lanewise.kernels.rnn;

import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.gemm.StoredOperand;

/** One row for each sequence of what is multiplied with W_hh in a step: the states before it, or gradients of gates behind it. */
final class StepRows {

    private static final float[] EMPTY = {};

    /** The rows in panels; one row is copied as it is. */
    final PackedOperand panels = new PackedOperand();
    private final StoredOperand stored = new StoredOperand();
    private int batch;
    private int k;
    /** Where they go. */
    float[] target = EMPTY;
    int before;

    /** Floats that they take. */
    static int floats(int batch, int k) {
        return batch == 1 ? k : PackedOperand.leftSize(batch, k);
    }

    /** Says where those of all steps go: {@code newBefore} floats behind the start of an array. */
    void layOut(int newBatch, int newK, float[] newTarget, int newBefore) {
        batch = newBatch;
        k = newK;
        target = newTarget;
        before = newBefore;
    }

    /** The rows of the next step. */
    void set(float[] newData, int newOffset, int stride) {
        if (batch == 1) {
            System.arraycopy(newData, newOffset, target, before, k);
        } else {
            stored.set(newData, newOffset, stride, 1, 1);
            panels.packLeft(batch, k, stored, target, before);
        }
    }

    void clear() {
        target = EMPTY;
        stored.clear();
        panels.clear();
    }
}
