package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/**
 * The loops of {@link org.lanewise.kernels.Exponentials}. Vectors without infinities, NaN and what is near the ends of the range need
 * a third fewer operations; one comparison tells. The rare others go to a method that stays apart.
 */
public final class VectorExponentials {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private static final int LEAST_NORMAL = Float.floatToRawIntBits(Float.MIN_NORMAL);
    private static final int INFINITE = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

    private VectorExponentials() {
    }

    /** y := exp(x). */
    public static void exp(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            expVectors(whole, x, xOffset, y, yOffset);
        }
        for (int i = whole; i < n; i++) {
            y[yOffset + i] = ScalarMath.exp(x[xOffset + i]);
        }
    }

    private static void expVectors(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = n - L; i >= 0; i -= L) {
            FloatVector v = VectorMath.load(x, xOffset + i);
            if (v.abs().lt(ScalarMath.EXP_ORDINARY).allTrue()) {
                VectorMath.ordinaryExp(v).intoArray(y, yOffset + i);
            } else {
                BlockPasses.exp(L, x, xOffset + i, y, yOffset + i);
            }
        }
    }

    /** y := log(x), the natural logarithm. */
    public static void log(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            logVectors(whole, x, xOffset, y, yOffset);
        }
        for (int i = whole; i < n; i++) {
            y[yOffset + i] = ScalarMath.log(x[xOffset + i]);
        }
    }

    private static void logVectors(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = n - L; i >= 0; i -= L) {
            FloatVector v = VectorMath.load(x, xOffset + i);
            // negative numbers and NaN are large as unsigned integers
            if (v.reinterpretAsInts().sub(LEAST_NORMAL).compare(VectorOperators.ULT, INFINITE - LEAST_NORMAL)
                    .allTrue()) {
                VectorMath.logOfNormal(v).intoArray(y, yOffset + i);
            } else {
                BlockPasses.log(L, x, xOffset + i, y, yOffset + i);
            }
        }
    }
}
