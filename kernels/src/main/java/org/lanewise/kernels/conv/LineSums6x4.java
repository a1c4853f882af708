package org.lanewise.kernels.conv;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.ADD;

/**
 * Products of scalars, read where they stand, with a panel of lanes:
 *
 * <pre>
 *   c(l, lane) += sum over i of a(i + offsets(l)) * b(i, lane)
 * </pre>
 *
 * 6 lines by 4 vectors: 24 accumulators + 4 vectors of b + 1 broadcast of a = 29 of 32 vector registers, and
 * half of the addresses of 12x2. GFLOP/s in the caches, where a core reaches 229, for lines by vectors: 6x4 190, 5x4 178, 12x2 177, 4x4
 * 170, 10x2 166, 9x2 161, 8x2 154. With vectors of pixels in place of scalars, and lanes added up at the end, 4x5 145.
 *
 * <p>
 * The matrix product has the same tile for rows at one distance, which it writes and never adds up: RowKernel6x4. Taps stand at any
 * distance. One flat method on purpose, as there.
 */
final class LineSums6x4 {

    static final int LINES = 6;
    static final int VECTORS = 4;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private LineSums6x4() {
    }

    /**
     * Adds to c.
     *
     * @param n       how many scalars of each line are summed
     * @param a       the scalars
     * @param aOffset added to the offsets
     * @param offsets of the lines
     * @param line    the first of them; beyond the last one it is taken again, for nothing
     * @param lines   how many lines there are in all
     * @param b       the panel, 4 vectors a step
     * @param c       the sums, 4 vectors a line
     * @param cOffset where those of the first line begin; there is room for 6 lines
     */
    static void add(int n, float[] a, int aOffset, int[] offsets, int line, int lines, float[] b, int bOffset,
            float[] c, int cOffset) {
        int last = lines - 1;
        int a0 = aOffset + offsets[line];
        int a1 = aOffset + offsets[Math.min(line + 1, last)];
        int a2 = aOffset + offsets[Math.min(line + 2, last)];
        int a3 = aOffset + offsets[Math.min(line + 3, last)];
        int a4 = aOffset + offsets[Math.min(line + 4, last)];
        int a5 = aOffset + offsets[Math.min(line + 5, last)];
        FloatVector c00 = FloatVector.zero(S), c01 = c00, c02 = c00, c03 = c00;
        FloatVector c10 = FloatVector.zero(S), c11 = c10, c12 = c10, c13 = c10;
        FloatVector c20 = FloatVector.zero(S), c21 = c20, c22 = c20, c23 = c20;
        FloatVector c30 = FloatVector.zero(S), c31 = c30, c32 = c30, c33 = c30;
        FloatVector c40 = FloatVector.zero(S), c41 = c40, c42 = c40, c43 = c40;
        FloatVector c50 = FloatVector.zero(S), c51 = c50, c52 = c50, c53 = c50;
        for (int i = 0, ib = bOffset; i < n; i++, ib += 4 * L) {
            FloatVector b0 = FloatVector.fromArray(S, b, ib);
            FloatVector b1 = FloatVector.fromArray(S, b, ib + L);
            FloatVector b2 = FloatVector.fromArray(S, b, ib + 2 * L);
            FloatVector b3 = FloatVector.fromArray(S, b, ib + 3 * L);
            FloatVector ai = FloatVector.broadcast(S, a[a0 + i]);
            c00 = ai.fma(b0, c00);
            c01 = ai.fma(b1, c01);
            c02 = ai.fma(b2, c02);
            c03 = ai.fma(b3, c03);
            ai = FloatVector.broadcast(S, a[a1 + i]);
            c10 = ai.fma(b0, c10);
            c11 = ai.fma(b1, c11);
            c12 = ai.fma(b2, c12);
            c13 = ai.fma(b3, c13);
            ai = FloatVector.broadcast(S, a[a2 + i]);
            c20 = ai.fma(b0, c20);
            c21 = ai.fma(b1, c21);
            c22 = ai.fma(b2, c22);
            c23 = ai.fma(b3, c23);
            ai = FloatVector.broadcast(S, a[a3 + i]);
            c30 = ai.fma(b0, c30);
            c31 = ai.fma(b1, c31);
            c32 = ai.fma(b2, c32);
            c33 = ai.fma(b3, c33);
            ai = FloatVector.broadcast(S, a[a4 + i]);
            c40 = ai.fma(b0, c40);
            c41 = ai.fma(b1, c41);
            c42 = ai.fma(b2, c42);
            c43 = ai.fma(b3, c43);
            ai = FloatVector.broadcast(S, a[a5 + i]);
            c50 = ai.fma(b0, c50);
            c51 = ai.fma(b1, c51);
            c52 = ai.fma(b2, c52);
            c53 = ai.fma(b3, c53);
        }
        int to = cOffset;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c00).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c01).intoArray(c, to + L);
        FloatVector.fromArray(S, c, to + 2 * L).lanewise(ADD, c02).intoArray(c, to + 2 * L);
        FloatVector.fromArray(S, c, to + 3 * L).lanewise(ADD, c03).intoArray(c, to + 3 * L);
        to += 4 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c10).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c11).intoArray(c, to + L);
        FloatVector.fromArray(S, c, to + 2 * L).lanewise(ADD, c12).intoArray(c, to + 2 * L);
        FloatVector.fromArray(S, c, to + 3 * L).lanewise(ADD, c13).intoArray(c, to + 3 * L);
        to += 4 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c20).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c21).intoArray(c, to + L);
        FloatVector.fromArray(S, c, to + 2 * L).lanewise(ADD, c22).intoArray(c, to + 2 * L);
        FloatVector.fromArray(S, c, to + 3 * L).lanewise(ADD, c23).intoArray(c, to + 3 * L);
        to += 4 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c30).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c31).intoArray(c, to + L);
        FloatVector.fromArray(S, c, to + 2 * L).lanewise(ADD, c32).intoArray(c, to + 2 * L);
        FloatVector.fromArray(S, c, to + 3 * L).lanewise(ADD, c33).intoArray(c, to + 3 * L);
        to += 4 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c40).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c41).intoArray(c, to + L);
        FloatVector.fromArray(S, c, to + 2 * L).lanewise(ADD, c42).intoArray(c, to + 2 * L);
        FloatVector.fromArray(S, c, to + 3 * L).lanewise(ADD, c43).intoArray(c, to + 3 * L);
        to += 4 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c50).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c51).intoArray(c, to + L);
        FloatVector.fromArray(S, c, to + 2 * L).lanewise(ADD, c52).intoArray(c, to + 2 * L);
        FloatVector.fromArray(S, c, to + 3 * L).lanewise(ADD, c53).intoArray(c, to + 3 * L);
    }
}
