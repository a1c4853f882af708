package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.LaneSum;
import org.lanewise.kernels.vector.Lanes;

/** The loops of {@link org.lanewise.kernels.Reductions}. */
public final class VectorReductions {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    /** Elements that are summed in float before the partial sum is added in double. */
    private static final int BLOCK = 1024;

    /** Rows that are summed in float before their sum is added to the total. */
    private static final int ROWS = 64;

    private VectorReductions() {
    }

    /** The sum of x. */
    public static double sum(int n, float[] x, int xOffset) {
        double total = 0;
        for (int from = 0; from < n; from += BLOCK) {
            total += sumBlock(Math.min(BLOCK, n - from), x, xOffset + from);
        }
        return total;
    }

    private static float sumBlock(int n, float[] x, int xOffset) {
        // Four sums hide the latency of the addition.
        FloatVector s0 = FloatVector.zero(S), s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (; i + 4 * L <= n; i += 4 * L) {
            s0 = s0.add(FloatVector.fromArray(S, x, xOffset + i));
            s1 = s1.add(FloatVector.fromArray(S, x, xOffset + i + L));
            s2 = s2.add(FloatVector.fromArray(S, x, xOffset + i + 2 * L));
            s3 = s3.add(FloatVector.fromArray(S, x, xOffset + i + 3 * L));
        }
        for (; i + L <= n; i += L) {
            s0 = s0.add(FloatVector.fromArray(S, x, xOffset + i));
        }
        float sum = LaneSum.of(s0.add(s1).add(s2.add(s3)));
        for (; i < n; i++) {
            sum += x[xOffset + i];
        }
        return sum;
    }

    /** The sum of (a - b)^2. */
    public static double sumOfSquaredDifferences(int n, float[] a, int aOffset, float[] b, int bOffset) {
        double total = 0;
        for (int from = 0; from < n; from += BLOCK) {
            total += squaresBlock(Math.min(BLOCK, n - from), a, aOffset + from, b, bOffset + from);
        }
        return total;
    }

    private static float squaresBlock(int n, float[] a, int aOffset, float[] b, int bOffset) {
        FloatVector s0 = FloatVector.zero(S), s1 = s0;
        int i = 0;
        for (; i + 2 * L <= n; i += 2 * L) {
            FloatVector d0 = FloatVector.fromArray(S, a, aOffset + i).sub(FloatVector.fromArray(S, b, bOffset + i));
            FloatVector d1 = FloatVector.fromArray(S, a, aOffset + i + L)
                    .sub(FloatVector.fromArray(S, b, bOffset + i + L));
            s0 = d0.fma(d0, s0);
            s1 = d1.fma(d1, s1);
        }
        float sum = LaneSum.of(s0.add(s1));
        for (; i < n; i++) {
            float d = a[aOffset + i] - b[bOffset + i];
            sum = Math.fma(d, d, sum);
        }
        return sum;
    }

    /** y(j) := sum over i of A(i, j) + beta*y(j). */
    public static void columnSums(int m, int n, float[] a, int aOffset, int lda, float beta, float[] y, int yOffset) {
        int j = 0;
        for (; j + L <= n; j += L) {
            FloatVector total = beta == 0
                    ? FloatVector.zero(S)
                    : FloatVector.fromArray(S, y, yOffset + j).mul(beta);
            // The block sums are added with compensation (Kahan): the error stays that of one block.
            FloatVector lost = FloatVector.zero(S);
            for (int from = 0; from < m; from += ROWS) {
                FloatVector sum = FloatVector.zero(S);
                int to = Math.min(from + ROWS, m);
                for (int i = from; i < to; i++) {
                    sum = sum.add(FloatVector.fromArray(S, a, aOffset + i * lda + j));
                }
                FloatVector corrected = sum.sub(lost);
                FloatVector next = total.add(corrected);
                lost = next.sub(total).sub(corrected);
                total = next;
            }
            total.intoArray(y, yOffset + j);
        }
        for (; j < n; j++) {
            double sum = 0;
            for (int i = 0; i < m; i++) {
                sum += a[aOffset + i * lda + j];
            }
            y[yOffset + j] = (float) (beta == 0 ? sum : sum + (double) beta * y[yOffset + j]);
        }
    }
}
