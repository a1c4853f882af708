package org.lanewise.kernels.rnn;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.math.VectorActivations;
import org.lanewise.kernels.math.VectorElementwise;
import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.FMA;
import static jdk.incubator.vector.VectorOperators.MUL;
import static jdk.incubator.vector.VectorOperators.NEG;
import static jdk.incubator.vector.VectorOperators.SUB;

/** Columns i, f, g, o, c, tanh(c). */
final class LstmCell extends Cell {

    static final Cell INSTANCE = new LstmCell();

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private LstmCell() {
        super(6, 4, 4, 4);
    }

    /** The gates; c(t); and h(t) := o * tanh(c(t)). */
    @Override
    void forward(int n, float[] z, int i, int h, float[] before, int beforeAt, float[] y, int yAt) {
        int f = i + h;
        int g = f + h;
        int o = g + h;
        int c = o + h;
        int t = c + h;
        VectorActivations.sigmoid(n, z, i, z, i);
        VectorActivations.sigmoid(n, z, f, z, f);
        VectorActivations.tanh(n, z, g, z, g);
        VectorActivations.sigmoid(n, z, o, z, o);
        cellState(n, z, i, f, g, before, beforeAt, c);
        VectorActivations.tanh(n, z, c, z, t);
        VectorElementwise.multiply(n, z, o, z, t, y, yAt);
    }

    /** c(t) := f * c(t-1) + i * g. */
    private static void cellState(int n, float[] z, int i, int f, int g, float[] before, int beforeAt, int c) {
        int j = 0;
        for (; j <= n - L; j += L) {
            FloatVector added = FloatVector.fromArray(S, z, i + j).lanewise(MUL, FloatVector.fromArray(S, z, g + j));
            FloatVector.fromArray(S, z, f + j).lanewise(FMA, FloatVector.fromArray(S, before, beforeAt + j), added)
                    .intoArray(z, c + j);
        }
        for (; j < n; j++) {
            z[c + j] = Math.fma(z[f + j], before[beforeAt + j], z[i + j] * z[g + j]);
        }
    }

    @Override
    void backward(int n, float[] z, int i, int h, float[] before, int beforeAt, float[] y, int yAt,
            float[] d, int dH, int dC, float[] dZ, int dZAt) {
        int whole = n / L * L;
        if (whole > 0) {
            backwardVectors(whole, z, i, h, before, beforeAt, d, dH, dC, dZ, dZAt);
        }
        for (int j = whole; j < n; j++) {
            backwardUnit(z, i + j, h, before[beforeAt + j], d, dH + j, dC + j, dZ, dZAt + j);
        }
        Arrays.fill(d, dH, dH + n, 0);
    }

    /**
     * <pre>
     *   do = dh * tanh(c)    dc += dh * o * (1 - tanh(c)^2)
     *   di = dc * g    df = dc * c(t-1)    dg = dc * i    dc(t-1) = dc * f
     * </pre>
     *
     * and from the gates on to what went into them: s' = s * (1 - s), tanh' = 1 - tanh^2.
     */
    private static void backwardVectors(int n, float[] z, int at, int h, float[] before, int beforeAt,
            float[] d, int dH, int dC, float[] dZ, int dZAt) {
        FloatVector one = FloatVector.broadcast(S, 1);
        for (int j = 0; j < n; j += L) {
            int from = at + j;
            int to = dZAt + j;
            FloatVector t = FloatVector.fromArray(S, z, from + 5 * h);
            FloatVector dh = FloatVector.fromArray(S, d, dH + j);
            FloatVector o = FloatVector.fromArray(S, z, from + 3 * h);
            FloatVector dho = dh.lanewise(MUL, o);
            dho.lanewise(MUL, t).lanewise(MUL, one.lanewise(SUB, o)).intoArray(dZ, to + 3 * h);
            FloatVector slope = t.lanewise(NEG).lanewise(FMA, t, one);
            FloatVector dc = dho.lanewise(FMA, slope, FloatVector.fromArray(S, d, dC + j));
            FloatVector i = FloatVector.fromArray(S, z, from);
            FloatVector g = FloatVector.fromArray(S, z, from + 2 * h);
            FloatVector dci = dc.lanewise(MUL, i);
            dci.lanewise(MUL, g).lanewise(MUL, one.lanewise(SUB, i)).intoArray(dZ, to);
            dci.lanewise(MUL, g.lanewise(NEG).lanewise(FMA, g, one)).intoArray(dZ, to + 2 * h);
            FloatVector f = FloatVector.fromArray(S, z, from + h);
            FloatVector dcf = dc.lanewise(MUL, f);
            dcf.lanewise(MUL, FloatVector.fromArray(S, before, beforeAt + j)).lanewise(MUL, one.lanewise(SUB, f))
                    .intoArray(dZ, to + h);
            dcf.intoArray(d, dC + j);
        }
    }

    /** The same for one unit, with the same roundings. */
    private static void backwardUnit(float[] z, int at, int h, float before, float[] d, int dH, int dC,
            float[] dZ, int to) {
        float i = z[at];
        float f = z[at + h];
        float g = z[at + 2 * h];
        float o = z[at + 3 * h];
        float t = z[at + 5 * h];
        float dho = d[dH] * o;
        dZ[to + 3 * h] = dho * t * (1 - o);
        float dc = Math.fma(dho, Math.fma(-t, t, 1), d[dC]);
        float dci = dc * i;
        dZ[to] = dci * g * (1 - i);
        dZ[to + 2 * h] = dci * Math.fma(-g, g, 1);
        float dcf = dc * f;
        dZ[to + h] = dcf * before * (1 - f);
        d[dC] = dcf;
    }
}
