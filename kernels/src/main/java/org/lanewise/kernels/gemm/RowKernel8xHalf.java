package org.lanewise.kernels.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.FMA;

/**
 * Rows of a stored A times columns of B, without a copy of either: a tile of C of 8 rows by half a vector, for the
 * last columns. A whole vector would reach beyond the ends of small matrices, which then must be copied: 8x8x8 took 1.5 of the
 * time.
 *
 * <p>
 * {@link RowKernel8x1} with another species, which must be a constant; and so {@code lanewise} in place of {@code fma}: see the
 * rules of the vector package. One flat method on purpose: see {@link MicroKernel12x2}.
 */
final class RowKernel8xHalf {

    /** Short vectors have no half, and this kernel is not used. */
    static final int COLUMNS = Lanes.COUNT >= 8 ? Lanes.COUNT / 2 : Lanes.COUNT;

    private static final VectorSpecies<Float> S = VectorSpecies.of(float.class,
            VectorShape.forBitSize(COLUMNS * Float.SIZE));

    private RowKernel8xHalf() {
    }

    /**
     * Writes the tile to c, which is never read.
     *
     * @param depth number of steps, side by side in each row of A
     * @param rows  rows of A that there are, 1 to 8: in place of those beyond, the last one is computed again
     * @param lda   distance of two rows of A
     * @param bStep distance of two steps of B
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
        FloatVector c0 = FloatVector.zero(S), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
        for (int p = 0, ib = bOffset; p < depth; p++, ib += bStep) {
            FloatVector bp = FloatVector.fromArray(S, b, ib);
            c0 = FloatVector.broadcast(S, a[r0 + p]).lanewise(FMA, bp, c0);
            c1 = FloatVector.broadcast(S, a[r1 + p]).lanewise(FMA, bp, c1);
            c2 = FloatVector.broadcast(S, a[r2 + p]).lanewise(FMA, bp, c2);
            c3 = FloatVector.broadcast(S, a[r3 + p]).lanewise(FMA, bp, c3);
            c4 = FloatVector.broadcast(S, a[r4 + p]).lanewise(FMA, bp, c4);
            c5 = FloatVector.broadcast(S, a[r5 + p]).lanewise(FMA, bp, c5);
            c6 = FloatVector.broadcast(S, a[r6 + p]).lanewise(FMA, bp, c6);
            c7 = FloatVector.broadcast(S, a[r7 + p]).lanewise(FMA, bp, c7);
        }
        int row = cOffset;
        c0.intoArray(c, row);
        row += ldc;
        c1.intoArray(c, row);
        row += ldc;
        c2.intoArray(c, row);
        row += ldc;
        c3.intoArray(c, row);
        row += ldc;
        c4.intoArray(c, row);
        row += ldc;
        c5.intoArray(c, row);
        row += ldc;
        c6.intoArray(c, row);
        row += ldc;
        c7.intoArray(c, row);
    }
}
