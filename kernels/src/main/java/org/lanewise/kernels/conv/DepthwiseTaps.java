package org.lanewise.kernels.conv;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.LaneSum;
import org.lanewise.kernels.vector.Lanes;

/**
 * Sums over pixels for the taps of one filter, in vectors:
 *
 * <pre>
 *   sums(p) += sum over i of d(i) * planes(i + offsets(p))
 * </pre>
 *
 * where d is dY with zeros between its rows, so that pixels are one run. Each tap keeps a vector until its lanes are added up at the end.
 */
final class DepthwiseTaps {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    /** Taps that are summed at a time. */
    private static final int TAPS = 9;

    private DepthwiseTaps() {
    }

    /** Floats that the sums of a filter take. */
    static int size(int taps) {
        return Math.ceilDiv(taps, TAPS) * TAPS * L;
    }

    /** Adds n pixels, a multiple of the lanes. */
    static void add(float[] d, int n, float[] planes, int[] offsets, int taps, float[] sums, int start) {
        for (int p = 0; p < taps; p += TAPS) {
            nine(d, n, planes, offsets, p, taps - 1, sums, start + p * L);
        }
    }

    /** Nine taps from p on; beyond the last one it is taken again, for nothing. */
    private static void nine(float[] d, int n, float[] x, int[] offsets, int p, int last, float[] sums, int at) {
        int o0 = offsets[p];
        int o1 = offsets[Math.min(p + 1, last)];
        int o2 = offsets[Math.min(p + 2, last)];
        int o3 = offsets[Math.min(p + 3, last)];
        int o4 = offsets[Math.min(p + 4, last)];
        int o5 = offsets[Math.min(p + 5, last)];
        int o6 = offsets[Math.min(p + 6, last)];
        int o7 = offsets[Math.min(p + 7, last)];
        int o8 = offsets[Math.min(p + 8, last)];
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = FloatVector.zero(S);
        FloatVector s2 = FloatVector.zero(S);
        FloatVector s3 = FloatVector.zero(S);
        FloatVector s4 = FloatVector.zero(S);
        FloatVector s5 = FloatVector.zero(S);
        FloatVector s6 = FloatVector.zero(S);
        FloatVector s7 = FloatVector.zero(S);
        FloatVector s8 = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            FloatVector di = FloatVector.fromArray(S, d, i);
            s0 = FloatVector.fromArray(S, x, i + o0).fma(di, s0);
            s1 = FloatVector.fromArray(S, x, i + o1).fma(di, s1);
            s2 = FloatVector.fromArray(S, x, i + o2).fma(di, s2);
            s3 = FloatVector.fromArray(S, x, i + o3).fma(di, s3);
            s4 = FloatVector.fromArray(S, x, i + o4).fma(di, s4);
            s5 = FloatVector.fromArray(S, x, i + o5).fma(di, s5);
            s6 = FloatVector.fromArray(S, x, i + o6).fma(di, s6);
            s7 = FloatVector.fromArray(S, x, i + o7).fma(di, s7);
            s8 = FloatVector.fromArray(S, x, i + o8).fma(di, s8);
        }
        FloatVector.fromArray(S, sums, at).add(s0).intoArray(sums, at);
        FloatVector.fromArray(S, sums, at + L).add(s1).intoArray(sums, at + L);
        FloatVector.fromArray(S, sums, at + 2 * L).add(s2).intoArray(sums, at + 2 * L);
        FloatVector.fromArray(S, sums, at + 3 * L).add(s3).intoArray(sums, at + 3 * L);
        FloatVector.fromArray(S, sums, at + 4 * L).add(s4).intoArray(sums, at + 4 * L);
        FloatVector.fromArray(S, sums, at + 5 * L).add(s5).intoArray(sums, at + 5 * L);
        FloatVector.fromArray(S, sums, at + 6 * L).add(s6).intoArray(sums, at + 6 * L);
        FloatVector.fromArray(S, sums, at + 7 * L).add(s7).intoArray(sums, at + 7 * L);
        FloatVector.fromArray(S, sums, at + 8 * L).add(s8).intoArray(sums, at + 8 * L);
    }

    /** dW := the lanes of the sums added up, + beta*dW. */
    static void finish(float[] sums, int start, int taps, float beta, float[] dW, int dWOffset) {
        for (int p = 0; p < taps; p++) {
            float sum = LaneSum.of(FloatVector.fromArray(S, sums, start + p * L));
            int to = dWOffset + p;
            dW[to] = beta == 0 ? sum : Math.fma(beta, dW[to], sum);
        }
    }
}
