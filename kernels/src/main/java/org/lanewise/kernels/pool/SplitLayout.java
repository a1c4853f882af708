package org.lanewise.kernels.pool;

import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;

/**
 * Where the columns of a row stand once it is padded and split by stride, so that the same tap of neighbouring windows lies side by
 * side: column c of the image is column q = c + padding of the padded row, and goes to place q / stride of part q % stride.
 *
 * <p>
 * Numbers only, and no vectors: threads share it, and it is set again by every call.
 */
final class SplitLayout {

    private static final int[] NONE = {};

    /** Floats of split rows that are held at a time: with what is made of them, half of the smallest first cache. */
    private static final int BUDGET = 4096;

    int width;
    int padding;
    int stride;
    /** Outputs of a row, rounded up to whole vectors. */
    int outputs;
    /** Parts that a tap of some window is in. */
    int parts;
    /** Floats from one part to the next. */
    int part;
    /** Floats from one row to the next. */
    int pitch;
    /** Places of each part behind the image that a window reaches. */
    int overhang;
    /** Where the taps of the first window stand. */
    int[] taps = NONE;
    int kernel;

    /** Rows of the image that a window reaches over. */
    int span;
    /** Rows of outputs that are made at a time. */
    int stripOutputs;
    /** Rows of the image that they need. */
    int stripRows;

    /**
     * Sets the layout.
     *
     * @return false if it needs much more memory than the image, because strides are wide and outputs few: nothing may be used then
     */
    boolean set(Pool2dGeometry g, int lanes) {
        Pool2dWindow w = g.window();
        width = g.width();
        padding = w.paddingWidth();
        stride = w.strideWidth();
        kernel = w.kernelWidth();
        outputs = (int) roundUp(g.outputWidth(), lanes);
        long reach = (long) w.dilationWidth() * (kernel - 1);
        long rows = (long) w.dilationHeight() * (w.kernelHeight() - 1) + 1;
        long behind = Math.max(0, (g.outputWidth() - 1L) * stride - padding + reach + 1 - width);
        long tail = Math.ceilDiv(behind, (long) stride);
        long filled = ((long) width + padding) / stride + 1 + 2L * lanes;
        long floats = roundUp(Math.max(outputs + reach / stride, filled) + tail + lanes, lanes);
        long used = stride == 2 ? 2 : Math.min(stride, reach + 1); // vectors split into two, wanted or not
        if (used * floats > 4L * (width + 2L * padding) + 16L * lanes || rows > g.height() + 2L * w.paddingHeight()
                || used * floats * 2 * Math.min(rows, g.height()) > Integer.MAX_VALUE / 2) {
            return false;
        }
        parts = (int) used;
        part = (int) floats;
        pitch = parts * part;
        overhang = (int) tail;
        span = (int) rows;
        placeTaps(w.dilationWidth());
        cutStrips(g);
        return true;
    }

    private void placeTaps(int dilation) {
        if (taps.length < kernel) {
            taps = new int[kernel];
        }
        for (int s = 0; s < kernel; s++) {
            int q = s * dilation;
            taps[s] = q % stride * part + q / stride;
        }
    }

    /** As many rows as the budget holds, but twice what a window reaches over: the rest is loaded again for the next strip. */
    private void cutStrips(Pool2dGeometry g) {
        int step = g.window().strideHeight();
        long rows = Math.max(2L * span, BUDGET / pitch);
        stripOutputs = Math.clamp((rows - span) / step + 1, 1, g.outputHeight());
        stripRows = (int) Math.min(g.height(), (stripOutputs - 1L) * step + span);
    }

    private static long roundUp(long n, int lanes) {
        return Math.ceilDiv(n, (long) lanes) * lanes;
    }
}
