package org.lanewise.kernels.math;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.SharedLoop;

/** The rows of {@link org.lanewise.kernels.Softmax} and of {@link org.lanewise.kernels.CrossEntropy}; threads share them. */
public final class SoftmaxLoop extends SharedLoop {

    private static final ThreadLocal<SoftmaxLoop> CURRENT = ThreadLocal.withInitial(SoftmaxLoop::new);
    private static final float[] EMPTY = {};

    private boolean log;
    private int columns;
    /** x forward, y backward. */
    private float[] input = EMPTY;
    private int inputOffset;
    /** null forward. */
    private float @Nullable [] dY;
    private int dYOffset;
    /** y forward, dX backward. */
    private float[] result = EMPTY;
    private int resultOffset;
    private double @Nullable [] logSums;

    private SoftmaxLoop() {
    }

    /** The loop of the calling thread. */
    public static SoftmaxLoop current() {
        return CURRENT.get();
    }

    /**
     * softmax or its logarithm.
     *
     * @param newLogSums takes log(sum of exp(x)) of each row, if not null
     */
    public void forward(boolean newLog, int rows, int newColumns, float[] x, int xOffset, float[] y, int yOffset,
            double @Nullable [] newLogSums, Parallelism parallelism) {
        dY = null;
        logSums = newLogSums;
        run(newLog, rows, newColumns, x, xOffset, y, yOffset, parallelism);
    }

    /** The gradient by the input of one of them. */
    public void backward(boolean newLog, int rows, int newColumns, float[] y, int yOffset, float[] gradient,
            int gradientOffset, float[] dX, int dXOffset, Parallelism parallelism) {
        dY = gradient;
        dYOffset = gradientOffset;
        run(newLog, rows, newColumns, y, yOffset, dX, dXOffset, parallelism);
    }

    private void run(boolean newLog, int rows, int newColumns, float[] from, int fromOffset, float[] to, int toOffset,
            Parallelism parallelism) {
        log = newLog;
        columns = newColumns;
        input = from;
        inputOffset = fromOffset;
        result = to;
        resultOffset = toOffset;
        try {
            shareLines(rows, columns, parallelism);
        } finally {
            input = EMPTY;
            dY = null;
            result = EMPTY;
            logSums = null;
        }
    }

    @Override
    protected void run(int from, int to) {
        float[] gradient = dY;
        double[] sums = logSums;
        if (gradient == null && ShortRows.suit(to - from, columns)) {
            ShortRows.current().softmax(log, to - from, columns, input, inputOffset + from * columns, result,
                    resultOffset + from * columns, sums, from);
            return;
        }
        for (int i = from; i < to; i++) {
            int at = inputOffset + i * columns;
            int resultAt = resultOffset + i * columns;
            if (gradient != null) {
                backwardRow(at, gradient, dYOffset + i * columns, resultAt);
            } else {
                double logSum = forwardRow(at, resultAt);
                if (sums != null) {
                    sums[i] = logSum;
                }
            }
        }
    }

    private double forwardRow(int xAt, int yAt) {
        float max = VectorReductions.max(columns, input, xAt);
        double sum = VectorSoftmax.expOfDifference(columns, input, xAt, max, result, yAt);
        double logSum = max + StrictMath.log(sum);
        if (log) {
            VectorSoftmax.subtract(columns, input, xAt, logSum, result, yAt);
        } else {
            // one rounding more than a division, at half the time for all
            VectorElementwise.axpby(columns, 1 / (float) sum, result, yAt, 0, result, yAt);
        }
        return logSum;
    }

    private void backwardRow(int yAt, float[] gradient, int dYAt, int dXAt) {
        if (log) {
            double sum = VectorReductions.sum(columns, gradient, dYAt);
            VectorSoftmax.logSlope(columns, (float) sum, input, yAt, gradient, dYAt, result, dXAt);
        } else {
            double dot = VectorReductions.dot(columns, gradient, dYAt, 0, input, yAt);
            VectorSoftmax.slope(columns, (float) dot, input, yAt, gradient, dYAt, result, dXAt);
        }
    }
}
