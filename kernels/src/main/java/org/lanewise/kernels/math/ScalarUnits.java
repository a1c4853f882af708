package org.lanewise.kernels.math;

import static org.lanewise.kernels.math.ScalarMath.*;

/**
 * The units of {@link org.lanewise.kernels.LinearUnits} and their slopes for one float: the operations of {@link VectorUnits} and
 * {@link VectorGelu} in the same order.
 *
 * <p>
 * SiLU and both forms of GELU are x*g(x) with a gate g that goes from 0 to 1, and g(x) = 1 - g(-x). With a = |x| and the tail s =
 * g(-a), which is at most 1/2, they are max(x, 0) - a*s; so no digits are lost where x is negative. a is bounded where a*s is 0 in
 * float, so that nothing infinite is multiplied by 0; and where the power of two is 0: see {@link ScalarMath#EXP_ZERO}. The slope is w
 * = s - a*g'(a) for x < 0, and else 1 - w.
 */
final class ScalarUnits {

    /** a*exp(-a) is 0 in float beyond this. */
    static final float SILU_MAX = -EXP_ZERO;

    /** The argument of the logistic function in GELU's form with tanh is z = a*(G1 + G3 a^2): 2*sqrt(2/pi) and 0.044715 times that. */
    static final float G1 = 1.59576912f;
    static final float G3 = 0.0713548162f;
    static final float GELU_TANH_MAX = 10.92f;

    /**
     * The tail of the normal distribution, Q(a) = exp(-a^2/2) * (Q1 t + Q2 t^2 ... + Q9 t^9) with t = 1/(1 + QT a), to 3.4e-8; fitted like
     * the polynomials of {@link ScalarMath}. The form is C. Hastings', Approximations for Digital Computers, 1955.
     */
    static final float QT = 0.35f;
    static final float Q1 = 0.1396213f;
    static final float Q2 = 0.1398636f;
    static final float Q3 = 0.119820684f;
    static final float Q4 = 0.10555496f;
    static final float Q5 = -0.023218293f;
    static final float Q6 = 0.15932846f;
    static final float Q7 = -0.25584677f;
    static final float Q8 = 0.14403471f;
    static final float Q9 = -0.029158672f;
    static final float GELU_MAX = 14.85f;
    /** 1/sqrt(2 pi). */
    static final float DENSITY = 0.398942280f;

    /** log(1 + e) is ln 2 + log((1 + e)/2) from here on. */
    static final float HALVED = 0.41421356f;

    /** exp(x) - 1 is -1 in float below this. */
    static final float ELU_MIN = -18f;
    /** exp(r) - 1 = r + r^2 (1/2 + M3 r ... + M6 r^4) on |r| <= ln(2)/2, to 1.4e-8. */
    static final float M3 = 0.16666545f;
    static final float M4 = 0.041666403f;
    static final float M5 = 0.008366406f;
    static final float M6 = 0.0013940663f;

    private ScalarUnits() {
    }

    static float silu(float x) {
        float a = atMost(SILU_MAX, Math.abs(x));
        return gated(x, a, a);
    }

    static float siluSlope(float x) {
        float a = atMost(SILU_MAX, Math.abs(x));
        return gateSlope(x, a, a);
    }

    static float geluTanh(float x) {
        float a = atMost(GELU_TANH_MAX, Math.abs(x));
        return gated(x, a, a * Math.fma(a * a, G3, G1));
    }

    static float geluTanhSlope(float x) {
        float a = atMost(GELU_TANH_MAX, Math.abs(x));
        float square = a * a;
        return gateSlope(x, a * Math.fma(square, 3 * G3, G1), a * Math.fma(square, G3, G1));
    }

    /** max(x, -0) - a/(1 + exp(z)): far below, -0. */
    private static float gated(float x, float a, float z) {
        float e = liftedExp(-z);
        return Math.fma(a * (e / Math.fma(e, UNLIFT, 1)), -UNLIFT, x < 0 ? -0f : x);
    }

    /** w = s*(1 - b*(1 - s)) with s = 1/(1 + exp(z)) and b = a*z'(a). */
    private static float gateSlope(float x, float b, float z) {
        float e = liftedExp(-z) * UNLIFT;
        float s = e / (e + 1);
        float w = s * Math.fma(s - 1, b, 1);
        return x < 0 ? w : 1 - w;
    }

    static float gelu(float x) {
        float a = atMost(GELU_MAX, Math.abs(x));
        return Math.fma(a * (normalTail(a) * liftedDensity(a)), -UNLIFT, x < 0 ? -0f : x);
    }

    static float geluSlope(float x) {
        float a = atMost(GELU_MAX, Math.abs(x));
        float w = Math.fma(a, -DENSITY, normalTail(a)) * liftedDensity(a) * UNLIFT;
        return x < 0 ? w : 1 - w;
    }

    /**
     * 2^32 * exp(-a^2/2). Rounding the square would be 50 ulp in the tail; so the rest has it as a product that is not rounded, and that of
     * n and the first part of ln 2 is exact.
     */
    private static float liftedDensity(float a) {
        float half = a * -0.5f;
        float shifted = Math.fma(half * a, LOG2_E, ROUND_LIFTED);
        float n = shifted - ROUND_LIFTED;
        float r = Math.fma(n, -LN2_LOW, Math.fma(half, a, n * -LN2_HIGH));
        return expOfRest(r) * powerOfTwo(shifted);
    }

    /** Q(a) * exp(a^2/2). */
    private static float normalTail(float a) {
        float t = 1 / Math.fma(a, QT, 1);
        float p = Math.fma(Q9, t, Q8);
        p = Math.fma(p, t, Q7);
        p = Math.fma(p, t, Q6);
        p = Math.fma(p, t, Q5);
        p = Math.fma(p, t, Q4);
        p = Math.fma(p, t, Q3);
        p = Math.fma(p, t, Q2);
        p = Math.fma(p, t, Q1);
        return p * t;
    }

    /** log(1 + exp(x)) = max(x, 0) + log(1 + e) with e = exp(-|x|). */
    static float softplus(float x) {
        float e = liftedExp(-atMost(-EXP_ZERO, Math.abs(x))) * UNLIFT;
        boolean halved = e > HALVED;
        float f = halved ? (e - 1) * 0.5f : e;
        float log = f + logOfRest(f);
        return (halved ? log + LN2 : log) + (x < 0 ? 0 : x);
    }

    /** alpha*(exp(x) - 1) for x <= 0, with exp(x) - 1 = 2^n*q + (2^n - 1) and q = exp(r) - 1. */
    static float elu(float x, float alpha) {
        float t = x < ELU_MIN ? ELU_MIN : x;
        float shifted = Math.fma(t, LOG2_E, ROUND);
        float n = shifted - ROUND;
        float r = rest(n, t);
        float p = Math.fma(M6, r, M5);
        p = Math.fma(p, r, M4);
        p = Math.fma(p, r, M3);
        p = Math.fma(p, r, 0.5f);
        float q = Math.fma(r * r, p, r);
        float scale = powerOfTwo(shifted);
        float y = alpha * Math.fma(scale, q, scale - 1);
        return x > 0 ? x : x == 0 ? alpha * x : y;
    }

    private static float atMost(float limit, float x) {
        return x > limit ? limit : x;
    }
}
