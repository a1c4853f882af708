package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/** The loops of {@link org.lanewise.kernels.Exponentials}. */
public final class VectorExponentials {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private static final int LEAST_NORMAL = Float.floatToRawIntBits(Float.MIN_NORMAL);
    private static final int INFINITE = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

    private VectorExponentials() {
    }

    /** y := exp(x). */
    public static void exp(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            expVectors(whole, x, xOffset, y, yOffset);
        }
        for (int i = whole; i < n; i++) {
            y[yOffset + i] = ScalarMath.exp(x[xOffset + i]);
        }
    }

    private static void expVectors(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i += L) {
            VectorMath.exp(VectorMath.load(x, xOffset + i)).intoArray(y, yOffset + i);
        }
    }

    /** y := log(x), the natural logarithm. Blocks of normal numbers, which most are, need a third fewer operations. */
    public static void log(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        for (int from = 0; from < whole; from += BlockPasses.BLOCK) {
            int length = Math.min(BlockPasses.BLOCK, whole - from);
            if (areNormal(length, x, xOffset + from)) {
                BlockPasses.logOfNormal(length, x, xOffset + from, y, yOffset + from);
            } else {
                BlockPasses.log(length, x, xOffset + from, y, yOffset + from);
            }
        }
        for (int i = whole; i < n; i++) {
            y[yOffset + i] = ScalarMath.log(x[xOffset + i]);
        }
    }

    /** Whether all are positive, finite and not subnormal. As integers, floats have the order of their values, and NaN is the last. */
    private static boolean areNormal(int n, float[] x, int xOffset) {
        IntVector least = FloatVector.fromArray(S, x, xOffset).reinterpretAsInts(), most = least;
        for (int i = L; i < n; i += L) {
            IntVector bits = FloatVector.fromArray(S, x, xOffset + i).reinterpretAsInts();
            least = bits.min(least);
            most = bits.max(most);
        }
        return least.reduceLanes(VectorOperators.MIN) >= LEAST_NORMAL
                && most.reduceLanes(VectorOperators.MAX) < INFINITE;
    }
}
