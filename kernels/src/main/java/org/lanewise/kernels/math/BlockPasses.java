package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.CompiledApart;
import org.lanewise.kernels.vector.Lanes;

/** Passes over a block of whole vectors, for functions with too many operations for one loop. */
@SuppressWarnings("serial") // never an instance
final class BlockPasses extends CompiledApart {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    /** Elements of a block: 4 KB, which stay in the cache beside those of the next pass. */
    static final int BLOCK = 1024;

    private BlockPasses() {
    }

    /** y := log(x). */
    static void log(int n, float[] x, int xOffset, float[] y, int yOffset) {
        logVectors(n, x, xOffset, y, yOffset);
    }

    private static void logVectors(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i += L) {
            VectorMath.log(VectorMath.load(x, xOffset + i)).intoArray(y, yOffset + i);
        }
    }

    /** y := log(x), of positive normal numbers. */
    static void logOfNormal(int n, float[] x, int xOffset, float[] y, int yOffset) {
        logOfNormalVectors(n, x, xOffset, y, yOffset);
    }

    private static void logOfNormalVectors(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i += L) {
            VectorMath.logOfNormal(VectorMath.load(x, xOffset + i)).intoArray(y, yOffset + i);
        }
    }

    /** y := 2^32 * exp(-x^2/2). */
    static void density(int n, float[] x, int xOffset, float[] y, int yOffset) {
        densityVectors(n, x, xOffset, y, yOffset);
    }

    private static void densityVectors(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i += L) {
            VectorUnits.liftedDensity(VectorMath.load(x, xOffset + i)).intoArray(y, yOffset + i);
        }
    }

    /** y := gelu(x), from the densities. */
    static void gelu(int n, float[] x, int xOffset, float[] densities, int densitiesOffset, float[] y, int yOffset) {
        geluVectors(n, x, xOffset, densities, densitiesOffset, y, yOffset);
    }

    private static void geluVectors(int n, float[] x, int xOffset, float[] densities, int densitiesOffset, float[] y,
            int yOffset) {
        for (int i = 0; i < n; i += L) {
            VectorUnits.gelu(VectorMath.load(x, xOffset + i), FloatVector.fromArray(S, densities, densitiesOffset + i))
                    .intoArray(y, yOffset + i);
        }
    }

    /** y := the derivative of gelu at x, from the densities. */
    static void geluSlope(int n, float[] x, int xOffset, float[] densities, int densitiesOffset, float[] y,
            int yOffset) {
        geluSlopeVectors(n, x, xOffset, densities, densitiesOffset, y, yOffset);
    }

    private static void geluSlopeVectors(int n, float[] x, int xOffset, float[] densities, int densitiesOffset,
            float[] y,
            int yOffset) {
        for (int i = 0; i < n; i += L) {
            VectorUnits.geluSlope(VectorMath.load(x, xOffset + i),
                    FloatVector.fromArray(S, densities, densitiesOffset + i)).intoArray(y, yOffset + i);
        }
    }

    /** y := exp(-|beta*x|). */
    static void expBelowOne(int n, float beta, float[] x, int xOffset, float[] y, int yOffset) {
        expBelowOneVectors(n, beta, x, xOffset, y, yOffset);
    }

    private static void expBelowOneVectors(int n, float beta, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i += L) {
            VectorUnits.expBelowOne(VectorMath.load(x, xOffset + i).mul(beta)).intoArray(y, yOffset + i);
        }
    }

    /** x := log(1 + x), for x in [0, 1]. */
    static void logAboveOne(int n, float[] x, int xOffset) {
        logAboveOneVectors(n, x, xOffset);
    }

    private static void logAboveOneVectors(int n, float[] x, int xOffset) {
        for (int i = 0; i < n; i += L) {
            VectorUnits.logAboveOne(VectorMath.load(x, xOffset + i)).intoArray(x, xOffset + i);
        }
    }

    /** y := softplus(x), from the logarithms of 1 + exp(-|beta*x|). */
    static void softplus(int n, float beta, float threshold, float[] x, int xOffset, float[] logs, int logsOffset,
            float[] y, int yOffset) {
        softplusVectors(n, beta, threshold, x, xOffset, logs, logsOffset, y, yOffset);
    }

    private static void softplusVectors(int n, float beta, float threshold, float[] x, int xOffset, float[] logs,
            int logsOffset,
            float[] y, int yOffset) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = VectorMath.load(x, xOffset + i);
            FloatVector scaled = v.mul(beta);
            FloatVector.fromArray(S, logs, logsOffset + i).add(scaled.blend(0, scaled.lt(0))).div(beta)
                    .blend(v, scaled.compare(VectorOperators.GT, threshold)).intoArray(y, yOffset + i);
        }
    }
}
