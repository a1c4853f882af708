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
 * 12 lines by 2 vectors: 24 accumulators + 2 vectors of b + 1 broadcast of a = 27 of 32 vector registers. For
 * panels of so many vectors: see {@link LineSums6x4}.
 */
final class LineSums12x2 {

    static final int LINES = 12;
    static final int VECTORS = 2;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private LineSums12x2() {
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
     * @param b       the panel, 2 vectors a step
     * @param c       the sums, 2 vectors a line
     * @param cOffset where those of the first line begin; there is room for 12 lines
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
        int a6 = aOffset + offsets[Math.min(line + 6, last)];
        int a7 = aOffset + offsets[Math.min(line + 7, last)];
        int a8 = aOffset + offsets[Math.min(line + 8, last)];
        int a9 = aOffset + offsets[Math.min(line + 9, last)];
        int a10 = aOffset + offsets[Math.min(line + 10, last)];
        int a11 = aOffset + offsets[Math.min(line + 11, last)];
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
        for (int i = 0, ib = bOffset; i < n; i++, ib += 2 * L) {
            FloatVector b0 = FloatVector.fromArray(S, b, ib);
            FloatVector b1 = FloatVector.fromArray(S, b, ib + L);
            FloatVector ai = FloatVector.broadcast(S, a[a0 + i]);
            c00 = ai.fma(b0, c00);
            c01 = ai.fma(b1, c01);
            ai = FloatVector.broadcast(S, a[a1 + i]);
            c10 = ai.fma(b0, c10);
            c11 = ai.fma(b1, c11);
            ai = FloatVector.broadcast(S, a[a2 + i]);
            c20 = ai.fma(b0, c20);
            c21 = ai.fma(b1, c21);
            ai = FloatVector.broadcast(S, a[a3 + i]);
            c30 = ai.fma(b0, c30);
            c31 = ai.fma(b1, c31);
            ai = FloatVector.broadcast(S, a[a4 + i]);
            c40 = ai.fma(b0, c40);
            c41 = ai.fma(b1, c41);
            ai = FloatVector.broadcast(S, a[a5 + i]);
            c50 = ai.fma(b0, c50);
            c51 = ai.fma(b1, c51);
            ai = FloatVector.broadcast(S, a[a6 + i]);
            c60 = ai.fma(b0, c60);
            c61 = ai.fma(b1, c61);
            ai = FloatVector.broadcast(S, a[a7 + i]);
            c70 = ai.fma(b0, c70);
            c71 = ai.fma(b1, c71);
            ai = FloatVector.broadcast(S, a[a8 + i]);
            c80 = ai.fma(b0, c80);
            c81 = ai.fma(b1, c81);
            ai = FloatVector.broadcast(S, a[a9 + i]);
            c90 = ai.fma(b0, c90);
            c91 = ai.fma(b1, c91);
            ai = FloatVector.broadcast(S, a[a10 + i]);
            c100 = ai.fma(b0, c100);
            c101 = ai.fma(b1, c101);
            ai = FloatVector.broadcast(S, a[a11 + i]);
            c110 = ai.fma(b0, c110);
            c111 = ai.fma(b1, c111);
        }
        int to = cOffset;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c00).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c01).intoArray(c, to + L);
        to += 2 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c10).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c11).intoArray(c, to + L);
        to += 2 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c20).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c21).intoArray(c, to + L);
        to += 2 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c30).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c31).intoArray(c, to + L);
        to += 2 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c40).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c41).intoArray(c, to + L);
        to += 2 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c50).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c51).intoArray(c, to + L);
        to += 2 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c60).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c61).intoArray(c, to + L);
        to += 2 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c70).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c71).intoArray(c, to + L);
        to += 2 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c80).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c81).intoArray(c, to + L);
        to += 2 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c90).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c91).intoArray(c, to + L);
        to += 2 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c100).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c101).intoArray(c, to + L);
        to += 2 * L;
        FloatVector.fromArray(S, c, to).lanewise(ADD, c110).intoArray(c, to);
        FloatVector.fromArray(S, c, to + L).lanewise(ADD, c111).intoArray(c, to + L);
    }
}
