package org.lanewise.kernels.math;

/**
 * The passes that some kernels are made of, over a row or over a block of elements that stays in the cache.
 *
 * <p>
 * They are called by an interface of many implementations on purpose, which one instruction calls for all: the compiler would inline
 * the passes of a kernel into one method, whose vector operations are then so many that it gives up, in some programs, and boxes
 * them. That took softmax thirty times the time. The loop is a field of an instance, no constant to the compiler.
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
    }),
    /** y := log(a). */
    LOG((n, value, a, aAt, b, bAt, y, yAt) -> {
        VectorExponentials.logVectors(n, a, aAt, y, yAt);
        return value;
    }),
    /** y := log(a), of positive normal numbers. */
    LOG_OF_NORMAL((n, value, a, aAt, b, bAt, y, yAt) -> {
        VectorExponentials.logOfNormalVectors(n, a, aAt, y, yAt);
        return value;
    }),
    /** y := 2^32 * exp(-a^2/2). */
    DENSITY((n, value, a, aAt, b, bAt, y, yAt) -> {
        VectorLinearUnits.densityVectors(n, a, aAt, y, yAt);
        return value;
    }),
    /** y := gelu(a), with its densities in b. */
    GELU((n, value, a, aAt, b, bAt, y, yAt) -> {
        VectorLinearUnits.geluVectors(n, a, aAt, b, bAt, y, yAt);
        return value;
    }),
    /** y := the slope of gelu at a, with its densities in b. */
    GELU_SLOPE((n, value, a, aAt, b, bAt, y, yAt) -> {
        VectorLinearUnits.geluSlopeVectors(n, a, aAt, b, bAt, y, yAt);
        return value;
    }),
    /** y := exp(-abs(value*a)). */
    EXP_BELOW_ONE((n, value, a, aAt, b, bAt, y, yAt) -> {
        VectorLinearUnits.expBelowOneVectors(n, (float) value, a, aAt, y, yAt);
        return value;
    }),
    /** y := log(1 + a), for a in [0, 1]. */
    LOG_ABOVE_ONE((n, value, a, aAt, b, bAt, y, yAt) -> {
        VectorLinearUnits.logAboveOneVectors(n, a, aAt, y, yAt);
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
