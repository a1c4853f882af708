package org.lanewise.kernels;

/** What becomes of several numbers: see {@link Reductions}. Of no numbers: 0, NaN, -infinity, NaN, NaN and 0. */
public enum Reduction {
    /** x[0] + x[1] + ... + x[n-1]. */
    SUM,
    /** The sum over n. */
    MEAN,
    /** The largest; NaN if one of them is. */
    MAX,
    /** The sum of (x[i] - mean)^2 over n - 1, the unbiased estimate; NaN for a single number. */
    VARIANCE,
    /** The sum of (x[i] - mean)^2 over n. */
    POPULATION_VARIANCE,
    /** The square root of the sum of x[i]^2. */
    NORM
}
