package org.lanewise.kernels.pool;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.LaneSum;
import org.lanewise.kernels.vector.Lanes;

/** The vector loops of {@link AdaptiveAvg}. */
final class AdaptiveRows {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private AdaptiveRows() {
    }

    /** The sum of n numbers: lane by lane in four vectors, then these, then the lanes, then the rest. */
    static float sum(int n, float[] x, int at) {
        float sum = n < L ? 0 : sumOfVectors(n - n % L, x, at);
        for (int i = n - n % L; i < n; i++) {
            sum += x[at + i];
        }
        return sum;
    }

    private static float sumOfVectors(int n, float[] x, int at) {
        FloatVector a = FloatVector.zero(S);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= n - 4 * L; i += 4 * L) {
            a = FloatVector.fromArray(S, x, at + i).lanewise(VectorOperators.ADD, a);
            b = FloatVector.fromArray(S, x, at + i + L).lanewise(VectorOperators.ADD, b);
            c = FloatVector.fromArray(S, x, at + i + 2 * L).lanewise(VectorOperators.ADD, c);
            d = FloatVector.fromArray(S, x, at + i + 3 * L).lanewise(VectorOperators.ADD, d);
        }
        for (; i < n; i += L) {
            a = FloatVector.fromArray(S, x, at + i).lanewise(VectorOperators.ADD, a);
        }
        return LaneSum.of(a.add(b).add(c.add(d)));
    }

    /** line := the sum of rows of x, one below the other. */
    static void sumOfRows(int width, int rows, float[] x, int at, float[] line) {
        int c = 0;
        for (; c <= width - L; c += L) {
            FloatVector sum = FloatVector.fromArray(S, x, at + c);
            for (int r = 1; r < rows; r++) {
                sum = FloatVector.fromArray(S, x, at + c + r * width).lanewise(VectorOperators.ADD, sum);
            }
            sum.intoArray(line, c);
        }
        for (; c < width; c++) {
            float sum = x[at + c];
            for (int r = 1; r < rows; r++) {
                sum += x[at + c + r * width];
            }
            line[c] = sum;
        }
    }

    /** x := each + beta*x. */
    static void addConstant(int n, float each, float beta, float[] x, int at) {
        int i = 0;
        FloatVector constant = FloatVector.broadcast(S, each);
        FloatVector factor = FloatVector.broadcast(S, beta);
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, x, at + i).fma(factor, constant).intoArray(x, at + i);
        }
        for (; i < n; i++) {
            x[at + i] = Math.fma(x[at + i], beta, each);
        }
    }
}
