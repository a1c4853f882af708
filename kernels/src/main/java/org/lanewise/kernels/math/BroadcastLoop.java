package org.lanewise.kernels.math;

import org.lanewise.kernels.Arithmetic;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.SharedLoop;

/**
 * y(o, m, i) := a(o, m, i) op b(m). Threads share the lines: of the middle dimension where it is the last one, else of the inner one,
 * each with one element of b. If b is a single number, all elements are one line, of which they share pieces.
 */
public final class BroadcastLoop extends SharedLoop {

    private static final ThreadLocal<BroadcastLoop> CURRENT = ThreadLocal.withInitial(BroadcastLoop::new);
    private static final float[] EMPTY = {};

    private Arithmetic op = Arithmetic.ADD;
    private int middle;
    private int inner;
    private float[] a = EMPTY;
    private int aOffset;
    private float[] b = EMPTY;
    private int bOffset;
    private float[] y = EMPTY;
    private int yOffset;

    private BroadcastLoop() {
    }

    /** The loop of the calling thread. */
    public static BroadcastLoop current() {
        return CURRENT.get();
    }

    /** All lines, of which there are some and none is empty. */
    public void run(Arithmetic newOp, int outer, int newMiddle, int newInner, float[] left, int leftOffset,
            float[] right, int rightOffset, float[] result, int resultOffset, Parallelism parallelism) {
        op = newOp;
        middle = newMiddle;
        inner = newInner;
        a = left;
        aOffset = leftOffset;
        b = right;
        bOffset = rightOffset;
        y = result;
        yOffset = resultOffset;
        try {
            if (middle == 1) {
                share(outer * inner, ELEMENTS, parallelism);
            } else if (inner == 1) {
                shareLines(outer, middle, parallelism);
            } else {
                shareLines(outer * middle, inner, parallelism);
            }
        } finally {
            a = EMPTY;
            b = EMPTY;
            y = EMPTY;
        }
    }

    @Override
    protected void run(int from, int to) {
        if (middle == 1) {
            numbers(to - from, b[bOffset], aOffset + from, yOffset + from);
            return;
        }
        for (int line = from; line < to; line++) {
            if (inner == 1) {
                vectors(aOffset + line * middle, yOffset + line * middle);
            } else {
                numbers(inner, b[bOffset + line % middle], aOffset + line * inner, yOffset + line * inner);
            }
        }
    }

    private void vectors(int aAt, int yAt) {
        switch (op) {
            case ADD -> VectorElementwise.add(middle, a, aAt, b, bOffset, y, yAt);
            case SUBTRACT -> VectorElementwise.subtract(middle, a, aAt, b, bOffset, y, yAt);
            case SUBTRACT_FROM -> VectorElementwise.subtract(middle, b, bOffset, a, aAt, y, yAt);
            case MULTIPLY -> VectorElementwise.multiply(middle, a, aAt, b, bOffset, y, yAt);
            case DIVIDE -> VectorElementwise.divide(middle, a, aAt, b, bOffset, y, yAt);
            case DIVIDE_INTO -> VectorElementwise.divide(middle, b, bOffset, a, aAt, y, yAt);
        }
    }

    /** Sums as multiply-adds by 1 or -1, which round once too. */
    private void numbers(int n, float number, int aAt, int yAt) {
        switch (op) {
            case ADD -> VectorElementwise.affine(n, 1, a, aAt, number, y, yAt);
            case SUBTRACT -> VectorElementwise.affine(n, 1, a, aAt, -number, y, yAt);
            case SUBTRACT_FROM -> VectorElementwise.affine(n, -1, a, aAt, number, y, yAt);
            case MULTIPLY -> VectorElementwise.axpby(n, number, a, aAt, 0, y, yAt);
            case DIVIDE -> VectorElementwise.divide(n, a, aAt, number, y, yAt);
            case DIVIDE_INTO -> VectorElementwise.divide(n, number, a, aAt, y, yAt);
        }
    }
}
