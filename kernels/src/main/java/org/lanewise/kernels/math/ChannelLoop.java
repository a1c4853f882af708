package org.lanewise.kernels.math;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.SharedLoop;

/**
 * The planes of images, each with the scale and shift of its channel: y(i, p) := scale(i mod C)*x(i, p) + shift(i mod C). Threads share
 * the planes.
 */
public final class ChannelLoop extends SharedLoop {

    private static final ThreadLocal<ChannelLoop> CURRENT = ThreadLocal.withInitial(ChannelLoop::new);
    private static final float[] EMPTY = {};

    private int channels;
    private int pixels;
    private float[] x = EMPTY;
    private int xOffset;
    private float[] scale = EMPTY;
    private int scaleOffset;
    private float @Nullable [] shift;
    private int shiftOffset;
    private float[] y = EMPTY;
    private int yOffset;

    private ChannelLoop() {
    }

    /** The loop of the calling thread. */
    public static ChannelLoop current() {
        return CURRENT.get();
    }

    /** All planes; without a shift if that is null. */
    public void run(int planes, int newChannels, int newPixels, float[] input, int inputOffset, float[] factors,
            int factorsOffset, float @Nullable [] added, int addedOffset, float[] output, int outputOffset,
            Parallelism parallelism) {
        channels = newChannels;
        pixels = newPixels;
        x = input;
        xOffset = inputOffset;
        scale = factors;
        scaleOffset = factorsOffset;
        shift = added;
        shiftOffset = addedOffset;
        y = output;
        yOffset = outputOffset;
        try {
            shareLines(planes, pixels, parallelism);
        } finally {
            x = EMPTY;
            scale = EMPTY;
            shift = null;
            y = EMPTY;
        }
    }

    @Override
    protected void run(int from, int to) {
        float[] added = shift;
        for (int i = from; i < to; i++) {
            int c = i % channels;
            float factor = scale[scaleOffset + c];
            int at = i * pixels;
            if (added == null) {
                VectorElementwise.axpby(pixels, factor, x, xOffset + at, 0, y, yOffset + at);
            } else {
                VectorElementwise.affine(pixels, factor, x, xOffset + at, added[shiftOffset + c], y, yOffset + at);
            }
        }
    }
}
