package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

import static org.lanewise.kernels.math.ScalarMath.*;

/**
 * exp, tanh and sigmoid of a vector, from fused multiply-adds. {@code lanewise(EXP)} and {@code lanewise(TANH)} give other bits
 * interpreted than compiled, and differ between CPUs; these do not, and give the bits of {@link ScalarMath}.
 *
 * <p>
 * Unlike a micro-kernel, an elementwise loop has few live vectors, so helpers that take and return one do inline. That nothing
 * is boxed is held by a test that counts allocated bytes.
 */
final class VectorMath {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final FloatVector ONE = FloatVector.broadcast(S, 1);

    private VectorMath() {
    }

    static FloatVector exp(FloatVector x) {
        FloatVector t = x.max(EXP_MIN).min(EXP_MAX);
        FloatVector shifted = t.fma(broadcast(LOG2_E), broadcast(ROUND));
        FloatVector n = shifted.sub(ROUND);
        FloatVector r = n.fma(broadcast(-LN2_LOW), n.fma(broadcast(-LN2_HIGH), t));
        FloatVector p = r.fma(broadcast(E0), broadcast(E1));
        p = p.fma(r, broadcast(E2));
        p = p.fma(r, broadcast(E3));
        p = p.fma(r, broadcast(E4));
        p = p.fma(r, broadcast(E5));
        FloatVector e = r.mul(r).fma(p, r).add(1);
        IntVector exponent = shifted.reinterpretAsInts().sub(ROUND_BITS);
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        return e.mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
    }

    private static FloatVector powerOfTwo(IntVector exponent) {
        return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector a = x.abs().min(TANH_MAX);
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
        FloatVector scale = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(ONE_BITS)
                .reinterpretAsFloats();
        FloatVector e = scale.fma(q, scale.sub(1));
        return copySign(e.div(e.add(2)), x);
    }

    /** The magnitude, which must not be negative, with the sign of x. */
    private static FloatVector copySign(FloatVector magnitude, FloatVector x) {
        IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
        return magnitude.reinterpretAsInts().or(sign).reinterpretAsFloats();
    }

    static FloatVector sigmoid(FloatVector x) {
        FloatVector e = exp(x.abs().neg());
        return ONE.blend(e, x.lt(0)).div(e.add(1));
    }

    private static FloatVector broadcast(float value) {
        return FloatVector.broadcast(S, value);
    }
}
