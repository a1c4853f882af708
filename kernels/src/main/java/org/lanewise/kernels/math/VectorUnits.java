package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

import static org.lanewise.kernels.math.ScalarMath.*;
import static org.lanewise.kernels.math.ScalarUnits.*;
import static org.lanewise.kernels.math.VectorMath.*;

/** The units of {@link org.lanewise.kernels.LinearUnits} and their slopes for a vector; {@link ScalarUnits} explains the mathematics. */
final class VectorUnits {

    // GELU's, as constants of the class: they take fewer of the compiler's nodes than calls that make them, with which its vectors were
    // boxed in programs that began with long rows. Other units are slower with them (exp by a fifth): each is a load of a whole vector.
    private static final FloatVector ZERO = broadcast(0);
    private static final FloatVector ONE = broadcast(1);
    private static final FloatVector HALF = broadcast(-0.5f);
    private static final FloatVector LOWERED = broadcast(-UNLIFT);
    private static final FloatVector UNLIFTED = broadcast(UNLIFT);
    private static final FloatVector MINUS_DENSITY = broadcast(-DENSITY);
    private static final FloatVector LOGARITHM = broadcast(LOG2_E);
    private static final FloatVector LIFTED = broadcast(ROUND_LIFTED);
    private static final FloatVector LIMIT = broadcast(GELU_MAX);
    private static final FloatVector VT = broadcast(QT);
    private static final FloatVector V1 = broadcast(Q1);
    private static final FloatVector V2 = broadcast(Q2);
    private static final FloatVector V3 = broadcast(Q3);
    private static final FloatVector V4 = broadcast(Q4);
    private static final FloatVector V5 = broadcast(Q5);
    private static final FloatVector V6 = broadcast(Q6);
    private static final FloatVector V7 = broadcast(Q7);
    private static final FloatVector V8 = broadcast(Q8);
    private static final FloatVector V9 = broadcast(Q9);

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
        return a.mul(s).fma(broadcast(-UNLIFT), x.blend(0, x.lt(0)));
    }

    private static FloatVector gateSlope(FloatVector x, FloatVector b, FloatVector z) {
        FloatVector e = VectorMath.liftedExp(z.neg()).mul(UNLIFT);
        FloatVector s = e.div(e.add(1));
        FloatVector w = s.mul(s.sub(1).fma(b, broadcast(1)));
        return broadcast(1).sub(w).blend(w, x.lt(0));
    }

    /** From x and 2^32 * exp(-x^2/2). */
    static FloatVector gelu(FloatVector x, FloatVector density) {
        FloatVector a = bounded(x);
        return a.mul(normalTail(a).mul(density)).fma(LOWERED, x.blend(ZERO, x.lt(ZERO)));
    }

    /** From x and 2^32 * exp(-x^2/2). */
    static FloatVector geluSlope(FloatVector x, FloatVector density) {
        FloatVector a = bounded(x);
        FloatVector w = a.fma(MINUS_DENSITY, normalTail(a)).mul(density).mul(UNLIFTED);
        return ONE.sub(w).blend(w, x.lt(ZERO));
    }

    /** 2^32 * exp(-x^2/2), with x bounded. */
    static FloatVector liftedDensity(FloatVector x) {
        FloatVector a = bounded(x);
        FloatVector square = a.mul(a);
        FloatVector lost = a.fma(a, square.neg());
        FloatVector t = square.mul(HALF);
        FloatVector shifted = t.fma(LOGARITHM, LIFTED);
        FloatVector r = lost.fma(HALF, rest(shifted.sub(LIFTED), t));
        return VectorMath.expOfRest(r).mul(VectorMath.powerOfTwo(shifted));
    }

    private static FloatVector bounded(FloatVector x) {
        FloatVector a = x.abs();
        return a.blend(LIMIT, LIMIT.lt(a));
    }

    private static FloatVector normalTail(FloatVector a) {
        FloatVector t = ONE.div(a.fma(VT, ONE));
        FloatVector p = t.fma(V9, V8);
        p = p.fma(t, V7);
        p = p.fma(t, V6);
        p = p.fma(t, V5);
        p = p.fma(t, V4);
        p = p.fma(t, V3);
        p = p.fma(t, V2);
        p = p.fma(t, V1);
        return p.mul(t);
    }

    static FloatVector softplus(FloatVector x) {
        FloatVector e = VectorMath.liftedExp(atMost(-EXP_MIN, x.abs()).neg()).mul(UNLIFT);
        VectorMask<Float> halved = e.compare(VectorOperators.GT, HALVED);
        FloatVector f = e.blend(e.sub(1).mul(0.5f), halved);
        FloatVector log = f.add(VectorMath.logOfRest(f));
        return log.blend(log.add(LN2), halved).add(x.blend(0, x.lt(0)));
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
