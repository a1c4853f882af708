package org.lanewise.kernels;

/**
 * What average pooling divides the sum of a window by, as PyTorch does. For a window that begins at row t and column l of the
 * image, which has H x W pixels and padding P and Q:
 *
 * <pre>
 *   PADDED   (min(t + kernelHeight, H + P) - t) * (min(l + kernelWidth, W + Q) - l)    padding counts, the overhang of ceil mode does not
 *   PIXELS   (min(t + kernelHeight, H) - max(t, 0)) * (min(l + kernelWidth, W) - max(l, 0))
 *   of(n)    n
 * </pre>
 *
 * @param countIncludePad  whether padding counts; without meaning if there is an override
 * @param divisorOverride a number that stands for all of this, or 0 for none
 */
public record AvgDivisor(boolean countIncludePad, int divisorOverride) {

    /** Pixels and padding in the window: PyTorch's default. */
    public static final AvgDivisor PADDED = new AvgDivisor(true, 0);

    /** Pixels in the window. */
    public static final AvgDivisor PIXELS = new AvgDivisor(false, 0);

    /**
     * The same divisor for every window.
     *
     * @param divisor the divisor; may be negative
     * @return the divisor
     * @throws IllegalArgumentException if it is 0
     */
    public static AvgDivisor of(int divisor) {
        if (divisor == 0) {
            throw new IllegalArgumentException("divisorOverride=0 must not be zero");
        }
        return new AvgDivisor(true, divisor);
    }

    /**
     * The factor of one dimension in the divisor of a window; with an override the window has no part in it.
     *
     * @param start   first row or column of the window, negative in the padding
     * @param kernel  its size
     * @param size    pixels along this dimension
     * @param padding padding along this dimension
     * @return how many rows or columns count
     */
    public int extent(int start, int kernel, int size, int padding) {
        return countIncludePad
                ? (int) Math.min(kernel, (long) size + padding - start)
                : (int) Math.min((long) start + kernel, size) - Math.max(start, 0);
    }
}
