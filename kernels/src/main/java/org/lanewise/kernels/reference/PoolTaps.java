package org.lanewise.kernels.reference;

/** Which taps of a window along one dimension are pixels: those from {@link #first} up to but not including {@link #end}. */
public final class PoolTaps {

    private PoolTaps() {
    }

    /** The first tap that is not before pixel 0. */
    public static int first(int start, int dilation) {
        return start >= 0 ? 0 : Math.ceilDiv(-start, dilation);
    }

    /** One more than the last tap that is before the end. */
    public static int end(int start, int kernel, int dilation, int size) {
        return Math.min(kernel, Math.ceilDiv(size - start, dilation));
    }
}
