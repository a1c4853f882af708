package org.lanewise.kernels.pool;

import java.util.Arrays;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;
import org.lanewise.kernels.reference.ReferenceMaxPool2d;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The gradient of max pooling. With small windows each pixel gathers the gradients of its windows whose place it is: no sum goes
 * through memory, and a vector of pixels with the same taps reads neighbouring windows. With large ones, where few of a pixel's
 * windows have their maximum there, the plain loop over windows adds to the pixels.
 */
public final class MaxBackward extends PlaneLoop {

    private static final ThreadLocal<MaxBackward> CURRENT = ThreadLocal.withInitial(MaxBackward::new);

    private final GatherLayout layout = new GatherLayout();
    private final PlaceCheck check = new PlaceCheck();
    private Pool2dGeometry geometry = NO_IMAGES;
    private boolean gathers;
    private int bytes;
    private int outHeight;
    private int outWidth;
    private byte[] indices = NO_BYTES;
    private float[] dY = EMPTY;
    private int dYOffset;
    private float beta;
    private float[] dX = EMPTY;
    private int dXOffset;

    private MaxBackward() {
    }

    /** The gradients of all planes; the places were checked. */
    public static void run(boolean vectorized, Pool2dGeometry g, byte[] indices, float[] dY, int dYOffset, float beta,
            float[] dX, int dXOffset, Parallelism parallelism) {
        MaxBackward loop = CURRENT.get();
        loop.check.run(g, indices, parallelism);
        loop.geometry = g;
        loop.gathers = vectorized && g.window().area() <= Lanes.COUNT * 3 / 2 && loop.layout.set(g, Lanes.COUNT);
        if (loop.gathers) {
            loop.layout.setTaps(g.window());
        }
        loop.bytes = g.bytesPerIndex();
        loop.outHeight = g.outputHeight();
        loop.outWidth = g.outputWidth();
        loop.indices = indices;
        loop.dY = dY;
        loop.dYOffset = dYOffset;
        loop.beta = beta;
        loop.dX = dX;
        loop.dXOffset = dXOffset;
        try {
            loop.overPlanes(g.planes(), g.inputPixels(), parallelism);
        } finally {
            loop.geometry = NO_IMAGES;
            loop.indices = NO_BYTES;
            loop.dY = EMPTY;
            loop.dX = EMPTY;
        }
    }

    @Override
    protected void prepare() {
        if (gathers) {
            int length = layout.bufferRows * layout.pitch;
            Arrays.fill(Workspace.current().floats(Slot.POOL_ROWS, length), 0, length, 0);
            Arrays.fill(Workspace.current().floats(Slot.POOL_PLACES, length), 0, length, GatherRows.NO_PLACE);
        }
    }

    @Override
    protected void plane(int plane) {
        Pool2dGeometry g = geometry;
        int in = dXOffset + plane * g.inputPixels();
        int out = plane * outHeight * outWidth;
        if (!gathers) {
            ReferenceMaxPool2d.backwardPlane(g, indices, out, dY, dYOffset + out, beta, dX, in);
            return;
        }
        for (int h = 0; h < g.height(); h += layout.strip) {
            strip(g, out, in, h, Math.min(g.height(), h + layout.strip));
        }
    }

    /** The rows [from, to) of one plane. */
    private void strip(Pool2dGeometry g, int out, int in, int from, int to) {
        GatherLayout s = layout;
        Pool2dWindow w = g.window();
        Workspace workspace = Workspace.current();
        float[] gradients = workspace.floats(Slot.POOL_ROWS, s.bufferRows * s.pitch);
        float[] places = workspace.floats(Slot.POOL_PLACES, s.bufferRows * s.pitch);
        int width = g.width();
        float[] line = workspace.floats(Slot.POOL_LINE, width + 2 * s.columnStride * Lanes.COUNT);
        int padding = w.paddingHeight();
        int lowest = (from + padding) / s.rowStride - s.leadRows;
        int highest = (to - 1 + padding) / s.rowStride;
        for (int u = lowest; u <= highest; u++) {
            int at = (u - lowest) * s.pitch + s.lead;
            if (u >= 0 && u < outHeight) {
                GatherRows.loadGradients(outWidth, dY, dYOffset + out + u * outWidth, gradients, at);
                GatherRows.loadPlaces(outWidth, indices, out + u * outWidth, bytes, places, at);
            } else {
                Arrays.fill(places, at, at + outWidth, GatherRows.NO_PLACE);
            }
        }
        for (int h = from; h < to; h++) {
            int q = h + padding;
            int base = (q / s.rowStride - lowest) * s.pitch + s.lead;
            int at = in + h * width;
            boolean direct = beta == 0 && GatherRows.fits(s.columnStride, width, in + g.inputPixels() - at);
            GatherRows.gather(s, q % s.rowStride, w.paddingWidth(), width, gradients, places, base,
                    direct ? dX : line, direct ? at : 0);
            if (!direct) {
                GatherRows.finish(width, line, beta, dX, at);
            }
        }
    }
}
