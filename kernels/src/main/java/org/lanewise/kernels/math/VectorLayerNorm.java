package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.vector.Lanes;

/** One row of {@link org.lanewise.kernels.LayerNorm}. */
final class VectorLayerNorm {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private VectorLayerNorm() {
    }

    /** y := (x - mean)*r*weight + bias. */
    static void normalize(int n, float[] x, int xOffset, float mean, float r, float @Nullable [] weight,
            int weightOffset, float @Nullable [] bias, int biasOffset, float[] y, int yOffset) {
        if (weight != null && bias != null) {
            weighAndShift(n, x, xOffset, mean, r, weight, weightOffset, bias, biasOffset, y, yOffset);
            return;
        }
        VectorNorms.normalize(n, x, xOffset, mean, r, 0, y, yOffset);
        if (weight != null) {
            VectorElementwise.multiply(n, y, yOffset, weight, weightOffset, y, yOffset);
        } else if (bias != null) {
            VectorElementwise.add(n, y, yOffset, bias, biasOffset, y, yOffset);
        }
    }

    private static void weighAndShift(int n, float[] x, int xOffset, float mean, float r, float[] weight,
            int weightOffset, float[] bias, int biasOffset, float[] y, int yOffset) {
        int j = 0;
        for (; j <= n - L; j += L) {
            FloatVector.fromArray(S, x, xOffset + j).sub(mean).mul(r).fma(
                    FloatVector.fromArray(S, weight, weightOffset + j), FloatVector.fromArray(S, bias, biasOffset + j))
                    .intoArray(y, yOffset + j);
        }
        for (; j < n; j++) {
            y[yOffset + j] = Math.fma((x[xOffset + j] - mean) * r, weight[weightOffset + j], bias[biasOffset + j]);
        }
    }

    /** dX := r*(g - mean of g - h * mean of g*h), with g = dY*weight, which is put into dX first. */
    static void gradient(int n, float[] x, int xOffset, float mean, float r, float @Nullable [] weight,
            int weightOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        float[] g = dY;
        int gOffset = dYOffset;
        if (weight != null) {
            VectorElementwise.multiply(n, dY, dYOffset, weight, weightOffset, dX, dXOffset);
            g = dX;
            gOffset = dXOffset;
        }
        double sum = VectorReductions.sum(n, g, gOffset);
        double dot = VectorReductions.dot(n, x, xOffset, mean, g, gOffset);
        // in terms of d = x - mean, which is h/r: dX = r*g - d * r^3*dot/n - r*sum/n
        VectorNorms.combine(n, g, gOffset, r, x, xOffset, mean, (float) (-(double) r * r * r * dot / n),
                (float) (-r * sum / n), dX, dXOffset);
    }
}
