package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ULT;
import static org.lanewise.kernels.math.ScalarMath.*;
import static org.lanewise.kernels.math.VectorMath.broadcast;

/**
 * The loops of {@link org.lanewise.kernels.Exponentials}. Ordinary vectors, without NaN, infinities and what is near the ends of the
 * range (and for the logarithm without zeros and negative numbers), need a third fewer operations; one comparison tells. The others go
 * to {@link UnusualVectors}: a logarithm of such vectors alone takes 1.6 times as long as in a loop that has no other way.
 *
 * <p>
 * The shorter ways are written flat, because a helper called in one branch is inlined or boxed by how often the branch was taken;
 * computed before the branch, they took 1.1 times as long.
 */
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

    /**
     * With the bits of {@link VectorMath#exp}: x*LOG2_E is never halfway between two integers, so k is the same, and no product by a
     * power of two rounds.
     */
    private static void expVectors(int n, float[] x, int xOffset, float[] y, int yOffset) {
        FloatVector one = broadcast(1);
        FloatVector log2e = broadcast(LOG2_E);
        FloatVector round = broadcast(ROUND);
        FloatVector ln2High = broadcast(-LN2_HIGH);
        FloatVector ln2Low = broadcast(-LN2_LOW);
        FloatVector e2 = broadcast(E2);
        FloatVector e3 = broadcast(E3);
        FloatVector e4 = broadcast(E4);
        FloatVector e5 = broadcast(E5);
        FloatVector e6 = broadcast(E6);
        for (int i = n - L; i >= 0; i -= L) {
            FloatVector v = VectorMath.load(x, xOffset + i);
            if (v.abs().lt(EXP_ORDINARY).allTrue()) {
                FloatVector shifted = v.fma(log2e, round);
                FloatVector k = shifted.sub(round);
                FloatVector r = k.fma(ln2Low, k.fma(ln2High, v));
                r.fma(e6, e5).fma(r, e4).fma(r, e3).fma(r, e2).fma(r, one).fma(r, one)
                        .mul(shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
                        .intoArray(y, yOffset + i);
            } else {
                UnusualVectors.exp(x, xOffset + i, y, yOffset + i);
            }
        }
    }

    /** y := log(x), the natural logarithm. */
    public static void log(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int whole = S.loopBound(n);
        if (whole > 0) {
            logVectors(whole, x, xOffset, y, yOffset);
        }
        for (int i = whole; i < n; i++) {
            y[yOffset + i] = ScalarMath.log(x[xOffset + i]);
        }
    }

    private static void logVectors(int n, float[] x, int xOffset, float[] y, int yOffset) {
        FloatVector one = broadcast(1);
        FloatVector minusHalf = broadcast(-0.5f);
        FloatVector round = broadcast(ROUND);
        FloatVector ln2High = broadcast(LN2_HIGH);
        FloatVector ln2Low = broadcast(LN2_LOW);
        FloatVector l3 = broadcast(L3);
        FloatVector l4 = broadcast(L4);
        FloatVector l5 = broadcast(L5);
        FloatVector l6 = broadcast(L6);
        FloatVector l7 = broadcast(L7);
        FloatVector l8 = broadcast(L8);
        FloatVector l9 = broadcast(L9);
        FloatVector l10 = broadcast(L10);
        for (int i = n - L; i >= 0; i -= L) {
            IntVector bits = VectorMath.load(x, xOffset + i).reinterpretAsInts();
            // as unsigned integers, all others are at least the bound: 0 and subnormal numbers wrap
            if (bits.sub(LEAST_NORMAL).compare(ULT, INFINITE - LEAST_NORMAL).allTrue()) {
                IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(ASHR, 23);
                FloatVector k = exponent.add(ROUND_BITS).reinterpretAsFloats().sub(round);
                FloatVector f = bits.sub(exponent.lanewise(LSHL, 23)).reinterpretAsFloats().sub(one);
                FloatVector p = f.fma(l10, l9).fma(f, l8).fma(f, l7).fma(f, l6).fma(f, l5).fma(f, l4).fma(f, l3)
                        .fma(f, minusHalf);
                k.fma(ln2High, f.add(k.fma(ln2Low, f.mul(f).mul(p)))).intoArray(y, yOffset + i);
            } else {
                UnusualVectors.log(x, xOffset + i, y, yOffset + i);
            }
        }
    }
}
