package org.lanewise.kernels.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/**
 * Rows of a stored A times columns of B, without a copy of either: a tile of C of 12 rows by 2 vectors.
 *
 * 24 accumulators + 2 vectors of B + 1 broadcast of A = 27 of 32 vector registers. Each row has an index of its own, so the scalar
 * instructions take time: in cache it runs at 0.86 to 0.9 of the speed of {@link MicroKernel12x2}, which is better than packing A
 * where C has few columns. (Two steps a pass were 4 % faster, but have so many vector operations that the compiler gives up
 * inlining, and boxes them all.)
 *
 * <p>
 * One flat method on purpose: see {@link MicroKernel12x2}.
 */
final class RowKernel12x2 {

    static final int ROWS = 12;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private RowKernel12x2() {
    }

    /**
     * Writes the tile to c, which is never read.
     *
     * @param depth number of steps, side by side in each row of A
     * @param rows  rows of A that there are, 1 to 12: in place of those beyond, the last one is computed again
     * @param lda   distance of two rows of A
     * @param bStep distance of two steps of B: 2L in a padded panel, its leading dimension in place
     */
    static void run(int depth, float[] a, int aOffset, int lda, int rows, float[] b, int bOffset, int bStep,
            float[] c, int cOffset, int ldc) {
        int r0 = aOffset;
        int r1 = rows > 1 ? r0 + lda : r0;
        int r2 = rows > 2 ? r1 + lda : r1;
        int r3 = rows > 3 ? r2 + lda : r2;
        int r4 = rows > 4 ? r3 + lda : r3;
        int r5 = rows > 5 ? r4 + lda : r4;
        int r6 = rows > 6 ? r5 + lda : r5;
        int r7 = rows > 7 ? r6 + lda : r6;
        int r8 = rows > 8 ? r7 + lda : r7;
        int r9 = rows > 9 ? r8 + lda : r8;
        int r10 = rows > 10 ? r9 + lda : r9;
        int r11 = rows > 11 ? r10 + lda : r10;
        FloatVector c00 = FloatVector.zero(S), c01 = c00;
        FloatVector c10 = FloatVector.zero(S), c11 = c10;
        FloatVector c20 = FloatVector.zero(S), c21 = c20;
        FloatVector c30 = FloatVector.zero(S), c31 = c30;
        FloatVector c40 = FloatVector.zero(S), c41 = c40;
        FloatVector c50 = FloatVector.zero(S), c51 = c50;
        FloatVector c60 = FloatVector.zero(S), c61 = c60;
        FloatVector c70 = FloatVector.zero(S), c71 = c70;
        FloatVector c80 = FloatVector.zero(S), c81 = c80;
        FloatVector c90 = FloatVector.zero(S), c91 = c90;
        FloatVector c100 = FloatVector.zero(S), c101 = c100;
        FloatVector c110 = FloatVector.zero(S), c111 = c110;
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
            ai = FloatVector.broadcast(S, a[r4 + p]);
            c40 = ai.fma(b0, c40);
            c41 = ai.fma(b1, c41);
            ai = FloatVector.broadcast(S, a[r5 + p]);
            c50 = ai.fma(b0, c50);
            c51 = ai.fma(b1, c51);
            ai = FloatVector.broadcast(S, a[r6 + p]);
            c60 = ai.fma(b0, c60);
            c61 = ai.fma(b1, c61);
            ai = FloatVector.broadcast(S, a[r7 + p]);
            c70 = ai.fma(b0, c70);
            c71 = ai.fma(b1, c71);
            ai = FloatVector.broadcast(S, a[r8 + p]);
            c80 = ai.fma(b0, c80);
            c81 = ai.fma(b1, c81);
            ai = FloatVector.broadcast(S, a[r9 + p]);
            c90 = ai.fma(b0, c90);
            c91 = ai.fma(b1, c91);
            ai = FloatVector.broadcast(S, a[r10 + p]);
            c100 = ai.fma(b0, c100);
            c101 = ai.fma(b1, c101);
            ai = FloatVector.broadcast(S, a[r11 + p]);
            c110 = ai.fma(b0, c110);
            c111 = ai.fma(b1, c111);
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
        row += ldc;
        c40.intoArray(c, row);
        c41.intoArray(c, row + L);
        row += ldc;
        c50.intoArray(c, row);
        c51.intoArray(c, row + L);
        row += ldc;
        c60.intoArray(c, row);
        c61.intoArray(c, row + L);
        row += ldc;
        c70.intoArray(c, row);
        c71.intoArray(c, row + L);
        row += ldc;
        c80.intoArray(c, row);
        c81.intoArray(c, row + L);
        row += ldc;
        c90.intoArray(c, row);
        c91.intoArray(c, row + L);
        row += ldc;
        c100.intoArray(c, row);
        c101.intoArray(c, row + L);
        row += ldc;
        c110.intoArray(c, row);
        c111.intoArray(c, row + L);
    }
}
