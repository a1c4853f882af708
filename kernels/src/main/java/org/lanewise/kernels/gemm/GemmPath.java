package org.lanewise.kernels.gemm;

/**
 * The ways to compute a product, and the one place that chooses among them, by shape alone: the bits of a result depend on
 * neither the threads nor the values.
 *
 * <p>
 * Figures are speeds beside OpenBLAS 0.3.31, one Zen 3 core, by {@code bench/compare gemm}.
 */
public enum GemmPath {

    /** A scalar loop: no packing, and no vector code that the JVM has not compiled yet when a program starts. */
    TINY,

    /** One row of C: a matrix-vector product with B. */
    ROW,

    /** One column of C: a matrix-vector product with A. */
    COLUMN,

    /** A and B are read where they stand. */
    DIRECT,

    /** Operands are packed into panels that fit the caches. */
    BLOCKED;

    /**
     * Multiply-adds up to which the scalar loop runs. 8x8x8 (512) ran at 0.32 there and runs at 0.53 with vectors.
     */
    private static final long MAX_TINY = 256;

    static final int DIRECT_COLUMNS = 64;

    /** {@return the way for C (m, n) := op(A) (m, k) * op(B) (k, n)} All sizes are at least 1. */
    public static GemmPath of(int m, int n, int k, boolean stored) {
        long multiplyAdds = (long) m * n * k;
        if (multiplyAdds <= MAX_TINY) {
            return TINY;
        }
        if (m == 1) {
            return ROW;
        }
        if (n == 1) {
            return COLUMN;
        }
        // one thread serves DIRECT, so it ends where a second one would begin
        boolean narrow = n <= DIRECT_COLUMNS && (long) k * n <= Blocking.IN_PLACE
                && multiplyAdds <= BlockedGemm.PER_THREAD;
        return narrow && stored ? DIRECT : BLOCKED;
    }
}
