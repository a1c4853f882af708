package org.lanewise.kernels.reference;

import org.lanewise.kernels.AdaptivePool2dGeometry;

/**
 * The meaning of {@link org.lanewise.kernels.AdaptiveAvgPool2d}, plane by plane.
 */
public final class ReferenceAdaptiveAvgPool2d {

    private ReferenceAdaptiveAvgPool2d() {
    }

    /** The averages of one plane. */
    public static void forwardPlane(AdaptivePool2dGeometry g, float[] x, int xOffset, float[] y, int yOffset) {
        int out = yOffset;
        for (int u = 0; u < g.outputHeight(); u++) {
            int top = AdaptivePool2dGeometry.start(u, g.height(), g.outputHeight());
            int bottom = AdaptivePool2dGeometry.end(u, g.height(), g.outputHeight());
            for (int v = 0; v < g.outputWidth(); v++) {
                int left = AdaptivePool2dGeometry.start(v, g.width(), g.outputWidth());
                int right = AdaptivePool2dGeometry.end(v, g.width(), g.outputWidth());
                double sum = 0;
                for (int h = top; h < bottom; h++) {
                    for (int c = left; c < right; c++) {
                        sum += x[xOffset + h * g.width() + c];
                    }
                }
                y[out++] = (float) (sum / ((double) (bottom - top) * (right - left)));
            }
        }
    }

    /** dX of one plane := for each pixel, the sum of dY/area over its windows, + beta*dX. */
    public static void backwardPlane(AdaptivePool2dGeometry g, float[] dY, int dYOffset, float beta, float[] dX,
            int dXOffset) {
        double[] sums = new double[g.inputPixels()];
        int out = dYOffset;
        for (int u = 0; u < g.outputHeight(); u++) {
            int top = AdaptivePool2dGeometry.start(u, g.height(), g.outputHeight());
            int bottom = AdaptivePool2dGeometry.end(u, g.height(), g.outputHeight());
            for (int v = 0; v < g.outputWidth(); v++) {
                int left = AdaptivePool2dGeometry.start(v, g.width(), g.outputWidth());
                int right = AdaptivePool2dGeometry.end(v, g.width(), g.outputWidth());
                double each = dY[out++] / ((double) (bottom - top) * (right - left));
                for (int h = top; h < bottom; h++) {
                    for (int c = left; c < right; c++) {
                        sums[h * g.width() + c] += each;
                    }
                }
            }
        }
        for (int i = 0; i < sums.length; i++) {
            int at = dXOffset + i;
            dX[at] = (float) (beta == 0 ? sums[i] : sums[i] + (double) beta * dX[at]);
        }
    }
}
