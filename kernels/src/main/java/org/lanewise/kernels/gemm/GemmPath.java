package org.lanewise.kernels.gemm;

/**
 * The ways to compute a product, and the one place that chooses among them: by shape, by storage and by whether alpha is 1, with
 * limits that are the same on every machine where the way decides the order of a sum. So the bits of a result depend on neither
 * the threads nor the matrices, and of the machine only on the width of its vectors.
 *
 * <p>
 * Figures are GFLOP/s of one core with AVX-512 and 2 MB of L2, alternating in one JVM. How a blocked product walks over its
 * blocks is chosen by {@link Blocking}, which also derives the sizes from the caches.
 */
public enum GemmPath {

    /** A scalar loop: no packing, and no vector code that the JVM has not compiled yet when a program starts. */
    TINY,

    /** One row of C: a matrix-vector product with B. */
    ROW,

    /** One column of C: a matrix-vector product with A. */
    COLUMN,

    /** One step: each row of C is a multiple of B's. */
    OUTER,

    /** Few rows or few columns of C: the large operand is read once, where it stands. */
    SKINNY,

    /** A and B are read where they stand. */
    DIRECT,

    /** Operands are packed into panels that fit the caches. */
    BLOCKED;

    /** Multiply-adds up to which the scalar loop runs: 8x8x8 (512) runs at 9 there and at 21 with vectors. */
    private static final long MAX_TINY = 256;

    /**
     * Columns of C up to which A is not packed: each of its elements is multiplied with so few others that packing, some 0.17 ns
     * an element, takes longer than it saves. Direct and packed: 16x16x16 68 and 21, 32x32x32 121 and 92, 256x64x192 144 and 132,
     * 1024x1024x16 79 and 43.
     */
    private static final int MAX_DIRECT_COLUMNS = 64;

    /**
     * Steps up to which it is not packed either while C stays in the cache: 64x128x64 141 and 114, 100x100x100 106 and 93,
     * 128x128x128 no difference, 1024x27x512, whose C does not, 93 and 111.
     */
    private static final int MAX_DIRECT_STEPS = 128;

    /**
     * Rows of C up to which B is not packed, and the elements of such a B, 1 MB of floats: 4x256x256 94 and 55, 8x256x256 88 and 77,
     * 12x256x256 119 and 98, 16x512x512 no difference.
     */
    private static final int MAX_DIRECT_ROWS = 12;
    private static final int MAX_DIRECT_B = 256 * 1024;

    /**
     * A skinny product by dot products has at least so many steps for each of the few lines: 4x128x128 with B transposed 40 and 31,
     * 8x256x128 55 and 51, 8x128x128 43 and 52, 16x512x512 75 and 74, 16x256x1024 68 and 82. In large products it reads the large
     * operand at the speed of memory: 4x1024x1024 with B transposed 50 and 20.
     */
    private static final int STEPS_A_LINE = 32;

    /** Elements of the large operand from which a skinny product adds its rows: 2x128x128 34 and 52, 2x64x1024 43 and 26. */
    private static final int MIN_ADDED = 32 * 1024;

    /** Length of these rows: some vectors, or adding them would be a scalar loop. */
    private static final int MIN_ROW = 64;

    /** Elements of the small operand, which is copied and should stay in L2; longer sums are better cut into blocks anyway. */
    private static final int MAX_SMALL = 64 * 1024;

    /**
     * {@return the way for C (m, n) := alpha * op(A) (m, k) * op(B) (k, n)} All sizes are at least 1.
     *
     * @param scaled whether alpha is not 1, so that neither operand can be used as it stands
     */
    public static GemmPath of(boolean transA, boolean transB, int m, int n, int k, boolean scaled) {
        if ((long) m * n * k <= MAX_TINY) {
            return TINY;
        }
        if (m == 1) {
            return ROW;
        }
        if (n == 1) {
            return COLUMN;
        }
        if (k == 1) {
            return OUTER;
        }
        boolean asStored = !transA && !transB && !scaled;
        if (asStored && m <= MAX_DIRECT_ROWS && (long) k * n <= MAX_DIRECT_B) {
            return DIRECT;
        }
        if (isSkinny(transA, transB, m, n, k, asStored)) {
            return SKINNY;
        }
        boolean small = n <= MAX_DIRECT_COLUMNS || (k <= MAX_DIRECT_STEPS && (long) m * n <= Blocking.HALF_L2);
        return asStored && small && (long) k * n <= Blocking.IN_PLACE ? DIRECT : BLOCKED;
    }

    /**
     * Limits are where the two ways meet: 16x1024x1024 with B transposed 64 and 59, 8x1024x1024 62 and 48, 10x1024x1024 53 and 52,
     * 1024x1024x12 with A transposed 63 and 28, 1024x1024x16 63 and 78.
     */
    private static boolean isSkinny(boolean transA, boolean transB, int m, int n, int k, boolean asStored) {
        boolean fewRows = m <= n;
        int few = Math.min(m, n);
        int many = Math.max(m, n);
        if (many / 4 < few || (long) few * k > MAX_SMALL) {
            return false;
        }
        boolean dots = fewRows ? transB : !transA;
        if (dots) {
            return few <= (asStored ? 8 : 16) && k >= STEPS_A_LINE * few;
        }
        return few <= (fewRows ? 8 : 12) && many >= MIN_ROW && (long) k * many >= MIN_ADDED;
    }
}
