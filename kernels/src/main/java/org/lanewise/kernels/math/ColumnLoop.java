package org.lanewise.kernels.math;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * Sums over the columns of a matrix; threads share the columns. Columns behind the last whole vector are left to plain loops in double.
 *
 * <p>
 * 64 rows are summed in float and then added to the total with compensation (Kahan): what that addition loses is kept and goes in
 * with the next block, so that the error stays that of one block.
 */
public final class ColumnLoop extends SharedLoop {

    private static final ThreadLocal<ColumnLoop> CURRENT = ThreadLocal.withInitial(ColumnLoop::new);
    private static final float[] EMPTY = {};

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final FloatVector ZERO = FloatVector.zero(S);

    /** Rows that are summed in float before their sum is added to the total. */
    private static final int ROWS = 64;

    /** Columns that a thread walks along, or more: the least that memory delivers ahead. */
    private static final int LEAST_COLUMNS = 256;

    /** What is summed. */
    enum Term {
        /** A(i, j). */
        ELEMENT,
        /** A(i, j) - mean(j). */
        DEVIATION,
        /** (A(i, j) - mean(j))^2. */
        SQUARE,
        /** (A(i, j) - mean(j))*B(i, j). */
        DOT,
        /** (A(i, j) - mean(i))*factor(i)*B(i, j). */
        SCALED_DOT
    }

    private Term term = Term.ELEMENT;
    private int rows;
    private float[] a = EMPTY;
    private int aOffset;
    private int lda;
    private float[] mean = EMPTY;
    private int meanOffset;
    private float[] factor = EMPTY;
    private int factorOffset;
    private float[] b = EMPTY;
    private int bOffset;
    private float beta;
    private float[] y = EMPTY;
    private int yOffset;

    private ColumnLoop() {
    }

    /** The loop of the calling thread. */
    public static ColumnLoop current() {
        return CURRENT.get();
    }

    /** y(j) := sum over i of A(i, j) + newBeta*y(j). */
    public void sums(int m, int n, float[] matrix, int matrixOffset, int stride, float newBeta, float[] result,
            int resultOffset, Parallelism parallelism) {
        run(Term.ELEMENT, m, n, matrix, matrixOffset, stride, newBeta, result, resultOffset, parallelism);
    }

    /** y(j) := sum over i of (A(i, j) - mean(j))^2. */
    void squares(int m, int n, float[] matrix, int matrixOffset, int stride, float[] means, int meansOffset,
            float[] result, int resultOffset, Parallelism parallelism) {
        mean = means;
        meanOffset = meansOffset;
        run(Term.SQUARE, m, n, matrix, matrixOffset, stride, 0, result, resultOffset, parallelism);
    }

    /** y(j) := sum over i of A(i, j) - mean(j): how far the mean is off, times the rows. */
    void deviations(int m, int n, float[] matrix, int matrixOffset, int stride, float[] means, int meansOffset,
            float[] result, int resultOffset, Parallelism parallelism) {
        mean = means;
        meanOffset = meansOffset;
        run(Term.DEVIATION, m, n, matrix, matrixOffset, stride, 0, result, resultOffset, parallelism);
    }

    /** y(j) := sum over i of (A(i, j) - mean(j))*B(i, j), where B has the strides of A. */
    void dots(int m, int n, float[] matrix, int matrixOffset, int stride, float[] means, int meansOffset,
            float[] second, int secondOffset, float[] result, int resultOffset, Parallelism parallelism) {
        mean = means;
        meanOffset = meansOffset;
        b = second;
        bOffset = secondOffset;
        run(Term.DOT, m, n, matrix, matrixOffset, stride, 0, result, resultOffset, parallelism);
    }

    /** y(j) := sum over i of (A(i, j) - mean(i))*factor(i)*B(i, j), where B has the strides of A. */
    public void scaledDots(int m, int n, float[] matrix, int matrixOffset, int stride, float[] means, int meansOffset,
            float[] factors, int factorsOffset, float[] second, int secondOffset, float[] result, int resultOffset,
            Parallelism parallelism) {
        mean = means;
        meanOffset = meansOffset;
        factor = factors;
        factorOffset = factorsOffset;
        b = second;
        bOffset = secondOffset;
        run(Term.SCALED_DOT, m, n, matrix, matrixOffset, stride, 0, result, resultOffset, parallelism);
    }

    private void run(Term newTerm, int m, int n, float[] matrix, int matrixOffset, int stride, float newBeta,
            float[] result, int resultOffset, Parallelism parallelism) {
        term = newTerm;
        rows = m;
        a = matrix;
        aOffset = matrixOffset;
        lda = stride;
        beta = newBeta;
        y = result;
        yOffset = resultOffset;
        try {
            int part = Math.max(Math.ceilDiv(n, parallelism.threads()), Math.ceilDiv(ELEMENTS, Math.max(1, m)));
            share(n, part >= n ? Math.max(n, 1) : Math.ceilDiv(part, LEAST_COLUMNS) * LEAST_COLUMNS, parallelism);
        } finally {
            a = EMPTY;
            mean = EMPTY;
            factor = EMPTY;
            b = EMPTY;
            y = EMPTY;
        }
    }

    @Override
    protected void run(int from, int to) {
        int whole = S.loopBound(to - from);
        if (whole > 0) {
            vectors(from, whole);
        }
        for (int j = from + whole; j < to; j++) {
            double sum = column(j);
            y[yOffset + j] = (float) (beta == 0 ? sum : sum + (double) beta * y[yOffset + j]);
        }
    }

    private void vectors(int from, int n) {
        float[] lost = Workspace.current().floats(Slot.COLUMN_SUMS_LOST, n);
        float[] block = Workspace.current().floats(Slot.COLUMN_SUMS, n);
        Arrays.fill(lost, 0, n, 0);
        if (beta == 0) {
            Arrays.fill(y, yOffset + from, yOffset + from + n, 0);
        } else {
            VectorElementwise.axpby(n, beta, y, yOffset + from, 0, y, yOffset + from);
        }
        for (int i = 0; i < rows; i += ROWS) {
            Arrays.fill(block, 0, n, 0);
            sumRows(i, Math.min(rows, i + ROWS), from, n, block);
            addBlock(n, block, y, yOffset + from, lost);
        }
    }

    private void sumRows(int firstRow, int endRow, int from, int n, float[] block) {
        int i = firstRow;
        int fours = term == Term.SCALED_DOT || term == Term.DEVIATION ? i : endRow - 3;
        for (; i < fours; i += 4) {
            int at = from + i * lda;
            if (term == Term.ELEMENT) {
                ColumnTerms.addFour(n, a, aOffset + at, lda, block);
            } else if (term == Term.SQUARE) {
                ColumnTerms.squareFour(n, a, aOffset + at, lda, mean, meanOffset + from, block);
            } else {
                ColumnTerms.dotFour(n, a, aOffset + at, lda, mean, meanOffset + from, b, bOffset + at, block);
            }
        }
        for (; i < endRow; i++) {
            int at = from + i * lda;
            switch (term) {
                case ELEMENT -> VectorElementwise.add(n, block, 0, a, aOffset + at, block, 0);
                case DEVIATION -> ColumnTerms.deviation(n, a, aOffset + at, mean, meanOffset + from, block);
                case SQUARE -> ColumnTerms.square(n, a, aOffset + at, mean, meanOffset + from, block);
                case DOT -> ColumnTerms.dot(n, a, aOffset + at, mean, meanOffset + from, b, bOffset + at, block);
                case SCALED_DOT -> ColumnTerms.scaledDot(n, a, aOffset + at, mean[meanOffset + i],
                        factor[factorOffset + i], b, bOffset + at, block);
            }
        }
    }

    /** The sum of column j. */
    private double column(int j) {
        double sum = 0;
        for (int i = 0, at = j; i < rows; i++, at += lda) {
            double x = a[aOffset + at];
            sum += switch (term) {
                case ELEMENT -> x;
                case DEVIATION -> x - mean[meanOffset + j];
                case SQUARE -> (x - mean[meanOffset + j]) * (x - mean[meanOffset + j]);
                case DOT -> (x - mean[meanOffset + j]) * b[bOffset + at];
                case SCALED_DOT -> (x - mean[meanOffset + i]) * factor[factorOffset + i] * b[bOffset + at];
            };
        }
        return sum;
    }

    /** y := y + block, with compensation. */
    private static void addBlock(int n, float[] block, float[] y, int yOffset, float[] lost) {
        for (int j = 0; j < n; j += L) {
            FloatVector total = FloatVector.fromArray(S, y, yOffset + j);
            FloatVector negative = FloatVector.fromArray(S, lost, j).sub(FloatVector.fromArray(S, block, j));
            FloatVector next = total.sub(negative);
            // an infinite sum, or one that overflows, has lost nothing
            FloatVector error = next.sub(total).add(negative);
            ZERO.blend(error, error.test(VectorOperators.IS_FINITE)).intoArray(lost, j);
            next.intoArray(y, yOffset + j);
        }
    }
}
