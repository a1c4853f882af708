package org.lanewise.kernels.math;

import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/** The loops of {@link org.lanewise.kernels.Exponentials}. */
public final class VectorExponentials {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

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
        for (int i = 0; i < n; i += L) {
            VectorMath.exp(VectorMath.load(x, xOffset + i)).intoArray(y, yOffset + i);
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
        for (int i = 0; i < n; i += L) {
            VectorMath.log(VectorMath.load(x, xOffset + i)).intoArray(y, yOffset + i);
        }
    }
}
