package org.lanewise.kernels.math;

import java.util.Arrays;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Reduction;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/** A number of each row of a matrix; threads share the rows. And of each column, or of all elements. */
public final class ReductionLoop extends SharedLoop {

    private static final ThreadLocal<ReductionLoop> CURRENT = ThreadLocal.withInitial(ReductionLoop::new);
    private static final float[] EMPTY = {};

    /** A sum of squares that is computed in float is believed between these: beyond, some squares under- or overflow. */
    private static final double LEAST_SQUARES = 0x1p-80;
    private static final double MOST_SQUARES = 0x1p120;

    private Reduction reduction = Reduction.SUM;
    private int columns;
    private float[] a = EMPTY;
    private int aOffset;
    private int lda;
    private float[] y = EMPTY;
    private int yOffset;

    private ReductionLoop() {
    }

    /** The loop of the calling thread. */
    public static ReductionLoop current() {
        return CURRENT.get();
    }

    /** All rows. */
    public void run(Reduction newReduction, int m, int n, float[] matrix, int matrixOffset, int stride, float[] result,
            int resultOffset, Parallelism parallelism) {
        reduction = newReduction;
        columns = n;
        a = matrix;
        aOffset = matrixOffset;
        lda = stride;
        y = result;
        yOffset = resultOffset;
        try {
            shareLines(m, n, parallelism);
        } finally {
            a = EMPTY;
            y = EMPTY;
        }
    }

    @Override
    protected void run(int from, int to) {
        if (ShortRows.suit(to - from, columns)) {
            ShortRows.current().reduce(reduction, to - from, columns, a, aOffset + from * lda, lda, y, yOffset + from);
            return;
        }
        for (int i = from; i < to; i++) {
            y[yOffset + i] = (float) reduce(reduction, columns, a, aOffset + i * lda);
        }
    }

    /** A number of all elements. */
    public static double reduce(Reduction reduction, int n, float[] x, int xOffset) {
        return switch (reduction) {
            case SUM -> VectorReductions.sum(n, x, xOffset);
            case MEAN -> VectorReductions.sum(n, x, xOffset) / n;
            case MAX -> VectorReductions.max(n, x, xOffset);
            case VARIANCE -> deviations(n, x, xOffset) / (n - 1);
            case POPULATION_VARIANCE -> deviations(n, x, xOffset) / n;
            case NORM -> norm(n, x, xOffset);
        };
    }

    /** The sum of (x - mean)^2, measured from the mean as a float and put right: from c it is larger by n*(mean - c)^2. */
    private static double deviations(int n, float[] x, int xOffset) {
        return deviations(VectorReductions.sum(n, x, xOffset) / n, n, x, xOffset);
    }

    /** The same, of a mean that is known; not negative, whatever is rounded. */
    static double deviations(double mean, int n, float[] x, int xOffset) {
        float middle = (float) mean;
        double rest = mean - middle;
        double squares = VectorReductions.sumOfSquares(n, x, xOffset, middle);
        return rest == 0 ? squares : Math.max(0, squares - n * rest * rest);
    }

    private static double norm(int n, float[] x, int xOffset) {
        double squares = VectorReductions.sumOfSquares(n, x, xOffset, 0);
        if (!(squares > LEAST_SQUARES && squares < MOST_SQUARES)) {
            squares = 0;
            for (int i = 0; i < n; i++) {
                squares += (double) x[xOffset + i] * x[xOffset + i];
            }
        }
        return Math.sqrt(squares);
    }

    /** y(j) := a number of column j. */
    public static void columns(Reduction reduction, int m, int n, float[] a, int aOffset, int lda, float[] y,
            int yOffset, Parallelism parallelism) {
        switch (reduction) {
            case SUM -> ColumnLoop.current().sums(m, n, a, aOffset, lda, 0, y, yOffset, parallelism);
            case MEAN -> means(m, n, a, aOffset, lda, y, yOffset, parallelism);
            case MAX -> ColumnMaxima.max(m, n, a, aOffset, lda, y, yOffset);
            case VARIANCE -> variances(m == 0 ? Float.NaN : m - 1, m, n, a, aOffset, lda, y, yOffset,
                    parallelism);
            case POPULATION_VARIANCE -> variances(m == 0 ? Float.NaN : m, m, n, a, aOffset, lda, y, yOffset,
                    parallelism);
            case NORM -> norms(m, n, a, aOffset, lda, y, yOffset, parallelism);
        }
    }

    static void means(int m, int n, float[] a, int aOffset, int lda, float[] y, int yOffset,
            Parallelism parallelism) {
        ColumnLoop.current().sums(m, n, a, aOffset, lda, 0, y, yOffset, parallelism);
        VectorElementwise.divide(n, y, yOffset, m, y, yOffset);
    }

    private static void variances(float divisor, int m, int n, float[] a, int aOffset, int lda, float[] y,
            int yOffset, Parallelism parallelism) {
        float[] means = Workspace.current().floats(Slot.COLUMN_MEANS, n);
        means(m, n, a, aOffset, lda, means, 0, parallelism);
        squares(m, n, a, aOffset, lda, means, 0, y, yOffset, parallelism);
        VectorElementwise.divide(n, y, yOffset, divisor, y, yOffset);
    }

    /** y(j) := sum over i of (A(i, j) - mean(j))^2, but from the true mean: what the given one lost by rounding is taken off again. */
    static void squares(int m, int n, float[] a, int aOffset, int lda, float[] means, int meansOffset, float[] y,
            int yOffset, Parallelism parallelism) {
        float[] deviations = Workspace.current().floats(Slot.COLUMN_DEVIATIONS, n);
        ColumnLoop.current().deviations(m, n, a, aOffset, lda, means, meansOffset, deviations, 0, parallelism);
        ColumnLoop.current().squares(m, n, a, aOffset, lda, means, meansOffset, y, yOffset, parallelism);
        for (int j = 0; j < n; j++) {
            float d = deviations[j];
            y[yOffset + j] = Math.max(0, Math.fma(-d / m, d, y[yOffset + j]));
        }
    }

    private static void norms(int m, int n, float[] a, int aOffset, int lda, float[] y, int yOffset,
            Parallelism parallelism) {
        float[] zeros = Workspace.current().floats(Slot.COLUMN_MEANS, n);
        Arrays.fill(zeros, 0, n, 0);
        ColumnLoop.current().squares(m, n, a, aOffset, lda, zeros, 0, y, yOffset, parallelism);
        for (int j = 0; j < n; j++) {
            double squares = y[yOffset + j];
            if (!(squares > LEAST_SQUARES && squares < MOST_SQUARES)) {
                squares = 0;
                for (int i = 0; i < m; i++) {
                    double v = a[aOffset + i * lda + j];
                    squares += v * v;
                }
            }
            y[yOffset + j] = (float) Math.sqrt(squares);
        }
    }
}
