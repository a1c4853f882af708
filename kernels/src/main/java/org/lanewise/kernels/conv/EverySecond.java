package org.lanewise.kernels.conv;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.EvenOdd;
import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.MUL;

/**
 * Copies between a run of floats and every second float of another: the rows of an image with stride 2.
 */
final class EverySecond {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    /** A copy is 1*x, and the constant the receiver: see the rules of the vector package. */
    private static final FloatVector ONE = FloatVector.broadcast(S, 1);
    private static final FloatVector ZERO = FloatVector.zero(S);
    private static final VectorMask<Float> UPPER = VectorMask.fromLong(S, -1L << (L / 2));
    private static final VectorMask<Float> ODD = VectorMask.fromLong(S, 0xaaaa);
    /** Lanes 0, 2, 4, ... of one vector to the lower half, those of another to the upper half. */
    private static final VectorShuffle<Float> PACK = VectorShuffle.fromOp(S, lane -> 2 * lane % L);
    private static final VectorShuffle<Float> SPREAD_LOWER = VectorShuffle.fromOp(S, lane -> lane / 2);
    private static final VectorShuffle<Float> SPREAD_UPPER = VectorShuffle.fromOp(S, lane -> L / 2 + lane / 2);

    private EverySecond() {
    }

    /** to[out + i] := from[at + 2*i] for i below n. */
    static void take(int n, float[] from, int at, float[] to, int out) {
        // the last vector reads one float too many, and may begin in the one before
        if (n >= L && at + 2 * n <= from.length) {
            takeVectors(n / L * L, from, at, to, out);
            takeVectors(L, from, at + 2 * (n - L), to, out + n - L);
            return;
        }
        for (int i = 0; i < n; i++) {
            to[out + i] = from[at + 2 * i];
        }
    }

    private static void takeVectors(int n, float[] from, int at, float[] to, int out) {
        for (int i = 0; i < n; i += L) {
            FloatVector low = FloatVector.fromArray(S, from, at + 2 * i).rearrange(PACK);
            FloatVector high = FloatVector.fromArray(S, from, at + 2 * i + L).rearrange(PACK);
            ONE.lanewise(MUL, low.blend(high, UPPER)).intoArray(to, out + i);
        }
    }

    /** to[out + 2*i] := from[at + i] for i below n, and what stands between two of them := 0. */
    static void put(int n, float[] from, int at, float[] to, int out) {
        int whole = (n - 1) / L * L;
        if (whole > 0) {
            putVectors(whole, from, at, to, out);
        }
        for (int i = whole; i < n; i++) {
            if (i > whole) {
                to[out + 2 * i - 1] = 0;
            }
            to[out + 2 * i] = from[at + i];
        }
    }

    private static void putVectors(int n, float[] from, int at, float[] to, int out) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, from, at + i);
            ONE.lanewise(MUL, v.rearrange(SPREAD_LOWER).blend(ZERO, ODD)).intoArray(to, out + 2 * i);
            ONE.lanewise(MUL, v.rearrange(SPREAD_UPPER).blend(ZERO, ODD)).intoArray(to, out + 2 * i + L);
        }
    }

    /** to[2*i] := from[even + i] and to[2*i + 1] := from[odd + i] for i below n, by whole vectors. */
    static void join(int n, float[] from, int even, int odd, float[] to) {
        join(n, from, even, odd, to, 0);
    }

    /** The same from {@code out} on. */
    static void join(int n, float[] from, int even, int odd, float[] to, int out) {
        for (int i = 0; i < n; i += L) {
            FloatVector a = FloatVector.fromArray(S, from, even + i);
            FloatVector b = FloatVector.fromArray(S, from, odd + i);
            ONE.lanewise(MUL, a.rearrange(EvenOdd.LOW, b)).intoArray(to, out + 2 * i);
            ONE.lanewise(MUL, a.rearrange(EvenOdd.HIGH, b)).intoArray(to, out + 2 * i + L);
        }
    }
}
