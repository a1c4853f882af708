package org.lanewise.kernels.math;

/**
 * exp, tanh and sigmoid of one float, from fused multiply-adds: the same operations in the same order as {@link VectorMath}, so
 * that both give the same bits. A vector loop finishes its tail with these.
 *
 * <p>
 * The polynomials are those of the Cephes library (S. L. Moshier, expf and tanhf).
 */
final class ScalarMath {

    /** exp is 0 in float below this. */
    static final float EXP_MIN = -104f;

    static final float LOG2_E = 1.44269504f;
    /** ln 2 as a sum: the first part has so few bits that its product with an exponent is exact. */
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;
    /** Adding 1.5 * 2^23 rounds to an integer n, which then stands in the low bits: shifted left by 23 it is an exponent. */
    static final float ROUND = 12582912f;
    static final int ONE_BITS = Float.floatToRawIntBits(1f);
    static final float UNLIFT = 0x1p-32f;
    static final int LIFTED_ONE_BITS = Float.floatToRawIntBits(0x1p32f);

    /** exp(r) = 1 + r + r^2 * (E0 r^5 + E1 r^4 ... + E5) on |r| <= ln(2)/2. */
    static final float E0 = 1.9875691500e-4f;
    static final float E1 = 1.3981999507e-3f;
    static final float E2 = 8.3334519073e-3f;
    static final float E3 = 4.1665795894e-2f;
    static final float E4 = 1.6666665459e-1f;
    static final float E5 = 5.0000001201e-1f;

    /** tanh is 1 in float beyond this. */
    static final float TANH_MAX = 9.02f;

    private ScalarMath() {
    }

    /**
     * exp(x) for x <= 0, which is all that softmax and sigmoid need. With x = n*ln(2) + r it is 2^n * exp(r); 2^n goes in as
     * 2^(n + 32) and 2^-32, so that the result may be subnormal.
     */
    static float expOfNegative(float x) {
        float t = Math.max(x, EXP_MIN);
        float shifted = Math.fma(t, LOG2_E, ROUND);
        float n = shifted - ROUND;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, t));
        float p = Math.fma(E0, r, E1);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E4);
        p = Math.fma(p, r, E5);
        float e = Math.fma(r * r, p, r) + 1;
        float scale = Float.intBitsToFloat((Float.floatToRawIntBits(shifted) << 23) + LIFTED_ONE_BITS);
        return e * scale * UNLIFT;
    }

    /**
     * tanh(x) = e/(e + 2) with e = exp(2x) - 1 = 2^n*q + (2^n - 1), where q = exp(r) - 1: no digits are lost near 0, and there is
     * no second branch. (The two branches of Cephes need so many vector operations that the compiler gives up inlining them.)
     */
    static float tanh(float x) {
        float t = 2 * Math.min(Math.max(x, -TANH_MAX), TANH_MAX);
        float shifted = Math.fma(t, LOG2_E, ROUND);
        float n = shifted - ROUND;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, t));
        float p = Math.fma(E0, r, E1);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E4);
        p = Math.fma(p, r, E5);
        float q = Math.fma(r * r, p, r);
        float scale = Float.intBitsToFloat((Float.floatToRawIntBits(shifted) << 23) + ONE_BITS);
        float e = Math.fma(scale, q, scale - 1);
        return x == 0 ? x : divideBySum(e, e, 2); // the sums above have lost the sign of -0
    }

    static float sigmoid(float x) {
        // no overflow, and no digits lost where the result is tiny
        float e = expOfNegative(-Math.abs(x));
        return divideBySum(x < 0 ? e : 1, e, 1);
    }

    /**
     * a / (e + c), rounded about once: the rounding errors of the sum (exact in {@code low}) and of the quotient (the remainder)
     * are put right, without which tanh and sigmoid would be off by 2.3 ulp.
     */
    private static float divideBySum(float a, float e, float c) {
        float sum = e + c;
        float low = e - (sum - c);
        float quotient = a / sum;
        float remainder = Math.fma(-quotient, low, Math.fma(-quotient, sum, a));
        return quotient + remainder / sum;
    }
}
