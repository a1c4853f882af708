package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/**
 * Adds terms of four rows to sums over columns: four streams that memory delivers ahead, where a walk down a column would begin a new
 * line with each row; and one load and store of the sums for four rows. And of one row.
 */
final class ColumnTerms {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private ColumnTerms() {
    }

    /** sums += a. */
    static void addFour(int n, float[] a, int at, int lda, float[] sums) {
        int at1 = at + lda, at2 = at1 + lda, at3 = at2 + lda;
        for (int j = 0; j < n; j += L) {
            FloatVector lower = FloatVector.fromArray(S, a, at + j).add(FloatVector.fromArray(S, a, at1 + j));
            FloatVector upper = FloatVector.fromArray(S, a, at2 + j).add(FloatVector.fromArray(S, a, at3 + j));
            FloatVector.fromArray(S, sums, j).add(lower.add(upper)).intoArray(sums, j);
        }
    }

    /** sums += (a - mean)^2. */
    static void squareFour(int n, float[] a, int at, int lda, float[] mean, int meanAt, float[] sums) {
        int at1 = at + lda, at2 = at1 + lda, at3 = at2 + lda;
        for (int j = 0; j < n; j += L) {
            FloatVector middle = FloatVector.fromArray(S, mean, meanAt + j);
            FloatVector d0 = FloatVector.fromArray(S, a, at + j).sub(middle);
            FloatVector d1 = FloatVector.fromArray(S, a, at1 + j).sub(middle);
            FloatVector d2 = FloatVector.fromArray(S, a, at2 + j).sub(middle);
            FloatVector d3 = FloatVector.fromArray(S, a, at3 + j).sub(middle);
            FloatVector.fromArray(S, sums, j).add(d0.fma(d0, d1.mul(d1)).add(d2.fma(d2, d3.mul(d3))))
                    .intoArray(sums, j);
        }
    }

    /** sums += (a - mean)*b. */
    static void dotFour(int n, float[] a, int at, int lda, float[] mean, int meanAt, float[] b, int bAt, float[] sums) {
        int at1 = at + lda, at2 = at1 + lda, at3 = at2 + lda;
        int bAt1 = bAt + lda, bAt2 = bAt1 + lda, bAt3 = bAt2 + lda;
        for (int j = 0; j < n; j += L) {
            FloatVector middle = FloatVector.fromArray(S, mean, meanAt + j);
            FloatVector t0 = FloatVector.fromArray(S, a, at + j).sub(middle).mul(FloatVector.fromArray(S, b, bAt + j));
            FloatVector t1 = FloatVector.fromArray(S, a, at1 + j).sub(middle)
                    .fma(FloatVector.fromArray(S, b, bAt1 + j), t0);
            FloatVector t2 = FloatVector.fromArray(S, a, at2 + j).sub(middle)
                    .mul(FloatVector.fromArray(S, b, bAt2 + j));
            FloatVector t3 = FloatVector.fromArray(S, a, at3 + j).sub(middle)
                    .fma(FloatVector.fromArray(S, b, bAt3 + j), t2);
            FloatVector.fromArray(S, sums, j).add(t1.add(t3)).intoArray(sums, j);
        }
    }

    /** sums += a - mean, of one row. */
    static void deviation(int n, float[] a, int at, float[] mean, int meanAt, float[] sums) {
        for (int j = 0; j < n; j += L) {
            FloatVector d = FloatVector.fromArray(S, a, at + j).sub(FloatVector.fromArray(S, mean, meanAt + j));
            d.add(FloatVector.fromArray(S, sums, j)).intoArray(sums, j);
        }
    }

    /** sums += (a - mean)^2, of one row. */
    static void square(int n, float[] a, int at, float[] mean, int meanAt, float[] sums) {
        for (int j = 0; j < n; j += L) {
            FloatVector d = FloatVector.fromArray(S, a, at + j).sub(FloatVector.fromArray(S, mean, meanAt + j));
            d.fma(d, FloatVector.fromArray(S, sums, j)).intoArray(sums, j);
        }
    }

    /** sums += (a - mean)*b, of one row. */
    static void dot(int n, float[] a, int at, float[] mean, int meanAt, float[] b, int bAt, float[] sums) {
        for (int j = 0; j < n; j += L) {
            FloatVector.fromArray(S, a, at + j).sub(FloatVector.fromArray(S, mean, meanAt + j))
                    .fma(FloatVector.fromArray(S, b, bAt + j), FloatVector.fromArray(S, sums, j)).intoArray(sums, j);
        }
    }

    /** sums += (a - mean)*factor*b, of one row with one mean and factor. */
    static void scaledDot(int n, float[] a, int at, float mean, float factor, float[] b, int bAt, float[] sums) {
        for (int j = 0; j < n; j += L) {
            FloatVector.fromArray(S, a, at + j).sub(mean).mul(factor)
                    .fma(FloatVector.fromArray(S, b, bAt + j), FloatVector.fromArray(S, sums, j)).intoArray(sums, j);
        }
    }
}
