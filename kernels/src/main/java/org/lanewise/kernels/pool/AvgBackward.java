package org.lanewise.kernels.pool;

import java.util.Arrays;

import org.lanewise.kernels.AvgDivisor;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;
import org.lanewise.kernels.reference.ReferenceAvgPool2d;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The gradient of average pooling: each row of pixels sums the rows of dY/divisor whose windows it is in, then each pixel of it the
 * columns.
 */
public final class AvgBackward extends AvgLoop {

    private static final ThreadLocal<AvgBackward> CURRENT = ThreadLocal.withInitial(AvgBackward::new);

    private final GatherLayout layout = new GatherLayout();
    private float beta;

    private AvgBackward() {
    }

    /** The gradients of all planes. */
    public static void run(boolean vectorized, Pool2dGeometry g, AvgDivisor divisor, float[] dY, int dYOffset,
            float beta, float[] dX, int dXOffset, Parallelism parallelism) {
        AvgBackward loop = CURRENT.get();
        loop.beta = beta;
        loop.average(vectorized, g, divisor, dY, dYOffset, dX, dXOffset, parallelism);
    }

    @Override
    boolean setLayout(Pool2dGeometry g) {
        return layout.set(g, Lanes.COUNT);
    }

    @Override
    protected void prepare() {
        if (vectorized) {
            int length = layout.strip * layout.pitch;
            Arrays.fill(Workspace.current().floats(Slot.POOL_MAXIMA, length), 0, length, 0);
        }
    }

    @Override
    protected void plane(int plane) {
        Pool2dGeometry g = geometry;
        int out = sourceOffset + plane * outHeight * outWidth;
        int in = targetOffset + plane * g.inputPixels();
        if (!vectorized) {
            ReferenceAvgPool2d.backwardPlane(g, divisor, source, out, beta, target, in);
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
        float[] sums = workspace.floats(Slot.POOL_MAXIMA, s.strip * s.pitch);
        int width = g.width();
        float[] line = workspace.floats(Slot.POOL_LINE, width + 2 * Lanes.COUNT);
        int padding = w.paddingHeight();
        int lowest = Math.max(0, firstWindow(w, from + padding));
        int highest = Math.min(outHeight - 1, (to - 1 + padding) / s.rowStride);
        for (int u = lowest; u <= highest; u++) {
            AvgRows.divide(outWidth, source, out + u * outWidth, ofColumns,
                    ofRow(u * w.strideHeight() - padding), gradients, (u - lowest) * s.pitch);
        }
        for (int h = from; h < to; h++) {
            int first = Math.max(0, firstWindow(w, h + padding));
            int last = Math.min(outHeight - 1, (h + padding) / s.rowStride);
            AvgRows.sumOfRows(outWidth, last - first + 1, gradients, (first - lowest) * s.pitch, s.pitch, sums,
                    (h - from) * s.pitch + s.lead);
        }
        for (int h = from; h < to; h++) {
            int at = in + h * width;
            boolean direct = beta == 0 && GatherRows.fits(s.columnStride, width, in + g.inputPixels() - at);
            AvgRows.spread(s, w.kernelWidth(), w.paddingWidth(), width, sums, (h - from) * s.pitch + s.lead,
                    direct ? target : line, direct ? at : 0);
            if (!direct) {
                GatherRows.finish(width, line, beta, target, at);
            }
        }
    }

    /** The first window that holds a padded row; negative if one before all would. */
    private static int firstWindow(Pool2dWindow w, int row) {
        return Math.ceilDiv(row - w.kernelHeight() + 1, w.strideHeight());
    }
}
