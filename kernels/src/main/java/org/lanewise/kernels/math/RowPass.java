package org.lanewise.kernels.math;

/**
 * The passes over a row that softmax and layer normalisation are made of.
 *
 * <p>
 * They are called by an interface of many implementations on purpose, which one instruction calls for all: the compiler would inline
 * the passes of a row into one method, whose vector operations are then so many that it gives up, in some programs, and boxes them.
 * That took thirty times the time. The loop is a field of an instance, no constant to the compiler.
 */
enum RowPass {
    /** Returns the largest a(j); a NaN may be passed over. */
    MAX((n, value, a, aAt, b, bAt, y, yAt) -> VectorSoftmax.max(n, a, aAt)),
    /** y := exp(a - value); returns the sum of y. */
    EXP((n, value, a, aAt, b, bAt, y, yAt) -> VectorSoftmax.expOfDifference(n, a, aAt, (float) value, y, yAt)),
    /** y := a*value. */
    SCALE((n, value, a, aAt, b, bAt, y, yAt) -> {
        VectorElementwise.axpby(n, (float) value, a, aAt, 0, y, yAt);
        return value;
    }),
    /** y := a - value. */
    SUBTRACT((n, value, a, aAt, b, bAt, y, yAt) -> {
        VectorSoftmax.subtract(n, a, aAt, value, y, yAt);
        return value;
    }),
    /** Returns the sum of a. */
    SUM((n, value, a, aAt, b, bAt, y, yAt) -> VectorReductions.sum(n, a, aAt)),
    /** Returns the sum of (a - value)*b. */
    DOT((n, value, a, aAt, b, bAt, y, yAt) -> VectorReductions.dot(n, a, aAt, (float) value, b, bAt)),
    /** Returns the sum of (a - value)^2. */
    DEVIATIONS((n, value, a, aAt, b, bAt, y, yAt) -> ReductionLoop.deviations(value, n, a, aAt)),
    /** y := a*(b - value). */
    SOFTMAX_SLOPE((n, value, a, aAt, b, bAt, y, yAt) -> {
        VectorSoftmax.slope(n, (float) value, a, aAt, b, bAt, y, yAt);
        return value;
    }),
    /** y := b - value*exp(a). */
    LOG_SOFTMAX_SLOPE((n, value, a, aAt, b, bAt, y, yAt) -> {
        VectorSoftmax.logSlope(n, (float) value, a, aAt, b, bAt, y, yAt);
        return value;
    });

    /** From a, and from b if the pass has two operands, to y, if it has a result. */
    @FunctionalInterface
    private interface Loop {
        double run(int n, double value, float[] a, int aAt, float[] b, int bAt, float[] y, int yAt);
    }

    @SuppressWarnings("ImmutableEnumChecker") // these lambdas hold nothing
    private final Loop loop;

    RowPass(Loop loop) {
        this.loop = loop;
    }

    /** A pass over n elements from those places on. */
    double run(int n, double value, float[] a, int aAt, float[] b, int bAt, float[] y, int yAt) {
        return loop.run(n, value, a, aAt, b, bAt, y, yAt);
    }

    /** A pass with one operand. */
    double run(int n, double value, float[] a, int aAt, float[] y, int yAt) {
        return run(n, value, a, aAt, a, aAt, y, yAt);
    }
}
