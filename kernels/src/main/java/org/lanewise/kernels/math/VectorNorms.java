package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/** What normalisations share: elements of one mean, and elements that have one each. */
final class VectorNorms {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private VectorNorms() {
    }

    /** rstd := 1/sqrt(var + eps). */
    static void reciprocalRoots(int n, float[] var, float eps, float[] rstd) {
        FloatVector one = FloatVector.broadcast(S, 1);
        int j = 0;
        for (; j <= n - L; j += L) {
            FloatVector root = FloatVector.fromArray(S, var, j).add(eps).lanewise(VectorOperators.SQRT);
            one.lanewise(VectorOperators.DIV, root).intoArray(rstd, j);
        }
        for (; j < n; j++) {
            rstd[j] = 1 / (float) Math.sqrt(var[j] + eps);
        }
    }

    /** y := (x - mean)*scale + shift. */
    static void normalize(int n, float[] x, int xOffset, float mean, float scale, float shift, float[] y, int yOffset) {
        FloatVector factor = FloatVector.broadcast(S, scale);
        FloatVector added = FloatVector.broadcast(S, shift);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, x, xOffset + i).sub(mean).fma(factor, added).intoArray(y, yOffset + i);
        }
        for (; i < n; i++) {
            y[yOffset + i] = Math.fma(x[xOffset + i] - mean, scale, shift);
        }
    }

    /** The same with a mean, scale and shift for each element. */
    static void normalize(int n, float[] x, int xOffset, float[] mean, int meanOffset, float[] scale, float[] shift,
            float[] y, int yOffset) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, x, xOffset + i).sub(FloatVector.fromArray(S, mean, meanOffset + i))
                    .fma(FloatVector.fromArray(S, scale, i), FloatVector.fromArray(S, shift, i))
                    .intoArray(y, yOffset + i);
        }
        for (; i < n; i++) {
            y[yOffset + i] = Math.fma(x[xOffset + i] - mean[meanOffset + i], scale[i], shift[i]);
        }
    }

    /** dX := a*g + b*(x - mean) + c. */
    static void combine(int n, float[] g, int gOffset, float a, float[] x, int xOffset, float mean, float b, float c,
            float[] dX, int dXOffset) {
        FloatVector va = FloatVector.broadcast(S, a);
        FloatVector vb = FloatVector.broadcast(S, b);
        FloatVector vc = FloatVector.broadcast(S, c);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector rest = FloatVector.fromArray(S, x, xOffset + i).sub(mean).fma(vb, vc);
            FloatVector.fromArray(S, g, gOffset + i).fma(va, rest).intoArray(dX, dXOffset + i);
        }
        for (; i < n; i++) {
            dX[dXOffset + i] = Math.fma(g[gOffset + i], a, Math.fma(x[xOffset + i] - mean, b, c));
        }
    }

    /** The same with a, b, c and a mean for each element. */
    static void combine(int n, float[] g, int gOffset, float[] a, float[] x, int xOffset, float[] mean, int meanOffset,
            float[] b, float[] c, float[] dX, int dXOffset) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector rest = FloatVector.fromArray(S, x, xOffset + i)
                    .sub(FloatVector.fromArray(S, mean, meanOffset + i))
                    .fma(FloatVector.fromArray(S, b, i), FloatVector.fromArray(S, c, i));
            FloatVector.fromArray(S, g, gOffset + i).fma(FloatVector.fromArray(S, a, i), rest)
                    .intoArray(dX, dXOffset + i);
        }
        for (; i < n; i++) {
            dX[dXOffset + i] = Math.fma(g[gOffset + i], a[i],
                    Math.fma(x[xOffset + i] - mean[meanOffset + i], b[i], c[i]));
        }
    }
}
