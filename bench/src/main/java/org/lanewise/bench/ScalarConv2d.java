package org.lanewise.bench;

import java.util.Arrays;

import org.lanewise.kernels.Conv2dGeometry;

/**
 * What a Java programmer writes first: a convolution as plain loops, each tap over the output pixels that it meets inside the image.
 * Square strides and no dilation, as in {@link ConvBenchmark}.
 */
final class ScalarConv2d {

    private ScalarConv2d() {
    }

    /** What is done where a tap meets a pixel: indices of the input, of the weight and of the output. */
    private interface Visit {
        void row(int x, int stride, int weight, int y, int n);
    }

    static void forward(Conv2dGeometry g, float[] x, float[] weight, float[] bias, float[] y) {
        for (int i = 0; i < y.length; i++) {
            y[i] = bias[i / g.outputPixels() % g.outChannels()];
        }
        forEachRow(g, (ix, stride, iw, iy, n) -> {
            float w = weight[iw];
            for (int v = 0; v < n; v++) {
                y[iy + v] += w * x[ix + v * stride];
            }
        });
    }

    static void byData(Conv2dGeometry g, float[] weight, float[] dY, float[] dX) {
        Arrays.fill(dX, 0);
        forEachRow(g, (ix, stride, iw, iy, n) -> {
            float w = weight[iw];
            for (int v = 0; v < n; v++) {
                dX[ix + v * stride] += w * dY[iy + v];
            }
        });
    }

    static void byWeights(Conv2dGeometry g, float[] x, float[] dY, float[] dWeight) {
        Arrays.fill(dWeight, 0);
        forEachRow(g, (ix, stride, iw, iy, n) -> {
            float sum = 0;
            for (int v = 0; v < n; v++) {
                sum += x[ix + v * stride] * dY[iy + v];
            }
            dWeight[iw] += sum;
        });
    }

    static void backward(Conv2dGeometry g, float[] x, float[] weight, float[] dY, float[] dX, float[] dWeight,
            float[] dBias) {
        byData(g, weight, dY, dX);
        byWeights(g, x, dY, dWeight);
        Arrays.fill(dBias, 0);
        for (int i = 0; i < dY.length; i++) {
            dBias[i / g.outputPixels() % g.outChannels()] += dY[i];
        }
    }

    private static void forEachRow(Conv2dGeometry g, Visit visit) {
        for (int image = 0; image < g.batch(); image++) {
            for (int filter = 0; filter < g.outChannels(); filter++) {
                for (int tap = 0; tap < g.taps(); tap++) {
                    int s = tap % g.kernelWidth();
                    int r = tap / g.kernelWidth() % g.kernelHeight();
                    int channel = filter / (g.outChannels() / g.groups()) * (g.inChannels() / g.groups())
                            + tap / g.kernelWidth() / g.kernelHeight();
                    // v*stride + s - padding must be in [0, width)
                    int from = Math.max(0, Math.ceilDiv(g.paddingLeft() - s, g.strideWidth()));
                    int to = Math.min(g.outputWidth(),
                            Math.floorDiv(g.width() - 1 + g.paddingLeft() - s, g.strideWidth()) + 1);
                    for (int u = 0; u < g.outputHeight(); u++) {
                        int row = u * g.strideHeight() + r - g.paddingTop();
                        if (row >= 0 && row < g.height() && from < to) {
                            visit.row(((image * g.inChannels() + channel) * g.height() + row) * g.width()
                                    + from * g.strideWidth() + s - g.paddingLeft(), g.strideWidth(),
                                    filter * g.taps() + tap,
                                    ((image * g.outChannels() + filter) * g.outputHeight() + u) * g.outputWidth()
                                            + from,
                                    to - from);
                        }
                    }
                }
            }
        }
    }
}
