package org.lanewise.kernels.pool;

import java.util.Arrays;

import org.lanewise.kernels.AdaptivePool2dGeometry;
import org.lanewise.kernels.AvgDivisor;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;
import org.lanewise.kernels.reference.ReferenceAdaptiveAvgPool2d;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * Adaptive average pooling. To one output a plane it is a sum of the plane; where the windows are alike and lie side by side it is an
 * average pooling; else whole rows are summed by vectors, and the few windows in a row one by one.
 */
public final class AdaptiveAvg extends PlaneLoop {

    private static final AdaptivePool2dGeometry NO_PLANES = new AdaptivePool2dGeometry(0, 1, 1, 1, 1);
    private static final ThreadLocal<AdaptiveAvg> CURRENT = ThreadLocal.withInitial(AdaptiveAvg::new);

    private AdaptivePool2dGeometry geometry = NO_PLANES;
    /** The last average pooling that an adaptive one came to. */
    private Pool2dGeometry alike = NO_IMAGES;
    private boolean vectorized;
    private boolean backward;
    private float[] source = EMPTY;
    private int sourceOffset;
    private float beta;
    private float[] target = EMPTY;
    private int targetOffset;

    private AdaptiveAvg() {
    }

    /** The averages of all planes. */
    public static void forward(boolean vectorized, AdaptivePool2dGeometry g, float[] x, int xOffset, float[] y,
            int yOffset, Parallelism parallelism) {
        AdaptiveAvg loop = CURRENT.get();
        if (vectorized && g.even() && 4 * g.outputWidth() >= Lanes.COUNT) {
            AvgForward.run(true, loop.alike(g), AvgDivisor.PADDED, x, xOffset, y, yOffset, parallelism);
        } else if (g.outputPixels() > 0) {
            loop.run(vectorized, false, g, x, xOffset, 0, y, yOffset, parallelism);
        }
    }

    /** The gradients of all planes. */
    public static void backward(boolean vectorized, AdaptivePool2dGeometry g, float[] dY, int dYOffset, float beta,
            float[] dX, int dXOffset, Parallelism parallelism) {
        AdaptiveAvg loop = CURRENT.get();
        if (vectorized && g.even() && 4 * g.outputWidth() >= Lanes.COUNT) {
            AvgBackward.run(true, loop.alike(g), AvgDivisor.PADDED, dY, dYOffset, beta, dX, dXOffset, parallelism);
        } else {
            loop.run(vectorized, true, g, dY, dYOffset, beta, dX, dXOffset, parallelism);
        }
    }

    private void run(boolean vectors, boolean gradient, AdaptivePool2dGeometry g, float[] from, int fromOffset,
            float factor, float[] to, int toOffset, Parallelism parallelism) {
        vectorized = vectors;
        backward = gradient;
        geometry = g;
        source = from;
        sourceOffset = fromOffset;
        beta = factor;
        target = to;
        targetOffset = toOffset;
        try {
            overPlanes(g.planes(), g.inputPixels(), parallelism);
        } finally {
            geometry = NO_PLANES;
            source = EMPTY;
            target = EMPTY;
        }
    }

    private Pool2dGeometry alike(AdaptivePool2dGeometry g) {
        int kernelHeight = g.height() / g.outputHeight();
        int kernelWidth = g.width() / g.outputWidth();
        Pool2dGeometry last = alike;
        if (last.planes() != g.planes() || last.height() != g.height() || last.width() != g.width()
                || last.window().kernelHeight() != kernelHeight || last.window().kernelWidth() != kernelWidth) {
            last = Pool2dWindow.of(kernelHeight, kernelWidth).over(g.planes(), g.height(), g.width());
            alike = last;
        }
        return last;
    }

    @Override
    protected void prepare() {
    }

    @Override
    protected void plane(int plane) {
        AdaptivePool2dGeometry g = geometry;
        int in = plane * g.inputPixels();
        int out = plane * g.outputPixels();
        if (backward) {
            backwardPlane(g, sourceOffset + out, targetOffset + in);
        } else if (vectorized) {
            forwardPlane(g, sourceOffset + in, targetOffset + out);
        } else {
            ReferenceAdaptiveAvgPool2d.forwardPlane(g, source, sourceOffset + in, target, targetOffset + out);
        }
    }

    private void forwardPlane(AdaptivePool2dGeometry g, int in, int out) {
        int width = g.width();
        if (g.outputPixels() == 1) {
            target[out] = AdaptiveRows.sum(g.inputPixels(), source, in) / g.inputPixels();
            return;
        }
        float[] line = Workspace.current().floats(Slot.POOL_LINE, width + 2 * Lanes.COUNT);
        int at = out;
        for (int u = 0; u < g.outputHeight(); u++) {
            int top = AdaptivePool2dGeometry.start(u, g.height(), g.outputHeight());
            int rows = AdaptivePool2dGeometry.end(u, g.height(), g.outputHeight()) - top;
            AdaptiveRows.sumOfRows(width, rows, source, in + top * width, line);
            for (int v = 0; v < g.outputWidth(); v++) {
                int left = AdaptivePool2dGeometry.start(v, width, g.outputWidth());
                int right = AdaptivePool2dGeometry.end(v, width, g.outputWidth());
                target[at++] = AdaptiveRows.sum(right - left, line, left) / ((float) rows * (right - left));
            }
        }
    }

    private void backwardPlane(AdaptivePool2dGeometry g, int out, int in) {
        if (!vectorized) {
            ReferenceAdaptiveAvgPool2d.backwardPlane(g, source, out, beta, target, in);
        } else if (g.outputPixels() == 1) {
            float each = source[out] / g.inputPixels();
            if (beta == 0) {
                Arrays.fill(target, in, in + g.inputPixels(), each);
            } else {
                AdaptiveRows.addConstant(g.inputPixels(), each, beta, target, in);
            }
        } else {
            for (int h = 0; h < g.height(); h++) {
                row(g, h, out, in + h * g.width());
            }
        }
    }

    /** One row of pixels: the windows of its few rows of windows spread over their columns, one by one. */
    private void row(AdaptivePool2dGeometry g, int h, int out, int at) {
        int width = g.width();
        float[] line = Workspace.current().floats(Slot.POOL_LINE, width);
        Arrays.fill(line, 0, width, 0);
        int first = (int) ((long) h * g.outputHeight() / g.height());
        for (int u = first; u < g.outputHeight(); u++) {
            int top = AdaptivePool2dGeometry.start(u, g.height(), g.outputHeight());
            if (top > h) {
                break;
            }
            int rows = AdaptivePool2dGeometry.end(u, g.height(), g.outputHeight()) - top;
            for (int v = 0; v < g.outputWidth(); v++) {
                int left = AdaptivePool2dGeometry.start(v, width, g.outputWidth());
                int right = AdaptivePool2dGeometry.end(v, width, g.outputWidth());
                float each = source[out + u * g.outputWidth() + v] / ((float) rows * (right - left));
                for (int c = left; c < right; c++) {
                    line[c] += each;
                }
            }
        }
        GatherRows.finish(width, line, beta, target, at);
    }
}
