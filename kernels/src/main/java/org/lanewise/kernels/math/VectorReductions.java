package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.CompiledApart;
import org.lanewise.kernels.vector.LaneSum;
import org.lanewise.kernels.vector.Lanes;

/** The loops of {@link org.lanewise.kernels.Reductions}. */
@SuppressWarnings("serial") // never an instance
public final class VectorReductions extends CompiledApart {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    /** Elements that are summed in float before the partial sum is added in double. */
    static final int BLOCK = 1024;

    private static final int NEGATIVE_ZERO = Float.floatToRawIntBits(-0f);

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
        for (; i <= n - 4 * L; i += 4 * L) {
            s0 = FloatVector.fromArray(S, x, xOffset + i).add(s0);
            s1 = FloatVector.fromArray(S, x, xOffset + i + L).add(s1);
            s2 = FloatVector.fromArray(S, x, xOffset + i + 2 * L).add(s2);
            s3 = FloatVector.fromArray(S, x, xOffset + i + 3 * L).add(s3);
        }
        for (; i <= n - L; i += L) {
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
        for (; i <= n - 2 * L; i += 2 * L) {
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

    /** The sum of (x - mean)^2. */
    public static double sumOfSquares(int n, float[] x, int xOffset, float mean) {
        double total = 0;
        for (int from = 0; from < n; from += BLOCK) {
            total += squaresBlock(Math.min(BLOCK, n - from), x, xOffset + from, mean);
        }
        return total;
    }

    private static float squaresBlock(int n, float[] x, int xOffset, float mean) {
        FloatVector s0 = FloatVector.zero(S), s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (; i <= n - 4 * L; i += 4 * L) {
            FloatVector d0 = FloatVector.fromArray(S, x, xOffset + i).sub(mean);
            FloatVector d1 = FloatVector.fromArray(S, x, xOffset + i + L).sub(mean);
            FloatVector d2 = FloatVector.fromArray(S, x, xOffset + i + 2 * L).sub(mean);
            FloatVector d3 = FloatVector.fromArray(S, x, xOffset + i + 3 * L).sub(mean);
            s0 = d0.fma(d0, s0);
            s1 = d1.fma(d1, s1);
            s2 = d2.fma(d2, s2);
            s3 = d3.fma(d3, s3);
        }
        for (; i <= n - L; i += L) {
            FloatVector d0 = FloatVector.fromArray(S, x, xOffset + i).sub(mean);
            s0 = d0.fma(d0, s0);
        }
        float sum = LaneSum.of(s0.add(s1).add(s2.add(s3)));
        for (; i < n; i++) {
            float d = x[xOffset + i] - mean;
            sum = Math.fma(d, d, sum);
        }
        return sum;
    }

    /** The sum of (x - mean)*z. */
    public static double dot(int n, float[] x, int xOffset, float mean, float[] z, int zOffset) {
        double total = 0;
        for (int from = 0; from < n; from += BLOCK) {
            total += dotBlock(Math.min(BLOCK, n - from), x, xOffset + from, mean, z, zOffset + from);
        }
        return total;
    }

    private static float dotBlock(int n, float[] x, int xOffset, float mean, float[] z, int zOffset) {
        FloatVector s0 = FloatVector.zero(S), s1 = s0;
        int i = 0;
        for (; i <= n - 2 * L; i += 2 * L) {
            s0 = FloatVector.fromArray(S, x, xOffset + i).sub(mean).fma(FloatVector.fromArray(S, z, zOffset + i), s0);
            s1 = FloatVector.fromArray(S, x, xOffset + i + L).sub(mean)
                    .fma(FloatVector.fromArray(S, z, zOffset + i + L), s1);
        }
        for (; i <= n - L; i += L) {
            s0 = FloatVector.fromArray(S, x, xOffset + i).sub(mean).fma(FloatVector.fromArray(S, z, zOffset + i), s0);
        }
        float sum = LaneSum.of(s0.add(s1));
        for (; i < n; i++) {
            sum = Math.fma(x[xOffset + i] - mean, z[zOffset + i], sum);
        }
        return sum;
    }

    /**
     * The largest element; NaN if one of them is. {@code max}, which looks after NaN and the sign of 0, is six instructions on x86; here
     * it is a comparison, a blend and a sum. The sum is NaN where an element is, or where infinities of both signs are, or come to be;
     * then, and where the result is -0, which equals a 0 that may be there, the elements are looked at once more.
     */
    public static float max(int n, float[] x, int xOffset) {
        FloatVector m0 = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY), m1 = m0, m2 = m0, m3 = m0;
        FloatVector sum = FloatVector.zero(S);
        int i = 0;
        for (; i <= n - 4 * L; i += 4 * L) {
            FloatVector v0 = FloatVector.fromArray(S, x, xOffset + i);
            FloatVector v1 = FloatVector.fromArray(S, x, xOffset + i + L);
            FloatVector v2 = FloatVector.fromArray(S, x, xOffset + i + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, x, xOffset + i + 3 * L);
            m0 = v0.blend(m0, v0.lt(m0));
            m1 = v1.blend(m1, v1.lt(m1));
            m2 = v2.blend(m2, v2.lt(m2));
            m3 = v3.blend(m3, v3.lt(m3));
            sum = v0.add(v1).add(v2.add(v3)).add(sum);
        }
        for (; i <= n - L; i += L) {
            FloatVector v0 = FloatVector.fromArray(S, x, xOffset + i);
            m0 = v0.blend(m0, v0.lt(m0));
            sum = v0.add(sum);
        }
        float max = m0.max(m1).max(m2.max(m3)).reduceLanes(VectorOperators.MAX);
        // in any order, a NaN stays one; one that is made only on the way costs a second look
        if (Float.isNaN(sum.reduceLanes(VectorOperators.ADD)) || Float.floatToRawIntBits(max) == NEGATIVE_ZERO) {
            return exactMax(n, x, xOffset);
        }
        for (; i < n; i++) {
            max = Math.max(max, x[xOffset + i]);
        }
        return max;
    }

    private static float exactMax(int n, float[] x, int xOffset) {
        FloatVector m = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i <= n - L; i += L) {
            m = FloatVector.fromArray(S, x, xOffset + i).max(m);
        }
        float max = m.reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            max = Math.max(max, x[xOffset + i]);
        }
        return max;
    }

    /** The first place of the largest element, or of the first NaN; -1 if there are no elements. */
    public static int argmax(int n, float[] x, int xOffset) {
        float max = max(n, x, xOffset);
        if (Float.isNaN(max)) {
            int i = 0;
            while (!Float.isNaN(x[xOffset + i])) {
                i++;
            }
            return i;
        }
        return indexOf(max, n, x, xOffset);
    }

    private static int indexOf(float value, int n, float[] x, int xOffset) {
        int i = 0;
        while (i <= n - L && !FloatVector.fromArray(S, x, xOffset + i).eq(value).anyTrue()) {
            i += L;
        }
        while (i < n && x[xOffset + i] != value) {
            i++;
        }
        return i < n ? i : -1;
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
