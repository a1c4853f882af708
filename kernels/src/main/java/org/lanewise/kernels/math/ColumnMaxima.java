package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/** Maxima over the columns of a matrix; for sums see {@link ColumnLoop}. */
final class ColumnMaxima {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private ColumnMaxima() {
    }

    /** y(j) := the largest of A(i, j); NaN if one of them is. */
    static void max(int m, int n, float[] a, int aOffset, int lda, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            maxVectors(m, whole, a, aOffset, lda, y, yOffset);
        }
        for (int j = whole; j < n; j++) {
            float max = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < m; i++) {
                max = Math.max(max, a[aOffset + i * lda + j]);
            }
            y[yOffset + j] = max;
        }
    }

    private static void maxVectors(int m, int n, float[] a, int aOffset, int lda, float[] y, int yOffset) {
        for (int j = 0; j < n; j += L) {
            FloatVector max = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int i = 0, at = aOffset + j; i < m; i++, at += lda) {
                max = FloatVector.fromArray(S, a, at).max(max);
            }
            max.intoArray(y, yOffset + j);
        }
    }
}
