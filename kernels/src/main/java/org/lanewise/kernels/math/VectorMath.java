package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

import static org.lanewise.kernels.math.ScalarMath.*;

/**
 * exp, log, tanh and sigmoid of a vector, from fused multiply-adds. {@code lanewise(EXP)} and {@code lanewise(TANH)} give other bits
 * interpreted than compiled, and differ between CPUs; these do not, and give the bits of {@link ScalarMath}, where the mathematics
 * is explained.
 *
 * <p>
 * Unlike a micro-kernel, an elementwise loop has few live vectors, so helpers that take and return one do inline if the loop
 * keeps the rules of {@link org.lanewise.kernels.vector}. Bounds are kept by a comparison and a {@code blend}: {@code max} and
 * {@code min}, which look after NaN and -0, are six instructions each on x86.
 */
final class VectorMath {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;

    private static final FloatVector ONE = FloatVector.broadcast(S, 1);

    private VectorMath() {
    }

    /**
     * Elements of an array, as 1*x: the compiler knows the class of what a constant returns before it expands a load, and with that
     * inlines what follows. In loops that began with a load alone, one vector a pass was boxed in some JVMs.
     */
    static FloatVector load(float[] x, int i) {
        return ONE.lanewise(VectorOperators.MUL, FloatVector.fromArray(S, x, i));
    }

    static FloatVector exp(FloatVector x) {
        VectorMask<Float> zero = x.lt(EXP_MIN);
        FloatVector t = atMost(EXP_MAX, x).blend(0, zero);
        FloatVector shifted = t.fma(broadcast(LOG2_E), broadcast(ROUND_TWICE));
        FloatVector half = t.fma(broadcast(LOG2_E / 2), broadcast(ROUND));
        FloatVector p = expOfRest(rest(shifted.sub(ROUND_TWICE), t));
        IntVector first = exponent(half);
        IntVector second = exponent(shifted).sub(first);
        // not a product that underflows: see EXP_ZERO
        return p.mul(first.reinterpretAsFloats()).mul(second.reinterpretAsFloats()).blend(0, zero);
    }

    static FloatVector expOfNegative(FloatVector x) {
        return liftedExp(x.blend(EXP_ZERO, x.lt(EXP_ZERO))).mul(UNLIFT);
    }

    static FloatVector liftedExp(FloatVector t) {
        FloatVector shifted = t.fma(broadcast(LOG2_E), broadcast(ROUND_LIFTED));
        return expOfRest(rest(shifted.sub(ROUND_LIFTED), t)).mul(powerOfTwo(shifted));
    }

    /** t - n*ln(2). */
    static FloatVector rest(FloatVector n, FloatVector t) {
        return n.fma(broadcast(-LN2_LOW), n.fma(broadcast(-LN2_HIGH), t));
    }

    static FloatVector expOfRest(FloatVector r) {
        FloatVector p = r.fma(broadcast(E6), broadcast(E5));
        p = p.fma(r, broadcast(E4));
        p = p.fma(r, broadcast(E3));
        p = p.fma(r, broadcast(E2));
        p = p.fma(r, broadcast(1));
        return p.fma(r, broadcast(1));
    }

    static FloatVector powerOfTwo(FloatVector shifted) {
        return exponent(shifted).reinterpretAsFloats();
    }

    private static IntVector exponent(FloatVector shifted) {
        return shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    }

    static FloatVector log(FloatVector x) {
        VectorMask<Float> subnormal = x.lt(Float.MIN_NORMAL);
        FloatVector lifted = x.blend(x.mul(SUBNORMAL_LIFT), subnormal);
        IntVector exponent = exponentOf(lifted);
        FloatVector k = toFloat(exponent);
        k = k.blend(k.sub(SUBNORMAL_EXPONENT), subnormal);
        FloatVector y = logOf(k, rest(lifted, exponent));
        return x.blend(y, x.lt(Float.POSITIVE_INFINITY)).blend(Float.NEGATIVE_INFINITY, x.eq(0))
                .blend(Float.NaN, x.lt(0));
    }

    private static IntVector exponentOf(FloatVector x) {
        return x.reinterpretAsInts().sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
    }

    private static FloatVector toFloat(IntVector exponent) {
        return exponent.add(ROUND_BITS).reinterpretAsFloats().sub(ROUND);
    }

    private static FloatVector rest(FloatVector x, IntVector exponent) {
        return x.reinterpretAsInts().sub(exponent.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1);
    }

    /** k*ln(2) + log(1 + f). */
    private static FloatVector logOf(FloatVector k, FloatVector f) {
        FloatVector z = k.fma(broadcast(LN2_LOW), logOfRest(f));
        return k.fma(broadcast(LN2_HIGH), f.add(z));
    }

    static FloatVector logOfRest(FloatVector f) {
        FloatVector p = f.fma(broadcast(L10), broadcast(L9));
        p = p.fma(f, broadcast(L8));
        p = p.fma(f, broadcast(L7));
        p = p.fma(f, broadcast(L6));
        p = p.fma(f, broadcast(L5));
        p = p.fma(f, broadcast(L4));
        p = p.fma(f, broadcast(L3));
        return f.mul(f).mul(p.fma(f, broadcast(-0.5f)));
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector t = atMost(TANH_MAX, a);
        FloatVector shifted = t.fma(broadcast(2 * LOG2_E), broadcast(ROUND));
        FloatVector r = shifted.sub(ROUND).fma(broadcast(-LN2), t.add(t));
        FloatVector sum = expOfRest(r).fma(powerOfTwo(shifted), broadcast(1));
        FloatVector large = broadcast(1).sub(broadcast(2).div(sum));
        FloatVector square = x.mul(x);
        FloatVector p = square.fma(broadcast(T4), broadcast(T3));
        p = p.fma(square, broadcast(T2));
        p = p.fma(square, broadcast(T1));
        FloatVector small = x.mul(p.fma(square, broadcast(1)));
        return small.blend(copySign(large, x), a.compare(VectorOperators.GT, TANH_SMALL));
    }

    /** A magnitude, which is not negative, with the sign of x. */
    private static FloatVector copySign(FloatVector magnitude, FloatVector x) {
        return x.reinterpretAsInts().and(Integer.MIN_VALUE).or(magnitude.reinterpretAsInts()).reinterpretAsFloats();
    }

    static FloatVector sigmoid(FloatVector x) {
        FloatVector e = liftedExp(atMost(-EXP_ZERO, x.abs()).neg()).mul(UNLIFT);
        FloatVector sum = e.add(1);
        FloatVector gained = sum.sub(1).sub(e);
        FloatVector q = broadcast(1).blend(e, x.lt(0)).div(sum);
        return q.fma(gained, q);
    }

    /** x, or the limit where x is greater; NaN stays. */
    static FloatVector atMost(float limit, FloatVector x) {
        return x.blend(limit, x.compare(VectorOperators.GT, limit));
    }

    static FloatVector broadcast(float value) {
        return FloatVector.broadcast(S, value);
    }
}
