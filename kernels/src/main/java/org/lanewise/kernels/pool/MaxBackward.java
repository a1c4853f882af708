package org.lanewise.kernels.pool;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;
import org.lanewise.kernels.reference.ReferenceMaxPool2d;
import org.lanewise.kernels.reference.Scaled;

/**
 * The gradient of max pooling: the plain loop over windows, each of which adds to its pixel, with a table of the distances of places.
 * Windows of 2x2 have a way of their own, {@link MaxBackward2x2}.
 *
 * <p>
 * A gather by pixels with vectors, of the windows whose place the pixel is, took 2.6 times as long for 4096 planes of 28x28 with
 * windows of 2x2, and 2.5 times with 3x3 and stride 2: it compares every tap of every pixel, in short loops.
 */
public final class MaxBackward extends PlaneLoop {

    /** Windows of so many pixels have places of one byte, and a table for them. */
    private static final int TABLE = 256;

    private static final ThreadLocal<MaxBackward> CURRENT = ThreadLocal.withInitial(MaxBackward::new);

    /** From the first pixel of a window to each place. */
    private final int[] distances = new int[TABLE];
    private final PlaceCheck check = new PlaceCheck();
    private Pool2dGeometry geometry = NO_IMAGES;
    private boolean tabled;
    private boolean direct;
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
        loop.tabled = vectorized && g.window().area() <= TABLE;
        loop.direct = vectorized && beta == 0 && MaxBackward2x2.fits(g);
        if (loop.tabled) {
            loop.findDistances(g);
        }
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

    private void findDistances(Pool2dGeometry g) {
        Pool2dWindow w = g.window();
        for (int place = 0; place < w.area(); place++) {
            distances[place] = place / w.kernelWidth() * w.dilationHeight() * g.width()
                    + place % w.kernelWidth() * w.dilationWidth();
        }
    }

    @Override
    protected void prepare() {
    }

    @Override
    protected void plane(int plane) {
        Pool2dGeometry g = geometry;
        int in = dXOffset + plane * g.inputPixels();
        int out = plane * outHeight * outWidth;
        if (!tabled) {
            ReferenceMaxPool2d.backwardPlane(g, indices, out, dY, dYOffset + out, beta, dX, in);
            return;
        }
        if (direct) {
            MaxBackward2x2.plane(g, indices, out, dY, dYOffset + out, dX, in);
            return;
        }
        Scaled.by(beta, dX, in, g.inputPixels());
        Pool2dWindow w = g.window();
        for (int u = 0; u < outHeight; u++) {
            int first = in + (u * w.strideHeight() - w.paddingHeight()) * g.width() - w.paddingWidth();
            addRow(outWidth, indices, out + u * outWidth, distances, dY, dYOffset + out + u * outWidth, dX, first,
                    w.strideWidth());
        }
    }

    /** One row of windows, the first of which begins at a pixel that may be padding. */
    private static void addRow(int n, byte[] indices, int firstIndex, int[] distances, float[] dY, int dYOffset,
            float[] dX, int first, int stride) {
        for (int v = 0; v < n; v++) {
            dX[first + v * stride + distances[Byte.toUnsignedInt(indices[firstIndex + v])]] += dY[dYOffset + v];
        }
    }
}
