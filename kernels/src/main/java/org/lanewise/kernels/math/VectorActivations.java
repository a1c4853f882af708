package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.CompiledApart;
import org.lanewise.kernels.vector.Lanes;

/** The loops of {@link org.lanewise.kernels.Activations}. */
@SuppressWarnings("serial") // never an instance
public final class VectorActivations extends CompiledApart {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private VectorActivations() {
    }

    /** y := max(x, 0), NaN kept. */
    public static void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            // v < 0 is false for NaN, so NaN stays; max(v, 0) needs more instructions for that
            v.blend(0, v.lt(0)).intoArray(y, yOffset + i);
        }
        for (; i < n; i++) {
            float v = x[xOffset + i];
            y[yOffset + i] = v < 0 ? 0 : v;
        }
    }

    /** dX := dY where y > 0, else 0. */
    public static void reluBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        FloatVector zero = FloatVector.zero(S);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, y, yOffset + i);
            zero.blend(FloatVector.fromArray(S, dY, dYOffset + i), v.compare(VectorOperators.GT, 0))
                    .intoArray(dX, dXOffset + i);
        }
        for (; i < n; i++) {
            dX[dXOffset + i] = y[yOffset + i] > 0 ? dY[dYOffset + i] : 0;
        }
    }

    /** y := tanh(x). */
    public static void tanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            tanhVectors(whole, x, xOffset, y, yOffset);
        }
        for (int i = whole; i < n; i++) {
            y[yOffset + i] = ScalarMath.tanh(x[xOffset + i]);
        }
    }

    private static void tanhVectors(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = n - L; i >= 0; i -= L) {
            VectorMath.tanh(VectorMath.load(x, xOffset + i)).intoArray(y, yOffset + i);
        }
    }

    /** dX := dY * (1 - y^2). */
    public static void tanhBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        FloatVector one = FloatVector.broadcast(S, 1);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, y, yOffset + i);
            FloatVector.fromArray(S, dY, dYOffset + i).mul(v.neg().fma(v, one)).intoArray(dX, dXOffset + i);
        }
        for (; i < n; i++) {
            float v = y[yOffset + i];
            dX[dXOffset + i] = dY[dYOffset + i] * Math.fma(-v, v, 1);
        }
    }

    /** y := 1 / (1 + exp(-x)). */
    public static void sigmoid(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            sigmoidVectors(whole, x, xOffset, y, yOffset);
        }
        for (int i = whole; i < n; i++) {
            y[yOffset + i] = ScalarMath.sigmoid(x[xOffset + i]);
        }
    }

    private static void sigmoidVectors(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = n - L; i >= 0; i -= L) {
            VectorMath.sigmoid(VectorMath.load(x, xOffset + i)).intoArray(y, yOffset + i);
        }
    }

    /** dX := dY * y * (1 - y). */
    public static void sigmoidBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, y, yOffset + i);
            FloatVector.fromArray(S, dY, dYOffset + i).mul(v.neg().fma(v, v)).intoArray(dX, dXOffset + i);
        }
        for (; i < n; i++) {
            float v = y[yOffset + i];
            dX[dXOffset + i] = dY[dYOffset + i] * Math.fma(-v, v, v);
        }
    }
}
