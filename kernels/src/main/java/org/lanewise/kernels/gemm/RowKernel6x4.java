package org.lanewise.kernels.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/**
 * Rows of a stored A times columns of B, without a copy of either: a tile of C of 6 rows by 4 vectors.
 *
 * 24 accumulators + 4 vectors of B + 1 broadcast of A = 29 of 32 vector registers. It has half the indices of
 * {@link RowKernel12x2}, which all fit registers, and loads 10 values for 24 multiply-adds instead of 14. Nanoseconds for 24 rows
 * and vectors on a CPU with AVX-512, 6x4 and 12x2: 158 and 193 for 32 steps, 297 and 364 for 64, 529 and 721 for 128, 1276 and
 * 1403 for 256, whose four vectors of B (64 KB) do not fit the L1 cache.
 *
 * <p>
 * One flat method on purpose: see {@link MicroKernel12x2}.
 */
final class RowKernel6x4 {

    static final int ROWS = 6;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private RowKernel6x4() {
    }

    /**
     * Writes the tile to c, which is never read.
     *
     * @param depth number of steps, side by side in each row of A
     * @param rows  rows of A that there are, 1 to 6: in place of those beyond, the last one is computed again
     * @param lda   distance of two rows of A
     * @param bStep distance of two steps of B: 4L in a padded panel, its leading dimension in place
     */
    static void run(int depth, float[] a, int aOffset, int lda, int rows, float[] b, int bOffset, int bStep,
            float[] c, int cOffset, int ldc) {
        int r0 = aOffset;
        int r1 = rows > 1 ? r0 + lda : r0;
        int r2 = rows > 2 ? r1 + lda : r1;
        int r3 = rows > 3 ? r2 + lda : r2;
        int r4 = rows > 4 ? r3 + lda : r3;
        int r5 = rows > 5 ? r4 + lda : r4;
        FloatVector c00 = FloatVector.zero(S), c01 = c00, c02 = c00, c03 = c00;
        FloatVector c10 = FloatVector.zero(S), c11 = c10, c12 = c10, c13 = c10;
        FloatVector c20 = FloatVector.zero(S), c21 = c20, c22 = c20, c23 = c20;
        FloatVector c30 = FloatVector.zero(S), c31 = c30, c32 = c30, c33 = c30;
        FloatVector c40 = FloatVector.zero(S), c41 = c40, c42 = c40, c43 = c40;
        FloatVector c50 = FloatVector.zero(S), c51 = c50, c52 = c50, c53 = c50;
        for (int p = 0, ib = bOffset; p < depth; p++, ib += bStep) {
            FloatVector b0 = FloatVector.fromArray(S, b, ib);
            FloatVector b1 = FloatVector.fromArray(S, b, ib + L);
            FloatVector b2 = FloatVector.fromArray(S, b, ib + 2 * L);
            FloatVector b3 = FloatVector.fromArray(S, b, ib + 3 * L);
            FloatVector ai = FloatVector.broadcast(S, a[r0 + p]);
            c00 = ai.fma(b0, c00);
            c01 = ai.fma(b1, c01);
            c02 = ai.fma(b2, c02);
            c03 = ai.fma(b3, c03);
            ai = FloatVector.broadcast(S, a[r1 + p]);
            c10 = ai.fma(b0, c10);
            c11 = ai.fma(b1, c11);
            c12 = ai.fma(b2, c12);
            c13 = ai.fma(b3, c13);
            ai = FloatVector.broadcast(S, a[r2 + p]);
            c20 = ai.fma(b0, c20);
            c21 = ai.fma(b1, c21);
            c22 = ai.fma(b2, c22);
            c23 = ai.fma(b3, c23);
            ai = FloatVector.broadcast(S, a[r3 + p]);
            c30 = ai.fma(b0, c30);
            c31 = ai.fma(b1, c31);
            c32 = ai.fma(b2, c32);
            c33 = ai.fma(b3, c33);
            ai = FloatVector.broadcast(S, a[r4 + p]);
            c40 = ai.fma(b0, c40);
            c41 = ai.fma(b1, c41);
            c42 = ai.fma(b2, c42);
            c43 = ai.fma(b3, c43);
            ai = FloatVector.broadcast(S, a[r5 + p]);
            c50 = ai.fma(b0, c50);
            c51 = ai.fma(b1, c51);
            c52 = ai.fma(b2, c52);
            c53 = ai.fma(b3, c53);
        }
        int row = cOffset;
        c00.intoArray(c, row);
        c01.intoArray(c, row + L);
        c02.intoArray(c, row + 2 * L);
        c03.intoArray(c, row + 3 * L);
        row += ldc;
        c10.intoArray(c, row);
        c11.intoArray(c, row + L);
        c12.intoArray(c, row + 2 * L);
        c13.intoArray(c, row + 3 * L);
        row += ldc;
        c20.intoArray(c, row);
        c21.intoArray(c, row + L);
        c22.intoArray(c, row + 2 * L);
        c23.intoArray(c, row + 3 * L);
        row += ldc;
        c30.intoArray(c, row);
        c31.intoArray(c, row + L);
        c32.intoArray(c, row + 2 * L);
        c33.intoArray(c, row + 3 * L);
        row += ldc;
        c40.intoArray(c, row);
        c41.intoArray(c, row + L);
        c42.intoArray(c, row + 2 * L);
        c43.intoArray(c, row + 3 * L);
        row += ldc;
        c50.intoArray(c, row);
        c51.intoArray(c, row + L);
        c52.intoArray(c, row + 2 * L);
        c53.intoArray(c, row + 3 * L);
    }
}
