package org.lanewise.kernels.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.ADD;
import static org.lanewise.kernels.gemm.MicroKernel.MR;

/**
 * A panel of A times a panel of B: a tile of C of 12 rows by 2 vectors.
 *
 * <pre>
 *                   b panel:   [p][0 .. 2L)      one row of 2 vectors for each step p
 *   a panel:        +---------------------+
 *   [p][0 .. 12)   | tile of C           |    acc(i, v) += a[p][i] * b[p][v],  p = 0 .. depth
 *                   +---------------------+
 * </pre>
 *
 * 12x2: 24 accumulators + 2 vectors of B + 1 broadcast of A = 27 of 32 vector registers (AVX-512, ARM).
 *
 * <p>
 * One flat method on purpose. A helper that takes or returns vectors makes the compiler give up inlining
 * (NodeCountInliningCutoff), the accumulators are boxed, and the kernel is ten times slower. alpha, beta and bias have no
 * place here either: a scalar that lives across the loop takes a register from it.
 */
final class MicroKernel12x2 {

    static final int ROWS = 12;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private MicroKernel12x2() {
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
        FloatVector c40 = FloatVector.zero(S), c41 = c40;
        FloatVector c50 = FloatVector.zero(S), c51 = c50;
        FloatVector c60 = FloatVector.zero(S), c61 = c60;
        FloatVector c70 = FloatVector.zero(S), c71 = c70;
        FloatVector c80 = FloatVector.zero(S), c81 = c80;
        FloatVector c90 = FloatVector.zero(S), c91 = c90;
        FloatVector c100 = FloatVector.zero(S), c101 = c100;
        FloatVector c110 = FloatVector.zero(S), c111 = c110;
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
            ai = FloatVector.broadcast(S, a[ia + 4]);
            c40 = ai.fma(b0, c40);
            c41 = ai.fma(b1, c41);
            ai = FloatVector.broadcast(S, a[ia + 5]);
            c50 = ai.fma(b0, c50);
            c51 = ai.fma(b1, c51);
            ai = FloatVector.broadcast(S, a[ia + 6]);
            c60 = ai.fma(b0, c60);
            c61 = ai.fma(b1, c61);
            ai = FloatVector.broadcast(S, a[ia + 7]);
            c70 = ai.fma(b0, c70);
            c71 = ai.fma(b1, c71);
            ai = FloatVector.broadcast(S, a[ia + 8]);
            c80 = ai.fma(b0, c80);
            c81 = ai.fma(b1, c81);
            ai = FloatVector.broadcast(S, a[ia + 9]);
            c90 = ai.fma(b0, c90);
            c91 = ai.fma(b1, c91);
            ai = FloatVector.broadcast(S, a[ia + 10]);
            c100 = ai.fma(b0, c100);
            c101 = ai.fma(b1, c101);
            ai = FloatVector.broadcast(S, a[ia + 11]);
            c110 = ai.fma(b0, c110);
            c111 = ai.fma(b1, c111);
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
            row += ldc;
            FloatVector.fromArray(S, c, row).lanewise(ADD, c40).intoArray(c, row);
            FloatVector.fromArray(S, c, row + L).lanewise(ADD, c41).intoArray(c, row + L);
            row += ldc;
            FloatVector.fromArray(S, c, row).lanewise(ADD, c50).intoArray(c, row);
            FloatVector.fromArray(S, c, row + L).lanewise(ADD, c51).intoArray(c, row + L);
            row += ldc;
            FloatVector.fromArray(S, c, row).lanewise(ADD, c60).intoArray(c, row);
            FloatVector.fromArray(S, c, row + L).lanewise(ADD, c61).intoArray(c, row + L);
            row += ldc;
            FloatVector.fromArray(S, c, row).lanewise(ADD, c70).intoArray(c, row);
            FloatVector.fromArray(S, c, row + L).lanewise(ADD, c71).intoArray(c, row + L);
            row += ldc;
            FloatVector.fromArray(S, c, row).lanewise(ADD, c80).intoArray(c, row);
            FloatVector.fromArray(S, c, row + L).lanewise(ADD, c81).intoArray(c, row + L);
            row += ldc;
            FloatVector.fromArray(S, c, row).lanewise(ADD, c90).intoArray(c, row);
            FloatVector.fromArray(S, c, row + L).lanewise(ADD, c91).intoArray(c, row + L);
            row += ldc;
            FloatVector.fromArray(S, c, row).lanewise(ADD, c100).intoArray(c, row);
            FloatVector.fromArray(S, c, row + L).lanewise(ADD, c101).intoArray(c, row + L);
            row += ldc;
            FloatVector.fromArray(S, c, row).lanewise(ADD, c110).intoArray(c, row);
            FloatVector.fromArray(S, c, row + L).lanewise(ADD, c111).intoArray(c, row + L);
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
}
