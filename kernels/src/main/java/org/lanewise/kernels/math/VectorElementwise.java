package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/** The loops of {@link org.lanewise.kernels.Elementwise}. */
public final class VectorElementwise {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private VectorElementwise() {
    }

    /** y := a + b. */
    public static void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, a, aOffset + i).add(FloatVector.fromArray(S, b, bOffset + i))
                    .intoArray(y, yOffset + i);
        }
        for (; i < n; i++) {
            y[yOffset + i] = a[aOffset + i] + b[bOffset + i];
        }
    }

    /** y := a - b. */
    public static void subtract(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, a, aOffset + i).sub(FloatVector.fromArray(S, b, bOffset + i))
                    .intoArray(y, yOffset + i);
        }
        for (; i < n; i++) {
            y[yOffset + i] = a[aOffset + i] - b[bOffset + i];
        }
    }

    /** y := a * b. */
    public static void multiply(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, a, aOffset + i).mul(FloatVector.fromArray(S, b, bOffset + i))
                    .intoArray(y, yOffset + i);
        }
        for (; i < n; i++) {
            y[yOffset + i] = a[aOffset + i] * b[bOffset + i];
        }
    }

    /** y := a / b. */
    public static void divide(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, a, aOffset + i).div(FloatVector.fromArray(S, b, bOffset + i))
                    .intoArray(y, yOffset + i);
        }
        for (; i < n; i++) {
            y[yOffset + i] = a[aOffset + i] / b[bOffset + i];
        }
    }

    /** y := x / divisor. */
    public static void divide(int n, float[] x, int xOffset, float divisor, float[] y, int yOffset) {
        FloatVector by = FloatVector.broadcast(S, divisor);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, x, xOffset + i).div(by).intoArray(y, yOffset + i);
        }
        for (; i < n; i++) {
            y[yOffset + i] = x[xOffset + i] / divisor;
        }
    }

    /** y := dividend / x. */
    public static void divide(int n, float dividend, float[] x, int xOffset, float[] y, int yOffset) {
        FloatVector above = FloatVector.broadcast(S, dividend);
        int i = 0;
        for (; i <= n - L; i += L) {
            above.lanewise(VectorOperators.DIV, FloatVector.fromArray(S, x, xOffset + i)).intoArray(y, yOffset + i);
        }
        for (; i < n; i++) {
            y[yOffset + i] = dividend / x[xOffset + i];
        }
    }

    /** y := alpha*x + shift. */
    public static void affine(int n, float alpha, float[] x, int xOffset, float shift, float[] y, int yOffset) {
        FloatVector factor = FloatVector.broadcast(S, alpha);
        FloatVector added = FloatVector.broadcast(S, shift);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, x, xOffset + i).fma(factor, added).intoArray(y, yOffset + i);
        }
        for (; i < n; i++) {
            y[yOffset + i] = Math.fma(x[xOffset + i], alpha, shift);
        }
    }

    /** y := alpha*x + beta*y. */
    public static void axpby(int n, float alpha, float[] x, int xOffset, float beta, float[] y, int yOffset) {
        int i = 0;
        if (beta == 0) {
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, x, xOffset + i).mul(alpha).intoArray(y, yOffset + i);
            }
            for (; i < n; i++) {
                y[yOffset + i] = alpha * x[xOffset + i];
            }
        } else {
            FloatVector factor = FloatVector.broadcast(S, beta);
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, y, yOffset + i)
                        .fma(factor, FloatVector.fromArray(S, x, xOffset + i).mul(alpha))
                        .intoArray(y, yOffset + i);
            }
            for (; i < n; i++) {
                y[yOffset + i] = Math.fma(y[yOffset + i], beta, alpha * x[xOffset + i]);
            }
        }
    }
}
