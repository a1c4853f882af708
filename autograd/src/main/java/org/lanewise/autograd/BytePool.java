package org.lanewise.autograd;

import java.util.Arrays;

/**
 * Byte arrays that are used again. Few operations need bytes, mostly the same lengths in the same order: the k-th array serves the
 * k-th request of a step. Now and then the arrays that are longer than what was asked of them lately are dropped.
 */
final class BytePool {

    private static final byte[] NONE = {};

    private byte[][] arrays = {};
    /** The longest request that each array has served lately. */
    private int[] needed = {};
    private int taken;
    private int generation;

    /** An array of at least this length with unknown content. */
    byte[] take(int length) {
        if (taken == arrays.length) {
            arrays = Arrays.copyOf(arrays, 2 * taken + 1);
            Arrays.fill(arrays, taken, arrays.length, NONE);
            needed = Arrays.copyOf(needed, arrays.length);
        }
        int k = taken++;
        needed[k] = Math.max(needed[k], length);
        if (arrays[k].length < length) {
            arrays[k] = new byte[length];
        }
        return arrays[k];
    }

    /** Marks the end of a step: takes all arrays back. */
    void endGeneration() {
        taken = 0;
        if (++generation % BufferPool.KEPT_FOR == 0) {
            for (int k = 0; k < arrays.length; k++) {
                if (arrays[k].length > needed[k]) {
                    arrays[k] = NONE;
                }
            }
            Arrays.fill(needed, 0);
        }
    }
}
