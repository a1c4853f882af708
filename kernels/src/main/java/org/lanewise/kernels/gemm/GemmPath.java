package org.lanewise.kernels.gemm;

/**
 * The ways to compute a product, and the one place that chooses among them, by shape alone: the bits of a result depend on
 * neither the threads nor the values.
 *
 * <p>
 * Figures are GFLOP/s of one core with AVX-512, alternating in one JVM. How a blocked product walks over its blocks is chosen by
 * {@link Blocking}.
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

    /** Multiply-adds up to which the scalar loop runs: 8x8x8 (512) runs at 9 there and at 21 with vectors. */
    private static final long MAX_TINY = 256;

    /**
     * Columns of C up to which A is not packed: each of its elements is multiplied with so few others that packing, some 0.17 ns
     * an element, takes longer than it saves. Direct and packed: 16x16x16 68 and 21, 32x32x32 121 and 92, 64x64x64 148 and 140,
     * 96x96x96 no difference.
     */
    private static final int MAX_DIRECT_COLUMNS = 64;

    /**
     * {@return the way for C (m, n) := op(A) (m, k) * op(B) (k, n)} All sizes are at least 1.
     *
     * @param asStored whether op(A) = A, op(B) = B and alpha = 1, so that both can be read where they stand
     */
    public static GemmPath of(int m, int n, int k, boolean asStored) {
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
        boolean small = n <= MAX_DIRECT_COLUMNS && (long) k * n <= Blocking.IN_PLACE
                && multiplyAdds <= BlockedGemm.PER_THREAD;
        return small && asStored ? DIRECT : BLOCKED;
    }
}
