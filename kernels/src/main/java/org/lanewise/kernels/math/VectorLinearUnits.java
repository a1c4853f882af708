package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/** The loops of {@link org.lanewise.kernels.LinearUnits}. */
public final class VectorLinearUnits {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private VectorLinearUnits() {
    }

    /** y := x/(1 + exp(-x)). */
    public static void silu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            siluVectors(whole, x, xOffset, y, yOffset);
        }
        for (int i = whole; i < n; i++) {
            y[yOffset + i] = ScalarUnits.silu(x[xOffset + i]);
        }
    }

    private static void siluVectors(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = n - L; i >= 0; i -= L) {
            VectorUnits.silu(VectorMath.load(x, xOffset + i)).intoArray(y, yOffset + i);
        }
    }

    /** dX := dY times the derivative of silu at x. */
    public static void siluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            siluBackwardVectors(whole, x, xOffset, dY, dYOffset, dX, dXOffset);
        }
        for (int i = whole; i < n; i++) {
            dX[dXOffset + i] = dY[dYOffset + i] * ScalarUnits.siluSlope(x[xOffset + i]);
        }
    }

    private static void siluBackwardVectors(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        for (int i = n - L; i >= 0; i -= L) {
            VectorUnits.siluSlope(VectorMath.load(x, xOffset + i))
                    .mul(FloatVector.fromArray(S, dY, dYOffset + i)).intoArray(dX, dXOffset + i);
        }
    }

    /** y := x*P(X <= x) for a standard normal X. */
    public static void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            VectorGelu.forward(whole, x, xOffset, y, yOffset);
        }
        for (int i = whole; i < n; i++) {
            y[yOffset + i] = ScalarUnits.gelu(x[xOffset + i]);
        }
    }

    /** dX := dY times the derivative of gelu at x. */
    public static void geluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            VectorGelu.backward(whole, x, xOffset, dY, dYOffset, dX, dXOffset);
        }
        for (int i = whole; i < n; i++) {
            dX[dXOffset + i] = dY[dYOffset + i] * ScalarUnits.geluSlope(x[xOffset + i]);
        }
    }

    /** y := x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715 x^3))). */
    public static void geluTanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            geluTanhVectors(whole, x, xOffset, y, yOffset);
        }
        for (int i = whole; i < n; i++) {
            y[yOffset + i] = ScalarUnits.geluTanh(x[xOffset + i]);
        }
    }

    private static void geluTanhVectors(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = n - L; i >= 0; i -= L) {
            VectorUnits.geluTanh(VectorMath.load(x, xOffset + i)).intoArray(y, yOffset + i);
        }
    }

    /** dX := dY times the derivative of geluTanh at x. */
    public static void geluTanhBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            geluTanhBackwardVectors(whole, x, xOffset, dY, dYOffset, dX, dXOffset);
        }
        for (int i = whole; i < n; i++) {
            dX[dXOffset + i] = dY[dYOffset + i] * ScalarUnits.geluTanhSlope(x[xOffset + i]);
        }
    }

    private static void geluTanhBackwardVectors(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        for (int i = n - L; i >= 0; i -= L) {
            VectorUnits.geluTanhSlope(VectorMath.load(x, xOffset + i))
                    .mul(FloatVector.fromArray(S, dY, dYOffset + i)).intoArray(dX, dXOffset + i);
        }
    }

    /** y := x where beta*x > threshold, else log(1 + exp(beta*x))/beta. */
    public static void softplus(int n, float beta, float threshold, float[] x, int xOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        float[] logs = Workspace.current().floats(Slot.UNITS, SoftplusPasses.BLOCK);
        for (int from = 0; from < whole; from += SoftplusPasses.BLOCK) {
            int length = Math.min(SoftplusPasses.BLOCK, whole - from);
            SoftplusPasses.expBelowOne(length, beta, x, xOffset + from, logs, 0);
            SoftplusPasses.logAboveOne(length, logs, 0);
            SoftplusPasses.softplus(length, beta, threshold, x, xOffset + from, logs, 0, y, yOffset + from);
        }
        for (int i = whole; i < n; i++) {
            float v = x[xOffset + i];
            float scaled = v * beta;
            y[yOffset + i] = scaled > threshold ? v : ScalarUnits.softplus(scaled) / beta;
        }
    }

    /** dX := dY where beta*x > threshold, else dY/(1 + exp(-beta*x)). */
    public static void softplusBackward(int n, float beta, float threshold, float[] x, int xOffset, float[] dY,
            int dYOffset, float[] dX, int dXOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            softplusBackwardVectors(whole, beta, threshold, x, xOffset, dY, dYOffset, dX, dXOffset);
        }
        for (int i = whole; i < n; i++) {
            float scaled = x[xOffset + i] * beta;
            float dy = dY[dYOffset + i];
            dX[dXOffset + i] = scaled > threshold ? dy : ScalarMath.sigmoid(scaled) * dy;
        }
    }

    private static void softplusBackwardVectors(int n, float beta, float threshold, float[] x, int xOffset, float[] dY,
            int dYOffset, float[] dX, int dXOffset) {
        for (int i = n - L; i >= 0; i -= L) {
            FloatVector scaled = VectorMath.load(x, xOffset + i).mul(beta);
            FloatVector dy = FloatVector.fromArray(S, dY, dYOffset + i);
            VectorMath.sigmoid(scaled).mul(dy).blend(dy, scaled.compare(VectorOperators.GT, threshold))
                    .intoArray(dX, dXOffset + i);
        }
    }

    /** y := x where x > 0, else alpha*(exp(x) - 1). */
    public static void elu(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            eluVectors(whole, alpha, x, xOffset, y, yOffset);
        }
        for (int i = whole; i < n; i++) {
            y[yOffset + i] = ScalarUnits.elu(x[xOffset + i], alpha);
        }
    }

    private static void eluVectors(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
        FloatVector factor = FloatVector.broadcast(S, alpha);
        for (int i = n - L; i >= 0; i -= L) {
            VectorUnits.elu(VectorMath.load(x, xOffset + i), factor).intoArray(y, yOffset + i);
        }
    }

    /** dX := dY where x > 0, else dY*alpha*exp(x). */
    public static void eluBackward(int n, float alpha, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            eluBackwardVectors(whole, alpha, x, xOffset, dY, dYOffset, dX, dXOffset);
        }
        for (int i = whole; i < n; i++) {
            float v = x[xOffset + i];
            float dy = dY[dYOffset + i];
            dX[dXOffset + i] = v > 0 ? dy : ScalarMath.expOfNegative(v) * alpha * dy;
        }
    }

    private static void eluBackwardVectors(int n, float alpha, float[] x, int xOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        for (int i = n - L; i >= 0; i -= L) {
            FloatVector v = VectorMath.load(x, xOffset + i);
            FloatVector dy = FloatVector.fromArray(S, dY, dYOffset + i);
            VectorMath.expOfNegative(v).mul(alpha).mul(dy).blend(dy, v.compare(VectorOperators.GT, 0))
                    .intoArray(dX, dXOffset + i);
        }
    }

    /** y := x where x > 0, else slope*x. */
    public static void leakyRelu(int n, float slope, float[] x, int xOffset, float[] y, int yOffset) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = VectorMath.load(x, xOffset + i);
            v.mul(slope).blend(v, v.compare(VectorOperators.GT, 0)).intoArray(y, yOffset + i);
        }
        for (; i < n; i++) {
            float v = x[xOffset + i];
            y[yOffset + i] = v > 0 ? v : v * slope;
        }
    }

    /** dX := dY where x > 0, else slope*dY. */
    public static void leakyReluBackward(int n, float slope, float[] x, int xOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector dy = FloatVector.fromArray(S, dY, dYOffset + i);
            dy.mul(slope).blend(dy, FloatVector.fromArray(S, x, xOffset + i).compare(VectorOperators.GT, 0))
                    .intoArray(dX, dXOffset + i);
        }
        for (; i < n; i++) {
            float dy = dY[dYOffset + i];
            dX[dXOffset + i] = x[xOffset + i] > 0 ? dy : dy * slope;
        }
    }
}
