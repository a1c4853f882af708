package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.CompiledApart;
import org.lanewise.kernels.vector.LaneSum;
import org.lanewise.kernels.vector.Lanes;

/** The passes over a row of {@link org.lanewise.kernels.Softmax}. */
@SuppressWarnings("serial") // never an instance
final class VectorSoftmax extends CompiledApart {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private VectorSoftmax() {
    }

    /** y := x - value, with the value as a sum, so that no digits of it are lost where it is large. */
    static void subtract(int n, float[] x, int xOffset, double value, float[] y, int yOffset) {
        float high = (float) value;
        float low = (float) (value - high);
        int j = 0;
        for (; j <= n - L; j += L) {
            FloatVector.fromArray(S, x, xOffset + j).sub(high).sub(low).intoArray(y, yOffset + j);
        }
        for (; j < n; j++) {
            y[yOffset + j] = x[xOffset + j] - high - low;
        }
    }

    /** y := exp(x - max); returns the sum of y, of blocks as in {@link VectorReductions#sum}. */
    static double expOfDifference(int n, float[] x, int xOffset, float max, float[] y, int yOffset) {
        double total = 0;
        for (int from = 0; from < n; from += VectorReductions.BLOCK) {
            total += expOfBlock(Math.min(VectorReductions.BLOCK, n - from), x, xOffset + from, max, y, yOffset + from);
        }
        return total;
    }

    private static float expOfBlock(int n, float[] x, int xOffset, float max, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        float sum = whole > 0 ? expVectors(whole, x, xOffset, max, y, yOffset) : 0;
        for (int j = whole; j < n; j++) {
            float e = ScalarMath.expOfNegative(x[xOffset + j] - max);
            y[yOffset + j] = e;
            sum += e;
        }
        return sum;
    }

    private static float expVectors(int n, float[] x, int xOffset, float max, float[] y, int yOffset) {
        FloatVector sums = FloatVector.zero(S);
        for (int j = 0; j < n; j += L) {
            FloatVector e = VectorMath.expOfNegative(VectorMath.load(x, xOffset + j).sub(max));
            e.intoArray(y, yOffset + j);
            sums = e.add(sums);
        }
        return LaneSum.of(sums);
    }

    /** dX := y*(dY - dot). */
    static void slope(int n, float dot, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        int j = 0;
        for (; j <= n - L; j += L) {
            FloatVector.fromArray(S, dY, dYOffset + j).sub(dot).mul(FloatVector.fromArray(S, y, yOffset + j))
                    .intoArray(dX, dXOffset + j);
        }
        for (; j < n; j++) {
            dX[dXOffset + j] = (dY[dYOffset + j] - dot) * y[yOffset + j];
        }
    }

    /** dX := dY - sum*exp(y). */
    static void logSlope(int n, float sum, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            logSlopeVectors(whole, sum, y, yOffset, dY, dYOffset, dX, dXOffset);
        }
        for (int j = whole; j < n; j++) {
            dX[dXOffset + j] = Math.fma(ScalarMath.expOfNegative(y[yOffset + j]), -sum, dY[dYOffset + j]);
        }
    }

    private static void logSlopeVectors(int n, float sum, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        FloatVector factor = FloatVector.broadcast(S, -sum);
        for (int j = n - L; j >= 0; j -= L) {
            VectorMath.expOfNegative(VectorMath.load(y, yOffset + j))
                    .fma(factor, FloatVector.fromArray(S, dY, dYOffset + j))
                    .intoArray(dX, dXOffset + j);
        }
    }
}
