package org.lanewise.kernels.gemm;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.ADD;
import static org.lanewise.kernels.gemm.MicroKernel.MR;

/**
 * A panel of A times a panel of B: a tile of C of 6 rows by 2 vectors.
 *
 * <pre>
 *                   b panel:   [p][0 .. 2L)      one row of 2 vectors for each step p
 *   a panel:        +---------------------+
 *   [p][0 .. 6 )   | tile of C           |    acc(i, v) += a[p][i] * b[p][v],  p = 0 .. depth
 *                   +---------------------+
 * </pre>
 *
 * 6x2: 12 accumulators + 2 vectors of B + 1 broadcast of A = 15 of 16 vector registers (AVX2 and before).
 *
 * <p>
 * The fence after each row keeps the compiler from moving the broadcasts of later rows up: with three of them alive at once it
 * runs out of registers, an accumulator lives on the stack, and its store-to-load latency sets the pace: 37 of 99 GFLOPS on a
 * Zen 3 core, 99 with the fence. On x86 a load-load fence is no instruction, only an order for the compiler. (A dummy store
 * does the same and costs 3 %; 5x2 needs the fence as well; 4x2 does without and reaches 98 % in cache, but loads more per
 * multiply-add.)
 *
 * <p>
 * One flat method on purpose. A helper that takes or returns vectors makes the compiler give up inlining
 * (NodeCountInliningCutoff), the accumulators are boxed, and the kernel is ten times slower. alpha, beta and bias have no
 * place here either: a scalar that lives across the loop takes a register from it.
 */
final class MicroKernel6x2 {

    static final int ROWS = 6;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private MicroKernel6x2() {
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
        for (int p = 0, ia = aOffset, ib = bOffset; p < depth; p++, ia += MR, ib += 2 * L) {
            FloatVector b0 = FloatVector.fromArray(S, b, ib);
            FloatVector b1 = FloatVector.fromArray(S, b, ib + L);
            FloatVector ai = FloatVector.broadcast(S, a[ia]);
            c00 = ai.fma(b0, c00);
            c01 = ai.fma(b1, c01);
            VarHandle.loadLoadFence();
            ai = FloatVector.broadcast(S, a[ia + 1]);
            c10 = ai.fma(b0, c10);
            c11 = ai.fma(b1, c11);
            VarHandle.loadLoadFence();
            ai = FloatVector.broadcast(S, a[ia + 2]);
            c20 = ai.fma(b0, c20);
            c21 = ai.fma(b1, c21);
            VarHandle.loadLoadFence();
            ai = FloatVector.broadcast(S, a[ia + 3]);
            c30 = ai.fma(b0, c30);
            c31 = ai.fma(b1, c31);
            VarHandle.loadLoadFence();
            ai = FloatVector.broadcast(S, a[ia + 4]);
            c40 = ai.fma(b0, c40);
            c41 = ai.fma(b1, c41);
            VarHandle.loadLoadFence();
            ai = FloatVector.broadcast(S, a[ia + 5]);
            c50 = ai.fma(b0, c50);
            c51 = ai.fma(b1, c51);
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
        }
    }
}
