package org.lanewise.kernels.limits;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.LaneSum;
import org.lanewise.kernels.vector.Lanes;

/** The loops of {@link org.lanewise.kernels.MachineLimits}. */
public final class VectorLimits {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    /** Fused multiply-adds of one round of {@link #multiplyAdds}. */
    public static final int PER_ROUND = 12 * L;

    /** Elements that one pass of the streaming loops takes. */
    public static final int PER_PASS = 8 * L;

    private VectorLimits() {
    }

    /**
     * Twelve chains: two units with a latency of four or five cycles are busy with ten, and sixteen registers hold no more than
     * thirteen with the factors.
     */
    public static float multiplyAdds(int rounds, float x, float y) {
        FloatVector a = FloatVector.broadcast(S, x);
        FloatVector b = FloatVector.broadcast(S, y);
        FloatVector s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        for (int i = 0; i < rounds; i++) {
            s0 = a.fma(b, s0);
            s1 = a.fma(b, s1);
            s2 = a.fma(b, s2);
            s3 = a.fma(b, s3);
            s4 = a.fma(b, s4);
            s5 = a.fma(b, s5);
            s6 = a.fma(b, s6);
            s7 = a.fma(b, s7);
            s8 = a.fma(b, s8);
            s9 = a.fma(b, s9);
            s10 = a.fma(b, s10);
            s11 = a.fma(b, s11);
        }
        return LaneSum.of(s0.add(s1).add(s2.add(s3)).add(s4.add(s5).add(s6.add(s7))).add(s8.add(s9).add(s10.add(s11))));
    }

    /** The sum of n elements, a multiple of {@link #PER_PASS}. Eight sums: two loads a cycle, and an addition takes three or four. */
    public static float read(int n, float[] x) {
        FloatVector s0 = FloatVector.zero(S), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
        for (int i = 0; i < n; i += PER_PASS) {
            s0 = FloatVector.fromArray(S, x, i).add(s0);
            s1 = FloatVector.fromArray(S, x, i + L).add(s1);
            s2 = FloatVector.fromArray(S, x, i + 2 * L).add(s2);
            s3 = FloatVector.fromArray(S, x, i + 3 * L).add(s3);
            s4 = FloatVector.fromArray(S, x, i + 4 * L).add(s4);
            s5 = FloatVector.fromArray(S, x, i + 5 * L).add(s5);
            s6 = FloatVector.fromArray(S, x, i + 6 * L).add(s6);
            s7 = FloatVector.fromArray(S, x, i + 7 * L).add(s7);
        }
        return LaneSum.of(s0.add(s1).add(s2.add(s3)).add(s4.add(s5).add(s6.add(s7))));
    }

    /** x[i] := value for n elements, a multiple of {@link #PER_PASS}. */
    public static void write(int n, float value, float[] x) {
        FloatVector v = FloatVector.broadcast(S, value);
        for (int i = 0; i < n; i += PER_PASS) {
            v.intoArray(x, i);
            v.intoArray(x, i + L);
            v.intoArray(x, i + 2 * L);
            v.intoArray(x, i + 3 * L);
            v.intoArray(x, i + 4 * L);
            v.intoArray(x, i + 5 * L);
            v.intoArray(x, i + 6 * L);
            v.intoArray(x, i + 7 * L);
        }
    }

    /** a := b + s*c for n elements, a multiple of {@link #PER_PASS}. */
    public static void triad(int n, float s, float[] b, float[] c, float[] a) {
        FloatVector factor = FloatVector.broadcast(S, s);
        for (int i = 0; i < n; i += 4 * L) {
            factor.fma(FloatVector.fromArray(S, c, i), FloatVector.fromArray(S, b, i)).intoArray(a, i);
            factor.fma(FloatVector.fromArray(S, c, i + L), FloatVector.fromArray(S, b, i + L)).intoArray(a, i + L);
            factor.fma(FloatVector.fromArray(S, c, i + 2 * L), FloatVector.fromArray(S, b, i + 2 * L))
                    .intoArray(a, i + 2 * L);
            factor.fma(FloatVector.fromArray(S, c, i + 3 * L), FloatVector.fromArray(S, b, i + 3 * L))
                    .intoArray(a, i + 3 * L);
        }
    }
}
