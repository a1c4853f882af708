package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

import static org.lanewise.kernels.math.ScalarMath.*;
import static org.lanewise.kernels.math.ScalarUnits.*;
import static org.lanewise.kernels.math.VectorMath.*;

/**
 * The units of {@link org.lanewise.kernels.LinearUnits} and their slopes for a vector, but for GELU, which is {@link VectorGelu};
 * {@link ScalarUnits} explains the mathematics.
 */
final class VectorUnits {

    private VectorUnits() {
    }

    static FloatVector silu(FloatVector x) {
        FloatVector a = atMost(SILU_MAX, x.abs());
        return gated(x, a, a);
    }

    static FloatVector siluSlope(FloatVector x) {
        FloatVector a = atMost(SILU_MAX, x.abs());
        return gateSlope(x, a, a);
    }

    static FloatVector geluTanh(FloatVector x) {
        FloatVector a = atMost(GELU_TANH_MAX, x.abs());
        return gated(x, a, a.mul(a.mul(a).fma(broadcast(G3), broadcast(G1))));
    }

    static FloatVector geluTanhSlope(FloatVector x) {
        FloatVector a = atMost(GELU_TANH_MAX, x.abs());
        FloatVector square = a.mul(a);
        return gateSlope(x, a.mul(square.fma(broadcast(3 * G3), broadcast(G1))),
                a.mul(square.fma(broadcast(G3), broadcast(G1))));
    }

    private static FloatVector gated(FloatVector x, FloatVector a, FloatVector z) {
        FloatVector e = VectorMath.liftedExp(z.neg());
        FloatVector s = e.div(e.fma(broadcast(UNLIFT), broadcast(1)));
        return a.mul(s).fma(broadcast(-UNLIFT), x.blend(-0f, x.lt(0)));
    }

    private static FloatVector gateSlope(FloatVector x, FloatVector b, FloatVector z) {
        FloatVector e = VectorMath.liftedExp(z.neg()).mul(UNLIFT);
        FloatVector s = e.div(e.add(1));
        FloatVector w = s.mul(s.sub(1).fma(b, broadcast(1)));
        return broadcast(1).sub(w).blend(w, x.lt(0));
    }

    /** exp(-|x|). */
    static FloatVector expBelowOne(FloatVector x) {
        return VectorMath.liftedExp(atMost(-EXP_ZERO, x.abs()).neg()).mul(UNLIFT);
    }

    /** log(1 + e), for e in [0, 1]. */
    static FloatVector logAboveOne(FloatVector e) {
        VectorMask<Float> halved = e.compare(VectorOperators.GT, HALVED);
        FloatVector f = e.blend(e.sub(1).mul(0.5f), halved);
        FloatVector log = f.add(VectorMath.logOfRest(f));
        return log.blend(log.add(LN2), halved);
    }

    static FloatVector elu(FloatVector x, FloatVector alpha) {
        FloatVector t = x.blend(ELU_MIN, x.lt(ELU_MIN));
        FloatVector shifted = t.fma(broadcast(LOG2_E), broadcast(ROUND));
        FloatVector r = rest(shifted.sub(ROUND), t);
        FloatVector p = r.fma(broadcast(M6), broadcast(M5));
        p = p.fma(r, broadcast(M4));
        p = p.fma(r, broadcast(M3));
        p = p.fma(r, broadcast(0.5f));
        FloatVector q = r.mul(r).fma(p, r);
        FloatVector scale = VectorMath.powerOfTwo(shifted);
        FloatVector y = scale.fma(q, scale.sub(1)).mul(alpha);
        return y.blend(x.mul(alpha), x.eq(0)).blend(x, x.compare(VectorOperators.GT, 0));
    }
}
