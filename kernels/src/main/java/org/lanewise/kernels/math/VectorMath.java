package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.MAX;
import static org.lanewise.kernels.math.ScalarMath.*;

/**
 * exp, tanh and sigmoid of a vector, from fused multiply-adds. {@code lanewise(EXP)} and {@code lanewise(TANH)} give other bits
 * interpreted than compiled, and differ between CPUs; these do not, and give the bits of {@link ScalarMath}.
 *
 * <p>
 * Unlike a micro-kernel, an elementwise loop has few live vectors, so helpers that take and return one do inline if the loop
 * keeps the rules of {@link org.lanewise.kernels.vector}.
 */
final class VectorMath {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final FloatVector LEAST_EXP = broadcast(EXP_MIN);
    private static final FloatVector LEAST_TANH = broadcast(-TANH_MAX);

    private VectorMath() {
    }

    static FloatVector expOfNegative(FloatVector x) {
        FloatVector t = LEAST_EXP.lanewise(MAX, x);
        FloatVector shifted = t.fma(broadcast(LOG2_E), broadcast(ROUND));
        FloatVector n = shifted.sub(ROUND);
        FloatVector r = n.fma(broadcast(-LN2_LOW), n.fma(broadcast(-LN2_HIGH), t));
        FloatVector p = r.fma(broadcast(E0), broadcast(E1));
        p = p.fma(r, broadcast(E2));
        p = p.fma(r, broadcast(E3));
        p = p.fma(r, broadcast(E4));
        p = p.fma(r, broadcast(E5));
        FloatVector e = r.mul(r).fma(p, r).add(1);
        return e.mul(powerOfTwo(shifted, LIFTED_ONE_BITS)).mul(UNLIFT);
    }

    /** 2^n from the n in the low bits of shifted, times the number whose bits are given. */
    private static FloatVector powerOfTwo(FloatVector shifted, int bits) {
        return shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(bits).reinterpretAsFloats();
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector a = LEAST_TANH.lanewise(MAX, x).min(TANH_MAX);
        FloatVector t = a.add(a);
        FloatVector shifted = t.fma(broadcast(LOG2_E), broadcast(ROUND));
        FloatVector n = shifted.sub(ROUND);
        FloatVector r = n.fma(broadcast(-LN2_LOW), n.fma(broadcast(-LN2_HIGH), t));
        FloatVector p = r.fma(broadcast(E0), broadcast(E1));
        p = p.fma(r, broadcast(E2));
        p = p.fma(r, broadcast(E3));
        p = p.fma(r, broadcast(E4));
        p = p.fma(r, broadcast(E5));
        FloatVector q = r.mul(r).fma(p, r);
        FloatVector scale = powerOfTwo(shifted, ONE_BITS);
        FloatVector e = scale.fma(q, scale.sub(1));
        return divideBySum(e, e, 2).blend(x, x.eq(0));
    }

    static FloatVector sigmoid(FloatVector x) {
        FloatVector e = expOfNegative(x.abs().neg());
        return divideBySum(broadcast(1).blend(e, x.lt(0)), e, 1);
    }

    private static FloatVector divideBySum(FloatVector a, FloatVector e, float c) {
        FloatVector sum = e.add(c);
        FloatVector low = e.sub(sum.sub(c));
        FloatVector quotient = a.div(sum);
        FloatVector negative = quotient.neg();
        FloatVector remainder = negative.fma(low, negative.fma(sum, a));
        return quotient.add(remainder.div(sum));
    }

    private static FloatVector broadcast(float value) {
        return FloatVector.broadcast(S, value);
    }
}
