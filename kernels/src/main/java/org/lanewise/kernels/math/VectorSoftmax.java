package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.LaneSum;
import org.lanewise.kernels.vector.Lanes;

/** The rows of {@link org.lanewise.kernels.Softmax}. */
public final class VectorSoftmax {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private VectorSoftmax() {
    }

    /** y(j) := exp(x(j)) / sum of exp(x); returns the logarithm of the sum. */
    public static double softmaxRow(int n, float[] x, int xOffset, float[] y, int yOffset) {
        float max = max(n, x, xOffset);
        float sum = expOfDifference(n, x, xOffset, max, y, yOffset);
        int j = 0;
        for (; j + L <= n; j += L) {
            FloatVector.fromArray(S, y, yOffset + j).div(sum).intoArray(y, yOffset + j);
        }
        for (; j < n; j++) {
            y[yOffset + j] /= sum;
        }
        return max + StrictMath.log(sum);
    }

    private static float max(int n, float[] x, int xOffset) {
        FloatVector best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        int j = 0;
        for (; j + L <= n; j += L) {
            best = FloatVector.fromArray(S, x, xOffset + j).max(best);
        }
        // The order of a maximum does not change it, so reduceLanes is safe here.
        float max = best.reduceLanes(VectorOperators.MAX);
        for (; j < n; j++) {
            max = Math.max(max, x[xOffset + j]);
        }
        return max;
    }

    /** y := exp(x - max); returns the sum of y. */
    private static float expOfDifference(int n, float[] x, int xOffset, float max, float[] y, int yOffset) {
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
            FloatVector e = VectorMath.expOfNegative(FloatVector.fromArray(S, x, xOffset + j).sub(max));
            e.intoArray(y, yOffset + j);
            sums = e.add(sums);
        }
        return LaneSum.of(sums);
    }

    /** dX(j) := y(j) * (dY(j) - sum of dY*y). */
    public static void softmaxRowBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        FloatVector products = FloatVector.zero(S);
        int j = 0;
        for (; j + L <= n; j += L) {
            products = FloatVector.fromArray(S, dY, dYOffset + j).fma(FloatVector.fromArray(S, y, yOffset + j),
                    products);
        }
        float dot = LaneSum.of(products);
        for (; j < n; j++) {
            dot = Math.fma(dY[dYOffset + j], y[yOffset + j], dot);
        }
        j = 0;
        for (; j + L <= n; j += L) {
            FloatVector.fromArray(S, dY, dYOffset + j).sub(dot).mul(FloatVector.fromArray(S, y, yOffset + j))
                    .intoArray(dX, dXOffset + j);
        }
        for (; j < n; j++) {
            dX[dXOffset + j] = (dY[dYOffset + j] - dot) * y[yOffset + j];
        }
    }

    /** dX(j) := dY(j) - exp(y(j)) * sum of dY. */
    public static void logSoftmaxRowBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        // The sum is a method of its own: inlined together with exp it would pass the compiler's limit, and box.
        subtractScaledExp(n, (float) VectorReductions.sum(n, dY, dYOffset), y, yOffset, dY, dYOffset, dX, dXOffset);
    }

    /** dX := dY - scale*exp(y). */
    private static void subtractScaledExp(int n, float scale, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            subtractScaledExpVectors(whole, scale, y, yOffset, dY, dYOffset, dX, dXOffset);
        }
        for (int j = whole; j < n; j++) {
            dX[dXOffset + j] = Math.fma(ScalarMath.expOfNegative(y[yOffset + j]), -scale, dY[dYOffset + j]);
        }
    }

    private static void subtractScaledExpVectors(int n, float scale, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        FloatVector factor = FloatVector.broadcast(S, -scale);
        for (int j = 0; j < n; j += L) {
            VectorMath.expOfNegative(FloatVector.fromArray(S, y, yOffset + j))
                    .fma(factor, FloatVector.fromArray(S, dY, dYOffset + j))
                    .intoArray(dX, dXOffset + j);
        }
    }
}
