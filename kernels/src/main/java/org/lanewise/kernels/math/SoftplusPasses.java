package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.CompiledApart;
import org.lanewise.kernels.vector.Lanes;

/** The passes of softplus over a block of whole vectors: it has too many operations for one loop. */
@SuppressWarnings("serial") // never an instance
final class SoftplusPasses extends CompiledApart {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    /** Elements of a block: 4 KB, which stay in the cache beside those of the next pass. */
    static final int BLOCK = 1024;

    private SoftplusPasses() {
    }

    /** y := exp(-|beta*x|). */
    static void expBelowOne(int n, float beta, float[] x, int xOffset, float[] y, int yOffset) {
        expBelowOneVectors(n, beta, x, xOffset, y, yOffset);
    }

    private static void expBelowOneVectors(int n, float beta, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = n - L; i >= 0; i -= L) {
            VectorUnits.expBelowOne(VectorMath.load(x, xOffset + i).mul(beta)).intoArray(y, yOffset + i);
        }
    }

    /** x := log(1 + x), for x in [0, 1]. */
    static void logAboveOne(int n, float[] x, int xOffset) {
        logAboveOneVectors(n, x, xOffset);
    }

    private static void logAboveOneVectors(int n, float[] x, int xOffset) {
        for (int i = n - L; i >= 0; i -= L) {
            VectorUnits.logAboveOne(VectorMath.load(x, xOffset + i)).intoArray(x, xOffset + i);
        }
    }

    /** y := softplus(x), from the logarithms of 1 + exp(-|beta*x|). */
    static void softplus(int n, float beta, float threshold, float[] x, int xOffset, float[] logs, int logsOffset,
            float[] y, int yOffset) {
        softplusVectors(n, beta, threshold, x, xOffset, logs, logsOffset, y, yOffset);
    }

    private static void softplusVectors(int n, float beta, float threshold, float[] x, int xOffset, float[] logs,
            int logsOffset, float[] y, int yOffset) {
        for (int i = n - L; i >= 0; i -= L) {
            FloatVector v = VectorMath.load(x, xOffset + i);
            FloatVector scaled = v.mul(beta);
            FloatVector.fromArray(S, logs, logsOffset + i).add(scaled.blend(0, scaled.lt(0))).div(beta)
                    .blend(v, scaled.compare(VectorOperators.GT, threshold)).intoArray(y, yOffset + i);
        }
    }
}
