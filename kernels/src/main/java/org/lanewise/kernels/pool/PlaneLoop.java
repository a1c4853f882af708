package org.lanewise.kernels.pool;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;
import org.lanewise.kernels.vector.SharedLoop;

/** A loop over planes, each of which one thread does by itself. */
abstract class PlaneLoop extends SharedLoop {

    /** Floats of input that are worth a hand-over to another thread: 128 KB. */
    private static final int TASK = 32 * 1024;

    static final float[] EMPTY = {};
    static final byte[] NO_BYTES = {};
    static final Pool2dGeometry NO_IMAGES = Pool2dWindow.square(1).over(0, 1, 1);

    /** Does all planes; several of them are a task if they are small. */
    final void overPlanes(int planes, int pixels, Parallelism parallelism) {
        share(planes, Math.max(1, TASK / Math.max(1, pixels)), parallelism);
    }

    @Override
    protected final void run(int from, int to) {
        if (from < to) {
            prepare();
        }
        for (int plane = from; plane < to; plane++) {
            plane(plane);
        }
    }

    /** Before the first of some planes, on the thread that does them. */
    protected abstract void prepare();

    /** One plane. */
    protected abstract void plane(int plane);
}
