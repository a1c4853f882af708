package org.lanewise.kernels;

import java.util.function.DoubleUnaryOperator;

import static org.assertj.core.api.Assertions.assertThat;

/** The error of a function of one float, in units in the last place of the exact result. */
public final class Ulps {

    /** A prime, so that all exponents and all low bits are met: 430,000 of the 2^32 floats. */
    private static final int STRIDE = 9973;

    /** A prime: 660,000 of the floats between 2^-13 and 104 in magnitude, where exp, tanh and sigmoid are not trivial. */
    private static final int FINE_STRIDE = 499;

    /** A loop from one array to another. */
    @FunctionalInterface
    public interface Loop {
        void run(int n, float[] x, float[] y);
    }

    private Ulps() {
    }

    /** All kinds of floats: of both signs, subnormal, infinite, NaN. */
    public static float[] sample() {
        int coarse = (int) ((1L << 32) / STRIDE);
        int first = Float.floatToIntBits(0x1p-13f);
        int fine = (Float.floatToIntBits(104) - first) / FINE_STRIDE;
        float[] x = new float[coarse + 2 * fine];
        for (int i = 0; i < coarse; i++) {
            x[i] = Float.intBitsToFloat(i * STRIDE);
        }
        for (int i = 0; i < fine; i++) {
            x[coarse + i] = Float.intBitsToFloat(first + i * FINE_STRIDE);
            x[coarse + fine + i] = -x[coarse + i];
        }
        return x;
    }

    /** The loop is within a number of ulps of the function on the whole sample. */
    public static void assertWithin(double limit, Loop loop, DoubleUnaryOperator exact) {
        float[] x = sample();
        float[] y = new float[x.length];
        loop.run(x.length, x, y);
        double worst = 0;
        float at = 0;
        for (int i = 0; i < x.length; i++) {
            double error = error(y[i], exact.applyAsDouble(x[i]));
            if (error > worst) {
                worst = error;
                at = x[i];
            }
        }
        assertThat(worst).as("largest error in ulp, at x = %s (%s)", at, Float.toHexString(at))
                .isLessThanOrEqualTo(limit);
    }

    private static double error(float actual, double exact) {
        float rounded = (float) exact;
        if (Float.compare(actual, rounded) == 0) {
            return 0;
        }
        // Overflow, or one value NaN and the other not, is never a matter of ulps.
        return Float.isFinite(actual) && Float.isFinite(rounded)
                ? Math.abs(actual - exact) / Math.ulp(rounded)
                : Double.POSITIVE_INFINITY;
    }
}
