package org.lanewise.kernels.pool;

import java.util.Arrays;

import org.lanewise.kernels.AvgDivisor;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;
import org.lanewise.kernels.reference.PoolTaps;
import org.lanewise.kernels.reference.ReferenceAvgPool2d;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * Average pooling with any window: the rows of the windows are summed while they are loaded and split by stride, then the columns.
 */
public final class AvgForward extends AvgLoop {

    private static final ThreadLocal<AvgForward> CURRENT = ThreadLocal.withInitial(AvgForward::new);

    private final SplitLayout layout = new SplitLayout();

    private AvgForward() {
    }

    /** The averages of all planes. */
    public static void run(boolean vectorized, Pool2dGeometry g, AvgDivisor divisor, float[] x, int xOffset, float[] y,
            int yOffset, Parallelism parallelism) {
        CURRENT.get().average(vectorized, g, divisor, x, xOffset, y, yOffset, parallelism);
    }

    @Override
    boolean setLayout(Pool2dGeometry g) {
        return layout.set(g, Lanes.COUNT);
    }

    @Override
    protected void prepare() {
        if (vectorized) {
            int length = layout.stripOutputs * layout.pitch;
            Arrays.fill(Workspace.current().floats(Slot.POOL_ROWS, length), 0, length, 0);
        }
    }

    @Override
    protected void plane(int plane) {
        Pool2dGeometry g = geometry;
        int in = sourceOffset + plane * g.inputPixels();
        int out = targetOffset + plane * outHeight * outWidth;
        if (!vectorized) {
            ReferenceAvgPool2d.forwardPlane(g, divisor, source, in, target, out);
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
        float[] rows = workspace.floats(Slot.POOL_ROWS, s.stripOutputs * s.pitch);
        float[] line = workspace.floats(Slot.POOL_LINE, Math.max(n, s.width + 2 * Lanes.COUNT));
        for (int u = from; u < to; u++) {
            int top = u * w.strideHeight() - w.paddingHeight();
            int first = top + PoolTaps.first(top, 1);
            int end = top + PoolTaps.end(top, w.kernelHeight(), 1, g.height());
            SplitRows.load(s, 0, source, in + first * s.width, end - first, line, rows, (u - from) * s.pitch);
        }
        for (int u = from; u < to; u++) {
            int at = out + u * outWidth;
            boolean direct = u * outWidth + n <= outHeight * outWidth; // the next row is written over what is too much
            AvgRows.average(n, s.kernel, s.taps, rows, (u - from) * s.pitch, ofColumns,
                    ofRow(u * w.strideHeight() - w.paddingHeight()), direct ? target : line, direct ? at : 0);
            if (!direct) {
                System.arraycopy(line, 0, target, at, outWidth);
            }
        }
    }
}
