package org.lanewise.kernels.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;
import org.lanewise.kernels.reference.PoolTaps;
import org.lanewise.kernels.reference.ReferenceMaxPool2d;

/**
 * Refuses places of maxima that are no pixels. For windows of up to 64 pixels, a bit for each of them that is one: of a row of windows
 * and of a column of windows, because a place must be a pixel in both directions.
 */
final class PlaceCheck extends PlaneLoop {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGHEST_BITS = 0x8080808080808080L;
    private static final long EACH = 0x0101010101010101L;
    private static final long[] NONE = {};

    private Pool2dGeometry geometry = NO_IMAGES;
    private byte[] indices = NO_BYTES;
    private boolean small;
    private int outHeight;
    private int outWidth;
    private long[] pixelsOfRow = NONE;
    private long[] pixelsOfColumn = NONE;
    private long all;
    /** Windows in the columns [clipped left, clipped right) are whole. */
    private int firstWhole;
    private int endWhole;

    /** Throws IllegalArgumentException if a place is none. */
    void run(Pool2dGeometry g, byte[] places, Parallelism parallelism) {
        geometry = g;
        indices = places;
        outHeight = g.outputHeight();
        outWidth = g.outputWidth();
        small = g.window().area() <= Long.SIZE;
        if (small) {
            findPixels(g);
        }
        try {
            overPlanes(g.planes(), 4 * g.outputPixels(), parallelism);
        } finally {
            geometry = NO_IMAGES;
            indices = NO_BYTES;
        }
    }

    private void findPixels(Pool2dGeometry g) {
        Pool2dWindow w = g.window();
        if (pixelsOfRow.length < outHeight) {
            pixelsOfRow = new long[outHeight];
        }
        if (pixelsOfColumn.length < outWidth) {
            pixelsOfColumn = new long[outWidth];
        }
        int kernel = w.kernelWidth();
        all = bits(w.area());
        for (int u = 0; u < outHeight; u++) {
            int top = u * w.strideHeight() - w.paddingHeight();
            int first = PoolTaps.first(top, w.dilationHeight());
            int end = PoolTaps.end(top, w.kernelHeight(), w.dilationHeight(), g.height());
            pixelsOfRow[u] = bits((end - first) * kernel) << (first * kernel);
        }
        firstWhole = 0;
        endWhole = outWidth;
        for (int v = 0; v < outWidth; v++) {
            int left = v * w.strideWidth() - w.paddingWidth();
            int first = PoolTaps.first(left, w.dilationWidth());
            int end = PoolTaps.end(left, kernel, w.dilationWidth(), g.width());
            long row = bits(end - first) << first;
            long pixels = 0;
            for (int r = 0; r < w.kernelHeight(); r++) {
                pixels |= row << (r * kernel);
            }
            pixelsOfColumn[v] = pixels;
            if (first > 0) {
                firstWhole = v + 1;
            } else if (end < kernel && endWhole == outWidth) {
                endWhole = v;
            }
        }
        endWhole = Math.max(firstWhole, endWhole);
    }

    /** The n lowest bits, n at least 1. */
    private static long bits(int n) {
        return -1L >>> (Long.SIZE - n);
    }

    @Override
    protected void prepare() {
    }

    @Override
    protected void plane(int plane) {
        int first = plane * outHeight * outWidth;
        if (!small || !isRight(first)) {
            ReferenceMaxPool2d.checkIndices(geometry, indices, first);
        }
    }

    private boolean isRight(int first) {
        if (!belowArea(indices, first, outHeight * outWidth, Long.bitCount(all))) {
            return false;
        }
        for (int u = 0; u < outHeight; u++) {
            int at = first + u * outWidth;
            long row = pixelsOfRow[u];
            boolean right = row == all
                    ? arePixels(at, 0, firstWhole, row) && arePixels(at, endWhole, outWidth, row)
                    : arePixels(at, 0, outWidth, row);
            if (!right) {
                return false;
            }
        }
        return true;
    }

    private boolean arePixels(int at, int from, int to, long row) {
        boolean right = true;
        for (int v = from; v < to; v++) {
            right &= (row & pixelsOfColumn[v] & (1L << indices[at + v])) != 0;
        }
        return right;
    }

    /** Whether all these bytes are, eight at a time: adding 128 - area to one sets its highest bit if it is not. */
    private static boolean belowArea(byte[] places, int from, int n, int area) {
        long missing = EACH * (128 - area);
        long wrong = 0;
        int i = from;
        for (; i + Long.BYTES <= from + n; i += Long.BYTES) {
            long eight = (long) LONG.get(places, i);
            wrong |= eight | ((eight & ~HIGHEST_BITS) + missing);
        }
        for (; i < from + n; i++) {
            wrong |= places[i] < 0 || places[i] >= area ? HIGHEST_BITS : 0;
        }
        return (wrong & HIGHEST_BITS) == 0;
    }
}
