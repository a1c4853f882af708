package org.lanewise.kernels.reference;

import org.lanewise.kernels.AvgDivisor;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;

/**
 * The meaning of {@link org.lanewise.kernels.AvgPool2d}, plane by plane.
 */
public final class ReferenceAvgPool2d {

    private ReferenceAvgPool2d() {
    }

    /** The averages of one plane. */
    public static void forwardPlane(Pool2dGeometry g, AvgDivisor divisor, float[] x, int xOffset, float[] y,
            int yOffset) {
        Pool2dWindow w = g.window();
        int outHeight = g.outputHeight();
        int outWidth = g.outputWidth();
        for (int u = 0, out = yOffset; u < outHeight; u++) {
            int top = u * w.strideHeight() - w.paddingHeight();
            int toRow = PoolTaps.end(top, w.kernelHeight(), 1, g.height());
            for (int v = 0; v < outWidth; v++, out++) {
                int left = v * w.strideWidth() - w.paddingWidth();
                int toColumn = PoolTaps.end(left, w.kernelWidth(), 1, g.width());
                double sum = 0;
                for (int r = PoolTaps.first(top, 1); r < toRow; r++) {
                    int row = xOffset + (top + r) * g.width() + left;
                    for (int s = PoolTaps.first(left, 1); s < toColumn; s++) {
                        sum += x[row + s];
                    }
                }
                y[out] = (float) (sum / of(g, divisor, top, left));
            }
        }
    }

    /** dX of one plane := for each pixel, the sum of dY/divisor over its windows, + beta*dX. */
    public static void backwardPlane(Pool2dGeometry g, AvgDivisor divisor, float[] dY, int dYOffset, float beta,
            float[] dX, int dXOffset) {
        Pool2dWindow w = g.window();
        double[] sums = new double[g.inputPixels()];
        int outHeight = g.outputHeight();
        int outWidth = g.outputWidth();
        for (int u = 0, out = dYOffset; u < outHeight; u++) {
            int top = u * w.strideHeight() - w.paddingHeight();
            int toRow = PoolTaps.end(top, w.kernelHeight(), 1, g.height());
            for (int v = 0; v < outWidth; v++, out++) {
                int left = v * w.strideWidth() - w.paddingWidth();
                int toColumn = PoolTaps.end(left, w.kernelWidth(), 1, g.width());
                double each = dY[out] / of(g, divisor, top, left);
                for (int r = PoolTaps.first(top, 1); r < toRow; r++) {
                    for (int s = PoolTaps.first(left, 1); s < toColumn; s++) {
                        sums[(top + r) * g.width() + left + s] += each;
                    }
                }
            }
        }
        for (int i = 0; i < sums.length; i++) {
            int at = dXOffset + i;
            dX[at] = (float) (beta == 0 ? sums[i] : sums[i] + (double) beta * dX[at]);
        }
    }

    /** The divisor of the window that begins there. */
    private static double of(Pool2dGeometry g, AvgDivisor divisor, int top, int left) {
        if (divisor.divisorOverride() != 0) {
            return divisor.divisorOverride();
        }
        Pool2dWindow w = g.window();
        return (double) divisor.extent(top, w.kernelHeight(), g.height(), w.paddingHeight())
                * divisor.extent(left, w.kernelWidth(), g.width(), w.paddingWidth());
    }
}
