package org.lanewise.kernels.reference;

import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Epilogue.Bias;

/**
 * The meaning of {@link org.lanewise.kernels.Conv2d}: seven loops each, over images, filters, output pixels and taps.
 */
public final class ReferenceConv2d {

    private ReferenceConv2d() {
    }

    /** With beta = 0. */
    public static void forward(Conv2dGeometry g, float[] x, int xOffset, float[] weight, int weightOffset,
            Epilogue epilogue, float[] y, int yOffset) {
        forward(g, x, xOffset, weight, weightOffset, epilogue, 0, y, yOffset);
    }

    /**
     * y(n, k, u, v) := f(sum over c, r, s of w(k, c, r, s) * x(n, c + first(k), u*stride + r*dilation - paddingTop, ...)
     * + bias(k) + beta*y(n, k, u, v)), where first(k) is the first channel of the group of filter k.
     */
    public static void forward(Conv2dGeometry g, float[] x, int xOffset, float[] weight, int weightOffset,
            Epilogue epilogue, float beta, float[] y, int yOffset) {
        int channels = g.inChannels() / g.groups();
        for (int n = 0, iy = yOffset; n < g.batch(); n++) {
            for (int k = 0; k < g.outChannels(); k++) {
                for (int u = 0; u < g.outputHeight(); u++) {
                    for (int v = 0; v < g.outputWidth(); v++) {
                        double sum = epilogue.bias() == Bias.NONE ? 0 : epilogue.values()[epilogue.offset() + k];
                        sum += beta == 0 ? 0 : (double) beta * y[iy];
                        for (int c = 0; c < channels; c++) {
                            for (int r = 0; r < g.kernelHeight(); r++) {
                                for (int s = 0; s < g.kernelWidth(); s++) {
                                    int ix = input(g, n, channel(g, k, c), u, v, r, s);
                                    if (ix >= 0) {
                                        sum += (double) weight[weightOffset + weight(g, k, c, r, s)] * x[xOffset + ix];
                                    }
                                }
                            }
                        }
                        y[iy++] = epilogue.relu() && sum < 0 ? 0 : (float) sum;
                    }
                }
            }
        }
    }

    /** dx(n, c, i, j) := sum over the outputs that the pixel went into of w * dy, + beta*dx. */
    public static void backwardData(Conv2dGeometry g, float[] weight, int weightOffset, float[] dY, int dYOffset,
            float beta, float[] dX, int dXOffset) {
        double[] sums = new double[g.inputSize()];
        forEachProduct(g, (ix, iw, iy) -> sums[ix] += (double) weight[weightOffset + iw] * dY[dYOffset + iy]);
        store(sums, beta, dX, dXOffset);
    }

    /** dw(k, c, r, s) := sum over images and output pixels of dy * x, + beta*dw. */
    public static void backwardWeights(Conv2dGeometry g, float[] x, int xOffset, float[] dY, int dYOffset,
            float beta, float[] dWeight, int dWeightOffset) {
        double[] sums = new double[g.weightSize()];
        forEachProduct(g, (ix, iw, iy) -> sums[iw] += (double) x[xOffset + ix] * dY[dYOffset + iy]);
        store(sums, beta, dWeight, dWeightOffset);
    }

    /** One product of a forward convolution: the places of its input, its weight and its output. */
    @FunctionalInterface
    private interface Product {
        void at(int ix, int iw, int iy);
    }

    private static void forEachProduct(Conv2dGeometry g, Product product) {
        int channels = g.inChannels() / g.groups();
        for (int n = 0, iy = 0; n < g.batch(); n++) {
            for (int k = 0; k < g.outChannels(); k++) {
                for (int u = 0; u < g.outputHeight(); u++) {
                    for (int v = 0; v < g.outputWidth(); v++, iy++) {
                        for (int c = 0; c < channels; c++) {
                            for (int r = 0; r < g.kernelHeight(); r++) {
                                for (int s = 0; s < g.kernelWidth(); s++) {
                                    int ix = input(g, n, channel(g, k, c), u, v, r, s);
                                    if (ix >= 0) {
                                        product.at(ix, weight(g, k, c, r, s), iy);
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /** The channel of the input that filter k sees as its channel c. */
    private static int channel(Conv2dGeometry g, int k, int c) {
        int group = k / (g.outChannels() / g.groups());
        return group * (g.inChannels() / g.groups()) + c;
    }

    /** Where the tap (r, s) of the output pixel (u, v) stands in the input, or -1 in the padding. */
    private static int input(Conv2dGeometry g, int n, int c, int u, int v, int r, int s) {
        int i = u * g.strideHeight() + r * g.dilationHeight() - g.paddingTop();
        int j = v * g.strideWidth() + s * g.dilationWidth() - g.paddingLeft();
        boolean inside = i >= 0 && i < g.height() && j >= 0 && j < g.width();
        return inside ? ((n * g.inChannels() + c) * g.height() + i) * g.width() + j : -1;
    }

    private static int weight(Conv2dGeometry g, int k, int c, int r, int s) {
        return ((k * (g.inChannels() / g.groups()) + c) * g.kernelHeight() + r) * g.kernelWidth() + s;
    }

    private static void store(double[] sums, float beta, float[] out, int offset) {
        for (int i = 0; i < sums.length; i++) {
            out[offset + i] = (float) (beta == 0 ? sums[i] : sums[i] + (double) beta * out[offset + i]);
        }
    }
}
