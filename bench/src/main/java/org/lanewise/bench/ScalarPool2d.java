package org.lanewise.bench;

import java.util.Arrays;

import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;

/** Pooling as plain loops; that of maxima keeps the index of each. */
final class ScalarPool2d {

    private ScalarPool2d() {
    }

    static void max(Pool2dGeometry g, float[] x, float[] y, int[] places) {
        Pool2dWindow w = g.window();
        int outHeight = g.outputHeight();
        int outWidth = g.outputWidth();
        int out = 0;
        for (int plane = 0; plane < g.planes(); plane++) {
            for (int u = 0; u < outHeight; u++) {
                int top = u * w.strideHeight() - w.paddingHeight();
                for (int v = 0; v < outWidth; v++) {
                    int left = v * w.strideWidth() - w.paddingWidth();
                    float max = Float.NEGATIVE_INFINITY;
                    int place = -1;
                    for (int row = Math.max(0, top); row < Math.min(g.height(), top + w.kernelHeight()); row++) {
                        for (int column = Math.max(0, left); column < Math.min(g.width(),
                                left + w.kernelWidth()); column++) {
                            int index = (plane * g.height() + row) * g.width() + column;
                            if (x[index] > max || place < 0) {
                                max = x[index];
                                place = index;
                            }
                        }
                    }
                    y[out] = max;
                    places[out++] = place;
                }
            }
        }
    }

    static void maxBackward(int[] places, float[] dY, float[] dX) {
        Arrays.fill(dX, 0);
        for (int i = 0; i < places.length; i++) {
            dX[places[i]] += dY[i];
        }
    }

    static void average(Pool2dGeometry g, float[] x, float[] y) {
        Pool2dWindow w = g.window();
        int outHeight = g.outputHeight();
        int outWidth = g.outputWidth();
        int out = 0;
        for (int plane = 0; plane < g.planes(); plane++) {
            for (int u = 0; u < outHeight; u++) {
                int top = u * w.strideHeight() - w.paddingHeight();
                for (int v = 0; v < outWidth; v++) {
                    int left = v * w.strideWidth() - w.paddingWidth();
                    double sum = 0;
                    for (int row = Math.max(0, top); row < Math.min(g.height(), top + w.kernelHeight()); row++) {
                        for (int column = Math.max(0, left); column < Math.min(g.width(),
                                left + w.kernelWidth()); column++) {
                            sum += x[(plane * g.height() + row) * g.width() + column];
                        }
                    }
                    y[out++] = (float) (sum / w.area());
                }
            }
        }
    }

    static void averageBackward(Pool2dGeometry g, float[] dY, float[] dX) {
        Arrays.fill(dX, 0);
        Pool2dWindow w = g.window();
        int outHeight = g.outputHeight();
        int outWidth = g.outputWidth();
        int out = 0;
        for (int plane = 0; plane < g.planes(); plane++) {
            for (int u = 0; u < outHeight; u++) {
                int top = u * w.strideHeight() - w.paddingHeight();
                for (int v = 0; v < outWidth; v++) {
                    int left = v * w.strideWidth() - w.paddingWidth();
                    float each = dY[out++] / w.area();
                    for (int row = Math.max(0, top); row < Math.min(g.height(), top + w.kernelHeight()); row++) {
                        for (int column = Math.max(0, left); column < Math.min(g.width(),
                                left + w.kernelWidth()); column++) {
                            dX[(plane * g.height() + row) * g.width() + column] += each;
                        }
                    }
                }
            }
        }
    }
}
