package org.lanewise.kernels.pool;

import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;

/**
 * Which windows a pixel is in, for gradients that each pixel gathers. Row h of the image is row q = h + padding of the padded one,
 * and is tap r of window u if q = u*stride + r*dilation; so all rows with the same remainder of q by the stride are the same taps of
 * windows at the same distance. Likewise for the columns.
 *
 * <p>
 * The gradients of windows stand in rows with so many empty ones around them that no window of a pixel is outside: {@link #pitch}
 * floats from row to row, column v at {@link #lead} + v. Numbers only, and no vectors, as in {@link SplitLayout}.
 */
final class GatherLayout {

    private static final int BUDGET = 2048;
    private static final int MAX_STRIDE = 16;

    int columnStride;
    int rowStride;
    int lead;
    int leadRows;
    int pitch;
    /** Rows of the image that are made at a time. */
    int strip;
    /** Rows of gradients that they need. */
    int bufferRows;

    /** Sets the layout; false if the strides are so wide that most pixels are in no window, and nothing may be used then. */
    boolean set(Pool2dGeometry g, int lanes) {
        Pool2dWindow w = g.window();
        long reach = (long) w.dilationWidth() * (w.kernelWidth() - 1);
        long rows = (long) w.dilationHeight() * (w.kernelHeight() - 1);
        if (w.strideHeight() > MAX_STRIDE || w.strideWidth() > MAX_STRIDE || reach > g.width() + 2L * w.paddingWidth()
                || rows > g.height() + 2L * w.paddingHeight()) {
            return false;
        }
        columnStride = w.strideWidth();
        rowStride = w.strideHeight();
        lead = (int) reach / columnStride;
        leadRows = (int) rows / rowStride;
        int read = (w.paddingWidth() + columnStride - 1 + g.width()) / columnStride + 1;
        long floats = (long) lead + Math.max(g.outputWidth(), read) + 2L * lanes;
        long most = (BUDGET / floats + 1 + 2L * leadRows) * floats;
        long rowsAtOnce = Math.min(g.height(), Math.max(BUDGET / floats, leadRows + 1L) * rowStride);
        if (Math.max(most, rowsAtOnce * floats) > Integer.MAX_VALUE / 2) {
            return false;
        }
        pitch = (int) floats;
        strip = (int) rowsAtOnce;
        bufferRows = (strip + rowStride - 1) / rowStride + 1 + leadRows;
        return true;
    }
}
