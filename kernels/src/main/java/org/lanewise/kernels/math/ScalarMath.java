package org.lanewise.kernels.math;

/**
 * exp, log, tanh and sigmoid of one float, from fused multiply-adds: the same operations in the same order as {@link VectorMath},
 * so that both give the same bits. A vector loop finishes its tail with these.
 *
 * <p>
 * The polynomials are minimax ones, fitted by weighted least squares (Lawson) with coefficients rounded to float one after the
 * other. The reductions are those of W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980. Largest errors
 * over all 2^32 floats: exp 0.91 ulp, log 0.93, tanh 1.72, sigmoid 1.97.
 */
final class ScalarMath {

    /** exp is 0 in float below this, and infinite above the next. */
    static final float EXP_MIN = -104f;
    static final float EXP_MAX = 89f;
    /**
     * Here the power of two of {@link #liftedExp} is 0 (n is -159; at -160 the shift would wrap), so that exp of what is below, as a mask's
     * -infinity, is a product with 0. A product that underflows gives 0 too, but takes the CPU 150 cycles: softmax of rows that were half
     * masked took six times as long. Between -110 and -87 products do underflow, or are subnormal.
     */
    static final float EXP_ZERO = -110.2f;
    /** With a magnitude below this, exp is a normal number, and the power of two that it is computed from. */
    static final float EXP_ORDINARY = 87f;

    static final float LOG2_E = 1.44269504f;
    /** ln 2 as a sum: the first part has so few bits that its product with an exponent is exact. */
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;
    static final float LN2 = 0.693147181f;
    /**
     * Adding 1.5 * 2^23 + 127 rounds to an integer n, and n + 127 then stands in the low bits: shifted left by 23 it is the float 2^n.
     */
    static final float ROUND = 12582912f + 127;
    static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);
    /** The same for n + 32: a factor of 2^32, so that a result that is going to be subnormal is none yet. */
    static final float ROUND_LIFTED = ROUND + 32;
    static final float UNLIFT = 0x1p-32f;
    /** The same for n + 127: the exponent of 2^n, biased twice. */
    static final float ROUND_TWICE = ROUND + 127;

    /** exp(r) = 1 + r + E2 r^2 ... + E6 r^6 on |r| <= ln(2)/2, to 3.1e-9. */
    static final float E2 = 0.49999994f;
    static final float E3 = 0.16666521f;
    static final float E4 = 0.041668266f;
    static final float E5 = 0.008368677f;
    static final float E6 = 0.0013820734f;

    /** tanh is 1 in float beyond this. */
    static final float TANH_MAX = 9.02f;
    /** Up to here tanh is a polynomial: x + x*(T1 x^2 + T2 x^4 ...) to 3.7e-8. */
    static final float TANH_SMALL = 0.55f;
    static final float T1 = -0.33332947f;
    static final float T2 = 0.13320729f;
    static final float T3 = -0.05267201f;
    static final float T4 = 0.016437879f;

    static final float SQRT_HALF = 0.70710678f;
    static final int SQRT_HALF_BITS = Float.floatToRawIntBits(SQRT_HALF);
    static final float SUBNORMAL_LIFT = 0x1p25f;
    static final float SUBNORMAL_EXPONENT = 25;

    /** log(1 + f) = f - f^2/2 + f^3 (L3 + L4 f ...) on [sqrt(1/2) - 1, sqrt(2) - 1], to 5.8e-9. */
    static final float L3 = 0.3333333f;
    static final float L4 = -0.2500082f;
    static final float L5 = 0.2000124f;
    static final float L6 = -0.16623408f;
    static final float L7 = 0.14201628f;
    static final float L8 = -0.13159683f;
    static final float L9 = 0.12761861f;
    static final float L10 = -0.076357506f;

    private ScalarMath() {
    }

    /**
     * exp(x), with x = n*ln(2) + r as 2^n * exp(r). n may be 128 or -150, which is no exponent of a float, so that 2^n goes in as two
     * factors; only the second one can round.
     */
    static float exp(float x) {
        if (x < EXP_MIN) {
            return 0; // and no product that underflows: see EXP_ZERO
        }
        float t = x > EXP_MAX ? EXP_MAX : x;
        float shifted = Math.fma(t, LOG2_E, ROUND_TWICE);
        float half = Math.fma(t, LOG2_E / 2, ROUND);
        float n = shifted - ROUND_TWICE;
        float p = expOfRest(rest(n, t));
        int first = Float.floatToRawIntBits(half) << 23;
        int second = (Float.floatToRawIntBits(shifted) << 23) - first;
        return p * Float.intBitsToFloat(first) * Float.intBitsToFloat(second);
    }

    /** exp(x) for x <= 0, which is all that softmax needs. */
    static float expOfNegative(float x) {
        return liftedExp(x < EXP_ZERO ? EXP_ZERO : x) * UNLIFT;
    }

    /** 2^32 * exp(t) for EXP_ZERO <= t <= 0, and 0 at that end. */
    static float liftedExp(float t) {
        float shifted = Math.fma(t, LOG2_E, ROUND_LIFTED);
        float n = shifted - ROUND_LIFTED;
        float p = expOfRest(rest(n, t));
        return p * powerOfTwo(shifted);
    }

    /** t - n*ln(2). */
    static float rest(float n, float t) {
        return Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, t));
    }

    /** exp(r) for |r| <= ln(2)/2. */
    static float expOfRest(float r) {
        float p = Math.fma(E6, r, E5);
        p = Math.fma(p, r, E4);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, 1);
        return Math.fma(p, r, 1);
    }

    /** 2^n from the n + 127 in the low bits of shifted. */
    static float powerOfTwo(float shifted) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << 23);
    }

    /** log(x), with x = 2^k * (1 + f) as k*ln(2) + log(1 + f). */
    static float log(float x) {
        boolean subnormal = x < Float.MIN_NORMAL;
        int bits = Float.floatToRawIntBits(subnormal ? x * SUBNORMAL_LIFT : x);
        int exponent = (bits - SQRT_HALF_BITS) >> 23;
        float shifted = Float.intBitsToFloat(exponent + ROUND_BITS) - ROUND;
        float k = subnormal ? shifted - SUBNORMAL_EXPONENT : shifted;
        float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1;
        float z = logOfRest(f);
        float y = Math.fma(k, LN2_HIGH, f + Math.fma(k, LN2_LOW, z));
        y = x < Float.POSITIVE_INFINITY ? y : x;
        return x < 0 ? Float.NaN : x == 0 ? Float.NEGATIVE_INFINITY : y;
    }

    /** log(1 + f) - f for f in [sqrt(1/2) - 1, sqrt(2) - 1]. */
    static float logOfRest(float f) {
        float p = Math.fma(L10, f, L9);
        p = Math.fma(p, f, L8);
        p = Math.fma(p, f, L7);
        p = Math.fma(p, f, L6);
        p = Math.fma(p, f, L5);
        p = Math.fma(p, f, L4);
        p = Math.fma(p, f, L3);
        return f * f * Math.fma(p, f, -0.5f);
    }

    /**
     * tanh(x) = sign(x) * (1 - 2/(exp(2|x|) + 1)) where that loses no digits, else a polynomial. The sum of the quotient is one
     * multiply-add, and the quotient is at most half the result, so that its errors count half. The reduction needs no second part of
     * ln 2: where the first one's error is seen in exp, 1 is all that is left.
     */
    static float tanh(float x) {
        float a = Math.abs(x);
        float t = a > TANH_MAX ? TANH_MAX : a;
        float shifted = Math.fma(t, 2 * LOG2_E, ROUND);
        float n = shifted - ROUND;
        float r = Math.fma(n, -LN2, t + t);
        float large = 1 - 2 / Math.fma(expOfRest(r), powerOfTwo(shifted), 1);
        float square = x * x;
        float p = Math.fma(T4, square, T3);
        p = Math.fma(p, square, T2);
        p = Math.fma(p, square, T1);
        return a > TANH_SMALL ? Math.copySign(large, x) : x * Math.fma(p, square, 1);
    }

    /**
     * With e = exp(-|x|), sigmoid is e/(1 + e) for x < 0 and else 1/(1 + e): no overflow, and no digits lost. What the sum gains by
     * rounding is put right: an error g changes the quotient q by -q*g/(1 + e). That is taken for -q*g: nearly right where e is
     * small and the error counts most, and where e is near 1 no worse than nothing. Exactly, it would be two operations more for the
     * same largest error.
     */
    static float sigmoid(float x) {
        float a = Math.abs(x);
        float e = liftedExp(-(a > -EXP_ZERO ? -EXP_ZERO : a)) * UNLIFT;
        float sum = e + 1;
        float gained = sum - 1 - e;
        float q = (x < 0 ? e : 1) / sum;
        return Math.fma(q, gained, q);
    }
}
