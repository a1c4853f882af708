package org.lanewise.bench;

import java.util.Arrays;

import org.lanewise.kernels.Pool2dGeometry;

/** Max pooling as plain loops that keep the index of each maximum. */
final class ScalarMaxPool2d {

    private ScalarMaxPool2d() {
    }

    static void forward(Pool2dGeometry g, float[] x, float[] y, int[] places) {
        int out = 0;
        for (int plane = 0; plane < g.planes(); plane++) {
            for (int u = 0; u < g.outputHeight(); u++) {
                int top = u * g.strideHeight() - g.paddingHeight();
                for (int v = 0; v < g.outputWidth(); v++) {
                    int left = v * g.strideWidth() - g.paddingWidth();
                    float max = Float.NEGATIVE_INFINITY;
                    int place = -1;
                    for (int row = Math.max(0, top); row < Math.min(g.height(), top + g.kernelHeight()); row++) {
                        for (int column = Math.max(0, left); column < Math.min(g.width(),
                                left + g.kernelWidth()); column++) {
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

    static void backward(int[] places, float[] dY, float[] dX) {
        Arrays.fill(dX, 0);
        for (int i = 0; i < places.length; i++) {
            dX[places[i]] += dY[i];
        }
    }
}
