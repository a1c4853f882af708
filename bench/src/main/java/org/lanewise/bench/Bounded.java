package org.lanewise.bench;

/**
 * A value in double precision, and how far the same value in float may be from it.
 *
 * @param value the value
 * @param error the bound
 */
record Bounded(double value, double error) {

    static final Bounded ZERO = new Bounded(0, 0);

    /** The slope of the logistic function is at most this. */
    private static final double STEEPEST = 0.25;

    static Bounded exactly(double value) {
        return new Bounded(value, 0);
    }

    /** A sum that may be fused with the product that one of the two is. */
    Bounded plus(Bounded other) {
        return rounded(value + other.value, error + other.error);
    }

    Bounded minus(Bounded other) {
        return rounded(value - other.value, error + other.error);
    }

    Bounded times(Bounded other) {
        return rounded(value * other.value,
                Math.abs(value) * other.error + Math.abs(other.value) * error + error * other.error);
    }

    /** 1 - this. */
    Bounded complement() {
        return rounded(1 - value, error);
    }

    /** tanh is nowhere steeper than 1, and the kernel's is within 2 ulp of a number below 1. */
    Bounded tanh() {
        return new Bounded(Math.tanh(value), error + 2 * Answer.UNIT_ROUNDOFF);
    }

    /** The same for the logistic function. */
    Bounded sigmoid() {
        return new Bounded(1 / (1 + Math.exp(-value)), STEEPEST * error + 2 * Answer.UNIT_ROUNDOFF);
    }

    private static Bounded rounded(double value, double error) {
        return new Bounded(value, error + Answer.UNIT_ROUNDOFF * Math.abs(value));
    }
}
