package org.lanewise.kernels.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/**
 * Rows of a stored A times columns of B, without a copy of either: a tile of C of 4 rows by 2 vectors.
 *
 * For the last rows, and for CPUs with 16 vector registers: 8 accumulators + 2 vectors of B + 1 broadcast of A = 11.
 *
 * <p>
 * One flat method on purpose: see {@link MicroKernel12x2}.
 */
final class RowKernel4x2 {

    static final int ROWS = 4;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private RowKernel4x2() {
    }

    /**
     * Writes the tile to c, which is never read.
     *
     * @param depth number of steps, side by side in each row of A
     * @param rows  rows of A that there are, 1 to 4: in place of those beyond, the last one is computed again
     * @param lda   distance of two rows of A
     * @param bStep distance of two steps of B: 2L in a padded panel, its leading dimension in place
     */
    static void run(int depth, float[] a, int aOffset, int lda, int rows, float[] b, int bOffset, int bStep,
            float[] c, int cOffset, int ldc) {
        int r0 = aOffset;
        int r1 = rows > 1 ? r0 + lda : r0;
        int r2 = rows > 2 ? r1 + lda : r1;
        int r3 = rows > 3 ? r2 + lda : r2;
        FloatVector c00 = FloatVector.zero(S), c01 = c00;
        FloatVector c10 = FloatVector.zero(S), c11 = c10;
        FloatVector c20 = FloatVector.zero(S), c21 = c20;
        FloatVector c30 = FloatVector.zero(S), c31 = c30;
        for (int p = 0, ib = bOffset; p < depth; p++, ib += bStep) {
            FloatVector b0 = FloatVector.fromArray(S, b, ib);
            FloatVector b1 = FloatVector.fromArray(S, b, ib + L);
            FloatVector ai = FloatVector.broadcast(S, a[r0 + p]);
            c00 = ai.fma(b0, c00);
            c01 = ai.fma(b1, c01);
            ai = FloatVector.broadcast(S, a[r1 + p]);
            c10 = ai.fma(b0, c10);
            c11 = ai.fma(b1, c11);
            ai = FloatVector.broadcast(S, a[r2 + p]);
            c20 = ai.fma(b0, c20);
            c21 = ai.fma(b1, c21);
            ai = FloatVector.broadcast(S, a[r3 + p]);
            c30 = ai.fma(b0, c30);
            c31 = ai.fma(b1, c31);
        }
        int row = cOffset;
        c00.intoArray(c, row);
        c01.intoArray(c, row + L);
        row += ldc;
        c10.intoArray(c, row);
        c11.intoArray(c, row + L);
        row += ldc;
        c20.intoArray(c, row);
        c21.intoArray(c, row + L);
        row += ldc;
        c30.intoArray(c, row);
        c31.intoArray(c, row + L);
    }
}
