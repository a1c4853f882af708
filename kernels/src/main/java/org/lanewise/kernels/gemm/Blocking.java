package org.lanewise.kernels.gemm;

import org.lanewise.kernels.vector.Lanes;

/**
 * The sizes of the blocks that a product is cut into, and the rule that they follow.
 */
final class Blocking {

    /** Steps of a block: how many products are summed in registers before C is touched. */
    static final int KC = property("kc", 256);

    /** Rows of a block of A, a multiple of MR. */
    static final int MC = multipleBelow(property("mc", 1344), MicroKernel.MR);

    /** Columns of a block of B, a multiple of NR. */
    static final int NC = multipleBelow(property("nc", 1024), MicroKernel.NR);

    static final int FEW_ROWS = property("few", 168);

    static final int IN_PLACE = property("inplace", 16_384);

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

    /** Floats of the packed panels of so many lines, and a slack of one vector: see {@link Operand#pack}. */
    static int panels(int lines, int width, int depth) {
        return Math.ceilDiv(lines, width) * width * depth + Lanes.COUNT;
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
            if (size >= 1 && size <= 65_536) {
                return size;
            }
        } catch (NumberFormatException e) {
            // told below, together with numbers out of range
        }
        throw new IllegalArgumentException(
                "system property lanewise.gemm." + name + "=" + value + ": expected an integer from 1 to 65536");
    }
}
