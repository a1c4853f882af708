package org.lanewise.kernels.gemm;

/**
 * The sizes of the blocks that a product is cut into, and the rule that they follow.
 *
 * <ul>
 * <li>{@link #KC}: a panel of B (KC x NR) stays in the L1 cache while the panels of A pass by: 16 KB at 256 bits, 32 KB at 512.
 * <li>{@link #MC}: a block of A (MC x KC) stays in half of the L2 cache while the panels of B pass by.
 * <li>{@link #NC}: a block of B (KC x NC) is packed once and stays in the L3 cache; it bounds the scratch memory of a thread to
 * {@code 4 * KC * (MC + NC)} bytes.
 * </ul>
 */
final class Blocking {

    /** Bytes of a core's level-2 cache: 512 KB is the smaller of today's usual sizes. */
    private static final int L2 = 512 * 1024;

    /** Steps of a block: how many products are summed in registers before C is touched. */
    static final int KC = 256;

    /** Rows of a block of A, a multiple of MR. */
    static final int MC = multipleBelow(L2 / 2 / Float.BYTES / KC, MicroKernel.MR);

    /** Columns of a block of B, a multiple of NR. */
    static final int NC = multipleBelow(3072, MicroKernel.NR);

    private Blocking() {
    }

    /**
     * The length of each part if {@code total} is cut into the fewest parts of at most {@code limit}, all but the last of equal
     * length and a multiple of {@code unit}: 400 with limit 384 is cut into 200 + 200 and not into 384 + 16.
     */
    static int evenPart(int total, int limit, int unit) {
        int parts = Math.ceilDiv(total, limit);
        return parts <= 1 ? Math.max(total, 1) : Math.ceilDiv(Math.ceilDiv(total, parts), unit) * unit;
    }

    /** Steps of each block of a product with k steps. It depends on k alone, because it decides the order of the sums. */
    static int depth(int k) {
        return evenPart(k, KC, 1);
    }

    private static int multipleBelow(int limit, int unit) {
        return limit / unit * unit;
    }
}
