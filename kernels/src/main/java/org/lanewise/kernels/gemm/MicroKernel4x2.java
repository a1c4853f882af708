package org.lanewise.kernels.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.ADD;
import static org.lanewise.kernels.gemm.MicroKernel.MR;

/**
 * A panel of A times a panel of B: a tile of C of 4 rows by 2 vectors.
 *
 * <pre>
 *                   b panel:   [p][0 .. 2L)      one row of 2 vectors for each step p
 *   a panel:        +---------------------+
 *   [p][0 .. 4 )   | tile of C           |    acc(i, v) += a[p][i] * b[p][v],  p = 0 .. depth
 *                   +---------------------+
 * </pre>
 *
 * For the last rows of a product where a wider micro-kernel would compute some for nothing.
 * One flat method on purpose: see {@link MicroKernel12x2}.
 */
final class MicroKernel4x2 {

    static final int ROWS = 4;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private MicroKernel4x2() {
    }

    /**
     * Writes the tile to c, or adds it.
     *
     * @param depth number of steps
     * @param add   whether the tile is added to what c holds; otherwise c is overwritten and never read
     */
    static void run(int depth, float[] a, int aOffset, float[] b, int bOffset,
            float[] c, int cOffset, int ldc, boolean add) {
        FloatVector c00 = FloatVector.zero(S), c01 = c00;
        FloatVector c10 = FloatVector.zero(S), c11 = c10;
        FloatVector c20 = FloatVector.zero(S), c21 = c20;
        FloatVector c30 = FloatVector.zero(S), c31 = c30;
        for (int p = 0, ia = aOffset, ib = bOffset; p < depth; p++, ia += MR, ib += 2 * L) {
            FloatVector b0 = FloatVector.fromArray(S, b, ib);
            FloatVector b1 = FloatVector.fromArray(S, b, ib + L);
            FloatVector ai = FloatVector.broadcast(S, a[ia]);
            c00 = ai.fma(b0, c00);
            c01 = ai.fma(b1, c01);
            ai = FloatVector.broadcast(S, a[ia + 1]);
            c10 = ai.fma(b0, c10);
            c11 = ai.fma(b1, c11);
            ai = FloatVector.broadcast(S, a[ia + 2]);
            c20 = ai.fma(b0, c20);
            c21 = ai.fma(b1, c21);
            ai = FloatVector.broadcast(S, a[ia + 3]);
            c30 = ai.fma(b0, c30);
            c31 = ai.fma(b1, c31);
        }
        int row = cOffset;
        if (add) {
            FloatVector.fromArray(S, c, row).lanewise(ADD, c00).intoArray(c, row);
            FloatVector.fromArray(S, c, row + L).lanewise(ADD, c01).intoArray(c, row + L);
            row += ldc;
            FloatVector.fromArray(S, c, row).lanewise(ADD, c10).intoArray(c, row);
            FloatVector.fromArray(S, c, row + L).lanewise(ADD, c11).intoArray(c, row + L);
            row += ldc;
            FloatVector.fromArray(S, c, row).lanewise(ADD, c20).intoArray(c, row);
            FloatVector.fromArray(S, c, row + L).lanewise(ADD, c21).intoArray(c, row + L);
            row += ldc;
            FloatVector.fromArray(S, c, row).lanewise(ADD, c30).intoArray(c, row);
            FloatVector.fromArray(S, c, row + L).lanewise(ADD, c31).intoArray(c, row + L);
        } else {
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
}
