package org.lanewise.kernels.rnn;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.math.VectorActivations;
import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.FMA;
import static jdk.incubator.vector.VectorOperators.MUL;
import static jdk.incubator.vector.VectorOperators.NEG;
import static jdk.incubator.vector.VectorOperators.SUB;

/** Columns r, z, n, q. The two products of n are not summed: q is the second, and n the first until r is known. */
final class GruCell extends Cell {

    static final Cell INSTANCE = new GruCell();

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private GruCell() {
        super(4, 2, 4, -1);
    }

    @Override
    void forward(int count, float[] gates, int r, int h, float[] before, int beforeAt, float[] y, int yAt) {
        int z = r + h;
        int n = z + h;
        int q = n + h;
        VectorActivations.sigmoid(count, gates, r, gates, r);
        VectorActivations.sigmoid(count, gates, z, gates, z);
        candidate(count, gates, r, n, q);
        VectorActivations.tanh(count, gates, n, gates, n);
        hiddenState(count, gates, z, n, before, beforeAt, y, yAt);
    }

    /** What goes into n: n := n + r * q. */
    private static void candidate(int count, float[] gates, int r, int n, int q) {
        int j = 0;
        for (; j <= count - L; j += L) {
            FloatVector.fromArray(S, gates, r + j)
                    .lanewise(FMA, FloatVector.fromArray(S, gates, q + j), FloatVector.fromArray(S, gates, n + j))
                    .intoArray(gates, n + j);
        }
        for (; j < count; j++) {
            gates[n + j] = Math.fma(gates[r + j], gates[q + j], gates[n + j]);
        }
    }

    /** h(t) := (1 - z) * n + z * h(t-1) = n + z * (h(t-1) - n). */
    private static void hiddenState(int count, float[] gates, int z, int n, float[] before, int beforeAt, float[] y,
            int yAt) {
        int j = 0;
        for (; j <= count - L; j += L) {
            FloatVector candidate = FloatVector.fromArray(S, gates, n + j);
            FloatVector difference = FloatVector.fromArray(S, before, beforeAt + j).lanewise(SUB, candidate);
            FloatVector.fromArray(S, gates, z + j).lanewise(FMA, difference, candidate).intoArray(y, yAt + j);
        }
        for (; j < count; j++) {
            float candidate = gates[n + j];
            y[yAt + j] = Math.fma(gates[z + j], before[beforeAt + j] - candidate, candidate);
        }
    }

    @Override
    void backward(int count, float[] gates, int at, int h, float[] before, int beforeAt, float[] y, int yAt,
            float[] d, int dH, int dC, float[] dZ, int dZAt) {
        int whole = count / L * L;
        if (whole > 0) {
            backwardVectors(whole, gates, at, h, before, beforeAt, d, dH, dZ, dZAt);
        }
        for (int j = whole; j < count; j++) {
            backwardUnit(gates, at + j, h, before[beforeAt + j], d, dH + j, dZ, dZAt + j);
        }
    }

    /**
     * <pre>
     *   dz = dh * (h(t-1) - n)    dn = dh * (1 - z)    dh(t-1) = dh * z
     * </pre>
     *
     * and from the gates on to what went into them; with dm that of n, dr = dm * q and dq = dm * r.
     */
    private static void backwardVectors(int count, float[] gates, int at, int h, float[] before, int beforeAt,
            float[] d, int dH, float[] dZ, int dZAt) {
        FloatVector one = FloatVector.broadcast(S, 1);
        for (int j = 0; j < count; j += L) {
            int from = at + j;
            int to = dZAt + j;
            FloatVector dh = FloatVector.fromArray(S, d, dH + j);
            FloatVector z = FloatVector.fromArray(S, gates, from + h);
            FloatVector n = FloatVector.fromArray(S, gates, from + 2 * h);
            FloatVector difference = FloatVector.fromArray(S, before, beforeAt + j).lanewise(SUB, n);
            FloatVector dhz = dh.lanewise(MUL, z);
            FloatVector rest = one.lanewise(SUB, z);
            dhz.lanewise(MUL, rest).lanewise(MUL, difference).intoArray(dZ, to + h);
            dhz.intoArray(d, dH + j);
            FloatVector dm = dh.lanewise(MUL, rest).lanewise(MUL, n.lanewise(NEG).lanewise(FMA, n, one));
            dm.intoArray(dZ, to + 2 * h);
            FloatVector r = FloatVector.fromArray(S, gates, from);
            FloatVector dq = dm.lanewise(MUL, r);
            dq.intoArray(dZ, to + 3 * h);
            dq.lanewise(MUL, FloatVector.fromArray(S, gates, from + 3 * h)).lanewise(MUL, one.lanewise(SUB, r))
                    .intoArray(dZ, to);
        }
    }

    /** The same for one unit, with the same roundings. */
    private static void backwardUnit(float[] gates, int at, int h, float before, float[] d, int dH, float[] dZ,
            int to) {
        float r = gates[at];
        float z = gates[at + h];
        float n = gates[at + 2 * h];
        float dhz = d[dH] * z;
        float rest = 1 - z;
        dZ[to + h] = dhz * rest * (before - n);
        float dm = d[dH] * rest * Math.fma(-n, n, 1);
        d[dH] = dhz;
        dZ[to + 2 * h] = dm;
        float dq = dm * r;
        dZ[to + 3 * h] = dq;
        dZ[to] = dq * gates[at + 3 * h] * (1 - r);
    }
}
