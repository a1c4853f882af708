package org.lanewise.kernels.rnn;

import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.gemm.StoredOperand;

/** One row for each sequence of what is multiplied with W_hh in a step: the states before it, or gradients of gates behind it. */
final class StepRows {

    private static final float[] EMPTY = {};

    /** The rows in panels; that of a single sequence is copied as it is. */
    final PackedOperand panels = new PackedOperand();
    private final StoredOperand stored = new StoredOperand();
    private int rows;
    private boolean single;
    private int k;
    /** Where they go. */
    float[] target = EMPTY;
    int before;

    /** Floats that they take. */
    static int floats(int rows, int k, boolean single) {
        return single ? k : PackedOperand.leftSize(rows, k);
    }

    /** {@return how many rows there are} */
    int rows() {
        return rows;
    }

    /** Says where those of all steps go: {@code newBefore} floats behind the start of an array. */
    void layOut(int newRows, int newK, boolean ofSingle, float[] newTarget, int newBefore) {
        rows = newRows;
        single = ofSingle;
        k = newK;
        target = newTarget;
        before = newBefore;
    }

    /** The rows of the next step. */
    void set(float[] newData, int newOffset, int stride) {
        if (single) {
            System.arraycopy(newData, newOffset, target, before, k);
        } else {
            stored.set(newData, newOffset, stride, 1, 1);
            panels.packLeft(rows, k, stored, target, before);
        }
    }

    void clear() {
        target = EMPTY;
        stored.clear();
        panels.clear();
    }
}
