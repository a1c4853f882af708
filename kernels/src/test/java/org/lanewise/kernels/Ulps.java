package org.lanewise.kernels;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The error of a function of one float, in units in the last place of the exact result. */
public final class Ulps {

    /** A prime, so that all exponents and all low bits are met: 4,300,000 of the 2^32 floats. */
    private static final int STRIDE = 997;

    /** A prime: 660,000 of the floats between 2^-13 and 104 in magnitude, where exp, tanh and sigmoid are not trivial. */
    private static final int FINE_STRIDE = 499;

    /** Where a function has a kink, a bound or another way. */
    private static final float[] SPECIAL = {0, Float.MIN_NORMAL, Float.MAX_VALUE, Float.POSITIVE_INFINITY, 1, 0.5f, 2,
        (float) Math.sqrt(0.5), (float) Math.sqrt(2), (float) Math.log(2), 0.55f, 9.02f, 10.85f, 10.92f, 14.7f, 14.85f,
        17.33f, 18, 20,
        87, 87.33655f, 88.722839f, 88.8f, 89, 103.27893f, 103.97208f, 104, 109, 109.864f, 110.2f, 0.88137361f};

    /** So many floats on both sides of these. */
    private static final int AROUND = 100;

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
        int last = Float.floatToIntBits(104);
        return floats(IntStream.range(0, coarse).map(i -> i * STRIDE),
                IntStream.iterate(first, bits -> bits < last, bits -> bits + FINE_STRIDE).flatMap(Ulps::bothSigns),
                IntStream.range(0, SPECIAL.length).map(i -> Float.floatToIntBits(SPECIAL[i]))
                        .flatMap(bits -> IntStream.rangeClosed(bits - AROUND, bits + AROUND)).flatMap(Ulps::bothSigns));
    }

    private static float[] floats(IntStream... bits) {
        int[] all = Stream.of(bits).flatMapToInt(stream -> stream).toArray();
        float[] x = new float[all.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = Float.intBitsToFloat(all[i]);
        }
        return x;
    }

    private static IntStream bothSigns(int bits) {
        return IntStream.of(bits, bits ^ Integer.MIN_VALUE);
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
