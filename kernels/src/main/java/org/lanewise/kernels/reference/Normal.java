package org.lanewise.kernels.reference;

/** The standard normal distribution in double precision, to some 1e-15 of each value. */
final class Normal {

    /** Below this erf is a series, above it erfc is a continued fraction. */
    private static final double SERIES_MAX = 2.5;
    private static final int FRACTION_TERMS = 120;

    private Normal() {
    }

    /** P(X <= x). */
    static double distribution(double x) {
        double tail = complementaryError(Math.abs(x) / Math.sqrt(2)) / 2;
        return x < 0 ? tail : 1 - tail;
    }

    /** exp(-x^2/2)/sqrt(2*pi). */
    static double density(double x) {
        return StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    /** erfc(z) for z >= 0. */
    private static double complementaryError(double z) {
        return z <= SERIES_MAX ? 1 - series(z) : fraction(z);
    }

    /** erf(z) = 2/sqrt(pi) * exp(-z^2) * sum of 2^n z^(2n+1) / (1*3*5*...*(2n+1)): all terms have one sign. */
    private static double series(double z) {
        double term = z;
        double sum = z;
        for (int n = 1; term > 0x1p-60 * sum; n++) {
            term *= 2 * z * z / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * StrictMath.exp(-z * z) * sum;
    }

    /** erfc(z) = exp(-z^2)/sqrt(pi) / (z + (1/2)/(z + (2/2)/(z + (3/2)/(z + ...)))), from its end. */
    private static double fraction(double z) {
        double rest = 0;
        for (int k = FRACTION_TERMS; k > 0; k--) {
            rest = k / 2.0 / (z + rest);
        }
        return StrictMath.exp(-z * z) / Math.sqrt(Math.PI) / (z + rest);
    }
}
