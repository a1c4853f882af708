package org.lanewise.kernels.math;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.LaneSum;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

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
            s0 = FloatVector.fromArray(S, x, xOffset + i).add(s0);
            s1 = FloatVector.fromArray(S, x, xOffset + i + L).add(s1);
            s2 = FloatVector.fromArray(S, x, xOffset + i + 2 * L).add(s2);
            s3 = FloatVector.fromArray(S, x, xOffset + i + 3 * L).add(s3);
        }
        for (; i + L <= n; i += L) {
            s0 = FloatVector.fromArray(S, x, xOffset + i).add(s0);
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
        int whole = S.loopBound(n);
        if (whole > 0) {
            if (beta == 0) {
                Arrays.fill(y, yOffset, yOffset + whole, 0);
            } else {
                VectorElementwise.axpby(whole, beta, y, yOffset, 0, y, yOffset);
            }
            float[] lost = Workspace.current().floats(Slot.COLUMN_SUMS_LOST, whole);
            Arrays.fill(lost, 0, whole, 0);
            for (int from = 0; from < m; from += ROWS) {
                addRows(Math.min(ROWS, m - from), whole, a, aOffset + from * lda, lda, y, yOffset, lost);
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

    /**
     * y := y + the sums of a block's columns, with compensation (Kahan): what the addition loses is kept and goes in with the next
     * block, so that the error stays that of one block.
     */
    private static void addRows(int m, int n, float[] a, int aOffset, int lda, float[] y, int yOffset, float[] lost) {
        for (int j = 0; j < n; j += L) {
            FloatVector sum = FloatVector.zero(S);
            for (int i = 0, at = aOffset + j; i < m; i++, at += lda) {
                sum = FloatVector.fromArray(S, a, at).add(sum);
            }
            FloatVector total = FloatVector.fromArray(S, y, yOffset + j);
            FloatVector negative = FloatVector.fromArray(S, lost, j).sub(sum);
            FloatVector next = total.sub(negative);
            // inf - inf: an infinite sum has lost nothing
            FloatVector error = next.sub(total).add(negative);
            error.blend(0, error.test(VectorOperators.IS_NAN)).intoArray(lost, j);
            next.intoArray(y, yOffset + j);
        }
    }

    /** y(c) := sum over b and p of x(b, c, p) + beta*y(c). */
    public static void channelSums(int batch, int channels, int pixels, float[] x, int xOffset,
            float beta, float[] y, int yOffset) {
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            for (int b = 0; b < batch; b++) {
                sum += sum(pixels, x, xOffset + (b * channels + c) * pixels);
            }
            y[yOffset + c] = (float) (beta == 0 ? sum : sum + (double) beta * y[yOffset + c]);
        }
    }
}
