package org.lanewise.kernels.reference;

/** The meaning of {@link org.lanewise.kernels.Dropout}. */
public final class ReferenceDropout {

    /** The golden ratio's fraction, odd: by it the counter of SplitMix64 goes on. */
    public static final long GOLDEN = 0x9e3779b97f4a7c15L;
    /** The factors of its mix. */
    public static final long MIX_1 = 0xbf58476d1ce4e5b9L;
    /** See {@link #MIX_1}. */
    public static final long MIX_2 = 0x94d049bb133111ebL;

    private ReferenceDropout() {
    }

    /** y(i) := x(i)*scale where the random 24 bits of i reach the threshold, else 0. */
    public static void apply(int n, int threshold, float scale, long seed, float[] x, int xOffset, float[] y,
            int yOffset) {
        long start = mix(seed);
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = bits(start, i) >= threshold ? x[xOffset + i] * scale : 0;
        }
    }

    /** The random 24 bits of element i. */
    public static int bits(long start, int i) {
        long both = mix(start + i / 2 * GOLDEN);
        return (int) (i % 2 == 0 ? both : both >>> 32) >>> 8;
    }

    /** The mix of SplitMix64. */
    public static long mix(long counter) {
        long z = (counter ^ (counter >>> 30)) * MIX_1;
        z = (z ^ (z >>> 27)) * MIX_2;
        return z ^ (z >>> 31);
    }
}
