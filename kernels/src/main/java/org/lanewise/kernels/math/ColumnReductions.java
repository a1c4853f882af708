package org.lanewise.kernels.math;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * Sums and maxima over the columns of a matrix, vector by vector of a row; columns behind the last whole vector are left to plain
 * loops in double.
 *
 * <p>
 * 64 rows are summed in float and then added to the total with compensation (Kahan): what that addition loses is kept and goes in
 * with the next block, so that the error stays that of one block.
 */
public final class ColumnReductions {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    /** Rows that are summed in float before their sum is added to the total. */
    private static final int ROWS = 64;

    private ColumnReductions() {
    }

    /** y(j) := sum over i of A(i, j) + beta*y(j). */
    public static void sums(int m, int n, float[] a, int aOffset, int lda, float beta, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            float[] lost = begin(whole, beta, y, yOffset);
            float[] block = Workspace.current().floats(Slot.COLUMN_SUMS, whole);
            for (int from = 0; from < m; from += ROWS) {
                sumRows(Math.min(ROWS, m - from), whole, a, aOffset + from * lda, lda, block);
                addBlock(whole, block, y, yOffset, lost);
            }
        }
        for (int j = whole; j < n; j++) {
            double sum = 0;
            for (int i = 0; i < m; i++) {
                sum += a[aOffset + i * lda + j];
            }
            y[yOffset + j] = (float) (beta == 0 ? sum : sum + (double) beta * y[yOffset + j]);
        }
    }

    /** y(j) := sum over i of (A(i, j) - mean(j))^2. */
    public static void squares(int m, int n, float[] a, int aOffset, int lda, float[] mean, int meanOffset, float[] y,
            int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            float[] lost = begin(whole, 0, y, yOffset);
            float[] block = Workspace.current().floats(Slot.COLUMN_SUMS, whole);
            for (int from = 0; from < m; from += ROWS) {
                squareRows(Math.min(ROWS, m - from), whole, a, aOffset + from * lda, lda, mean, meanOffset, block);
                addBlock(whole, block, y, yOffset, lost);
            }
        }
        for (int j = whole; j < n; j++) {
            double sum = 0;
            for (int i = 0; i < m; i++) {
                double d = (double) a[aOffset + i * lda + j] - mean[meanOffset + j];
                sum += d * d;
            }
            y[yOffset + j] = (float) sum;
        }
    }

    /** y(j) := sum over i of (A(i, j) - mean(j))*B(i, j), where B has the strides of A. */
    public static void dots(int m, int n, float[] a, int aOffset, int lda, float[] mean, int meanOffset, float[] b,
            int bOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            float[] lost = begin(whole, 0, y, yOffset);
            float[] block = Workspace.current().floats(Slot.COLUMN_SUMS, whole);
            for (int from = 0; from < m; from += ROWS) {
                dotRows(Math.min(ROWS, m - from), whole, a, aOffset + from * lda, lda, mean, meanOffset, b,
                        bOffset + from * lda, block);
                addBlock(whole, block, y, yOffset, lost);
            }
        }
        for (int j = whole; j < n; j++) {
            double sum = 0;
            for (int i = 0; i < m; i++) {
                sum += ((double) a[aOffset + i * lda + j] - mean[meanOffset + j]) * b[bOffset + i * lda + j];
            }
            y[yOffset + j] = (float) sum;
        }
    }

    /** y(j) := sum over i of (A(i, j) - mean(i))*factor(i)*B(i, j), where B has the strides of A. */
    public static void scaledDots(int m, int n, float[] a, int aOffset, int lda, float[] mean, int meanOffset,
            float[] factor, int factorOffset, float[] b, int bOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            float[] lost = begin(whole, 0, y, yOffset);
            float[] block = Workspace.current().floats(Slot.COLUMN_SUMS, whole);
            for (int from = 0; from < m; from += ROWS) {
                scaledDotRows(Math.min(ROWS, m - from), whole, a, aOffset + from * lda, lda, mean,
                        meanOffset + from, factor, factorOffset + from, b, bOffset + from * lda, block);
                addBlock(whole, block, y, yOffset, lost);
            }
        }
        for (int j = whole; j < n; j++) {
            double sum = 0;
            for (int i = 0; i < m; i++) {
                sum += ((double) a[aOffset + i * lda + j] - mean[meanOffset + i]) * factor[factorOffset + i]
                        * b[bOffset + i * lda + j];
            }
            y[yOffset + j] = (float) sum;
        }
    }

    /** y(j) := the largest of A(i, j); NaN if one of them is. */
    public static void max(int m, int n, float[] a, int aOffset, int lda, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            maxVectors(m, whole, a, aOffset, lda, y, yOffset);
        }
        for (int j = whole; j < n; j++) {
            float max = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < m; i++) {
                max = Math.max(max, a[aOffset + i * lda + j]);
            }
            y[yOffset + j] = max;
        }
    }

    private static void maxVectors(int m, int n, float[] a, int aOffset, int lda, float[] y, int yOffset) {
        for (int j = 0; j < n; j += L) {
            FloatVector max = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int i = 0, at = aOffset + j; i < m; i++, at += lda) {
                max = FloatVector.fromArray(S, a, at).max(max);
            }
            max.intoArray(y, yOffset + j);
        }
    }

    /** Puts the totals at beta*y, and returns what they have lost so far. */
    private static float[] begin(int n, float beta, float[] y, int yOffset) {
        if (beta == 0) {
            Arrays.fill(y, yOffset, yOffset + n, 0);
        } else {
            VectorElementwise.axpby(n, beta, y, yOffset, 0, y, yOffset);
        }
        float[] lost = Workspace.current().floats(Slot.COLUMN_SUMS_LOST, n);
        Arrays.fill(lost, 0, n, 0);
        return lost;
    }

    private static void sumRows(int m, int n, float[] a, int aOffset, int lda, float[] block) {
        for (int j = 0; j < n; j += L) {
            FloatVector sum = FloatVector.zero(S);
            for (int i = 0, at = aOffset + j; i < m; i++, at += lda) {
                sum = FloatVector.fromArray(S, a, at).add(sum);
            }
            sum.intoArray(block, j);
        }
    }

    private static void squareRows(int m, int n, float[] a, int aOffset, int lda, float[] mean, int meanOffset,
            float[] block) {
        for (int j = 0; j < n; j += L) {
            FloatVector middle = FloatVector.fromArray(S, mean, meanOffset + j);
            FloatVector sum = FloatVector.zero(S);
            for (int i = 0, at = aOffset + j; i < m; i++, at += lda) {
                FloatVector d = FloatVector.fromArray(S, a, at).sub(middle);
                sum = d.fma(d, sum);
            }
            sum.intoArray(block, j);
        }
    }

    private static void dotRows(int m, int n, float[] a, int aOffset, int lda, float[] mean, int meanOffset, float[] b,
            int bOffset, float[] block) {
        for (int j = 0; j < n; j += L) {
            FloatVector middle = FloatVector.fromArray(S, mean, meanOffset + j);
            FloatVector sum = FloatVector.zero(S);
            for (int i = 0, at = j; i < m; i++, at += lda) {
                sum = FloatVector.fromArray(S, a, aOffset + at).sub(middle)
                        .fma(FloatVector.fromArray(S, b, bOffset + at), sum);
            }
            sum.intoArray(block, j);
        }
    }

    private static void scaledDotRows(int m, int n, float[] a, int aOffset, int lda, float[] mean, int meanOffset,
            float[] factor, int factorOffset, float[] b, int bOffset, float[] block) {
        for (int j = 0; j < n; j += L) {
            FloatVector sum = FloatVector.zero(S);
            for (int i = 0, at = j; i < m; i++, at += lda) {
                sum = FloatVector.fromArray(S, a, aOffset + at).sub(mean[meanOffset + i]).mul(factor[factorOffset + i])
                        .fma(FloatVector.fromArray(S, b, bOffset + at), sum);
            }
            sum.intoArray(block, j);
        }
    }

    /** y := y + block, with compensation. */
    private static void addBlock(int n, float[] block, float[] y, int yOffset, float[] lost) {
        for (int j = 0; j < n; j += L) {
            FloatVector total = FloatVector.fromArray(S, y, yOffset + j);
            FloatVector negative = FloatVector.fromArray(S, lost, j).sub(FloatVector.fromArray(S, block, j));
            FloatVector next = total.sub(negative);
            // inf - inf: an infinite sum has lost nothing
            FloatVector error = next.sub(total).add(negative);
            error.blend(0, error.test(VectorOperators.IS_NAN)).intoArray(lost, j);
            next.intoArray(y, yOffset + j);
        }
    }
}
