package org.lanewise.kernels.math;

/**
 * exp, tanh and sigmoid of one float, from fused multiply-adds: the same operations in the same order as {@link VectorMath}, so
 * that both give the same bits. A vector loop finishes its tail with these.
 *
 * <p>
 * The polynomials are those of the Cephes library (S. L. Moshier, expf and tanhf).
 */
final class ScalarMath {

    /** exp is 0 in float below the first and infinite above the second bound. */
    static final float EXP_MIN = -104f;
    static final float EXP_MAX = 89f;

    static final float LOG2_E = 1.44269504f;
    /** ln 2 as a sum: the first part has so few bits that its product with an exponent is exact. */
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;
    /** Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits. */
    static final float ROUND = 12582912f;
    static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);

    /** exp(r) = 1 + r + r^2 * (E0 r^5 + E1 r^4 ... + E5) on |r| <= ln(2)/2. */
    static final float E0 = 1.9875691500e-4f;
    static final float E1 = 1.3981999507e-3f;
    static final float E2 = 8.3334519073e-3f;
    static final float E3 = 4.1665795894e-2f;
    static final float E4 = 1.6666665459e-1f;
    static final float E5 = 5.0000001201e-1f;

    /** tanh is 1 in float beyond this. */
    static final float TANH_MAX = 9.02f;
    static final int ONE_BITS = Float.floatToRawIntBits(1f);

    private ScalarMath() {
    }

    static float exp(float x) {
        float t = Math.min(Math.max(x, EXP_MIN), EXP_MAX);
        float shifted = Math.fma(t, LOG2_E, ROUND);
        float n = shifted - ROUND;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, t));
        float p = Math.fma(E0, r, E1);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E4);
        p = Math.fma(p, r, E5);
        float e = Math.fma(r * r, p, r) + 1;
        // 2^n in two factors, so that the result may be subnormal or overflow
        int exponent = Float.floatToRawIntBits(shifted) - ROUND_BITS;
        int half = exponent >> 1;
        return e * powerOfTwo(half) * powerOfTwo(exponent - half);
    }

    private static float powerOfTwo(int exponent) {
        return Float.intBitsToFloat((exponent + 127) << 23);
    }

    /**
     * tanh(a) = e/(e + 2) with e = exp(2a) - 1 = 2^n*q + (2^n - 1), where q = exp(r) - 1: no digits are lost near 0, and there is
     * no second branch. (The two branches of Cephes need so many vector operations that the compiler gives up inlining them.)
     */
    static float tanh(float x) {
        float t = 2 * Math.min(Math.abs(x), TANH_MAX);
        float shifted = Math.fma(t, LOG2_E, ROUND);
        float n = shifted - ROUND;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, t));
        float p = Math.fma(E0, r, E1);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E4);
        p = Math.fma(p, r, E5);
        float q = Math.fma(r * r, p, r);
        // n stands in the low bits of shifted; the shift moves it into the exponent and everything else out
        float scale = Float.intBitsToFloat((Float.floatToRawIntBits(shifted) << 23) + ONE_BITS);
        float e = Math.fma(scale, q, scale - 1);
        return Math.copySign(e / (e + 2), x);
    }

    static float sigmoid(float x) {
        // exp of a negative number only: no overflow, and no digits lost where the result is tiny
        float e = exp(-Math.abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    }
}
