package org.lanewise.kernels.gemm;

/**
 * The sizes of the blocks that a product is cut into, and the rule that they follow.
 *
 * <ul>
 * <li>{@link #KC}: a panel of B (KC x NR) stays in the L1 cache while the panels of A pass by: 16 KB at 256 bits, 32 KB at 512.
 * <li>{@link #MC}: a block of A (MC x KC) takes 72 KB, a small part of the L2 cache, so that the tiles of C and the panels of B
 * that pass by do not push it out. With half of the cache (256 rows) 1024x1024x1024 ran at 0.76 of OpenBLAS's speed on a Zen 3
 * core, with 192 rows at 0.76, with 120 at 0.80, with 72 at 0.85 to 0.90.
 * <li>{@link #NC}: a block of B (KC x NC) is packed once and stays in the L3 cache; it bounds the scratch memory of a thread to
 * {@code 4 * KC * (MC + NC)} bytes, 3.2 MB.
 * </ul>
 *
 * The system properties {@code lanewise.gemm.kc}, {@code lanewise.gemm.mc} and {@code lanewise.gemm.nc} overrule them, for
 * experiments.
 */
final class Blocking {

    /** Steps of a block: how many products are summed in registers before C is touched. */
    static final int KC = property("kc", 256);

    /** Rows of a block of A, a multiple of MR. */
    static final int MC = multipleBelow(property("mc", 72), MicroKernel.MR);

    /** Columns of a block of B, a multiple of NR. */
    static final int NC = multipleBelow(property("nc", 3072), MicroKernel.NR);

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
        return Math.max(limit / unit, 1) * unit;
    }

    /** A block size that a system property may overrule; it is bounded so that no scratch array outgrows an int. */
    private static int property(String name, int otherwise) {
        String value = System.getProperty("lanewise.gemm." + name);
        if (value == null) {
            return otherwise;
        }
        try {
            int size = Integer.parseInt(value);
            if (size >= 1 && size <= 16_384) {
                return size;
            }
        } catch (NumberFormatException e) {
            // told below, together with numbers out of range
        }
        throw new IllegalArgumentException(
                "system property lanewise.gemm." + name + "=" + value + ": expected an integer from 1 to 16384");
    }
}
