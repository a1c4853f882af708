package org.lanewise.kernels.pool;

import java.util.Arrays;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;
import org.lanewise.kernels.reference.PoolTaps;
import org.lanewise.kernels.reference.ReferenceMaxPool2d;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * Max pooling with any window. A maximum over a window is one over rows of maxima over columns:
 *
 * <pre>
 *   m(h, v) = max over s of x(h, v*strideWidth + s*dilationWidth - paddingWidth)       once for each row of the image
 *   y(u, v) = max over r of m(u*strideHeight + r*dilationHeight - paddingHeight, v)
 * </pre>
 *
 * <p>
 * Strip by strip, so that all of it stays in the first cache: the rows are split, then come the maxima of columns, then those of
 * rows, then the places. Each of these steps is done for all rows of the strip before the next begins: a vector that is read from
 * where two have just been written waits for both, 15 cycles and more. The commonest window has a way of its own:
 * {@link MaxPool2x2}.
 */
public final class MaxForward extends PlaneLoop {

    private static final ThreadLocal<MaxForward> CURRENT = ThreadLocal.withInitial(MaxForward::new);

    private final SplitLayout layout = new SplitLayout();
    private Pool2dGeometry geometry = NO_IMAGES;
    private boolean direct;
    private boolean vectorized;
    private int bytes;
    private int outHeight;
    private int outWidth;
    private float[] x = EMPTY;
    private int xOffset;
    private float[] y = EMPTY;
    private int yOffset;
    private byte[] indices = NO_BYTES;
    /** The first tap of each window that is no padding. */
    private float[] first = EMPTY;

    private MaxForward() {
    }

    /** The maxima of all planes and their places. */
    public static void run(boolean vectorized, Pool2dGeometry g, float[] x, int xOffset, float[] y, int yOffset,
            byte[] indices, Parallelism parallelism) {
        MaxForward loop = CURRENT.get();
        loop.geometry = g;
        loop.direct = vectorized && MaxPool2x2.fits(g);
        loop.vectorized = vectorized && !loop.direct && loop.layout.set(g, Lanes.COUNT) && MaxRows.worthwhile(g);
        loop.bytes = g.bytesPerIndex();
        loop.outHeight = g.outputHeight();
        loop.outWidth = g.outputWidth();
        loop.x = x;
        loop.xOffset = xOffset;
        loop.y = y;
        loop.yOffset = yOffset;
        loop.indices = indices;
        if (loop.vectorized) {
            loop.findFirstTaps(g.window());
        }
        try {
            loop.overPlanes(g.planes(), g.inputPixels(), parallelism);
        } finally {
            loop.geometry = NO_IMAGES;
            loop.x = EMPTY;
            loop.y = EMPTY;
            loop.indices = NO_BYTES;
        }
    }

    private void findFirstTaps(Pool2dWindow w) {
        if (first.length < layout.outputs) {
            first = new float[layout.outputs];
        }
        for (int v = 0; v < layout.outputs; v++) {
            int left = v < outWidth ? v * w.strideWidth() - w.paddingWidth() : 0;
            first[v] = PoolTaps.first(left, w.dilationWidth());
        }
    }

    @Override
    protected void prepare() {
        if (vectorized) {
            int length = layout.stripRows * layout.pitch;
            Arrays.fill(Workspace.current().floats(Slot.POOL_ROWS, length), 0, length, Float.NEGATIVE_INFINITY);
        }
    }

    @Override
    protected void plane(int plane) {
        Pool2dGeometry g = geometry;
        int in = xOffset + plane * g.inputPixels();
        int out = plane * outHeight * outWidth;
        if (direct) {
            MaxPool2x2.forwardPlane(g, x, in, y, yOffset + out, indices, out);
            return;
        }
        if (!vectorized) {
            ReferenceMaxPool2d.forwardPlane(g, x, in, y, yOffset + out, indices, out);
            return;
        }
        for (int u = 0; u < outHeight; u += layout.stripOutputs) {
            strip(g, in, out, u, Math.min(outHeight, u + layout.stripOutputs));
        }
    }

    /** The rows [from, to) of outputs of one plane. */
    private void strip(Pool2dGeometry g, int in, int out, int from, int to) {
        SplitLayout s = layout;
        Pool2dWindow w = g.window();
        int n = s.outputs;
        Workspace workspace = Workspace.current();
        float[] rows = workspace.floats(Slot.POOL_ROWS, s.stripRows * s.pitch);
        float[] line = workspace.floats(Slot.POOL_LINE, Math.max(n, s.width + 2 * Lanes.COUNT));
        float[] maxima = workspace.floats(Slot.POOL_MAXIMA, s.stripRows * n);
        float[] columns = workspace.floats(Slot.POOL_COLUMNS, s.stripRows * n);
        int step = w.strideHeight();
        int padding = w.paddingHeight();
        int top = Math.max(0, from * step - padding);
        int bottom = Math.min(g.height(), (to - 1) * step - padding + s.span);
        SplitRows.loadEach(s, Float.NEGATIVE_INFINITY, x, in + top * s.width, bottom - top, line, rows);
        MaxRows.maximaOfColumns(s, rows, bottom - top, first, maxima, columns);
        int firstWhole = from;
        int endWhole = from;
        if (MaxRows.hasWholeRows(w.kernelHeight(), bytes)) {
            firstWhole = Math.clamp(Math.ceilDiv(padding, step), from, to);
            int inside = Math.floorDiv(g.height() + padding - s.span, step) + 1;
            int direct = Math.floorDiv(outHeight * outWidth - n, outWidth) + 1; // the next row is written over what is too much
            endWhole = Math.clamp(Math.min(inside, direct), firstWhole, to);
            MaxRows.wholeRows(n, endWhole - firstWhole, maxima, columns, (firstWhole * step - padding - top) * n,
                    w.dilationHeight() * n, step * n, w.kernelHeight(), w.kernelWidth(), outWidth, y,
                    yOffset + out + firstWhole * outWidth, indices, out + firstWhole * outWidth);
        }
        for (int u = from; u < to; u++) {
            if (u == firstWhole) {
                u = endWhole;
            }
            if (u < to) {
                row(g, u, top, maxima, columns, out + u * outWidth);
            }
        }
    }

    /** One row of outputs, whose windows may be clipped. */
    private void row(Pool2dGeometry g, int u, int top, float[] maxima, float[] columns, int out) {
        Pool2dWindow w = g.window();
        int n = layout.outputs;
        float[] line = Workspace.current().floats(Slot.POOL_LINE, n);
        float[] places = Workspace.current().floats(Slot.POOL_PLACES, n);
        int start = u * w.strideHeight() - w.paddingHeight();
        int firstRow = PoolTaps.first(start, w.dilationHeight());
        int endRow = PoolTaps.end(start, w.kernelHeight(), w.dilationHeight(), g.height());
        MaxRows.maximaOfRows(n, endRow - firstRow, maxima, columns,
                (start + firstRow * w.dilationHeight() - top) * n, w.dilationHeight() * n,
                firstRow * w.kernelWidth(), w.kernelWidth(), line, 0, places);
        System.arraycopy(line, 0, y, yOffset + out, outWidth);
        MaxRows.storePlaces(outWidth, bytes, places, indices, out);
    }
}
