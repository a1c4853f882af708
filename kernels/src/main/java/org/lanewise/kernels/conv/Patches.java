package org.lanewise.kernels.conv;

import java.util.Arrays;

import org.lanewise.kernels.Conv2dGeometry;

/**
 * The patches of an image that a filter sees: element (tap, pixel) of the im2col matrix, read from the image itself.
 *
 * <p>
 * A tap is (channel, r, s), a pixel (u, v). The element is
 *
 * <pre>
 *   image(channel, (u*stepH + r*tapH - shiftH) / gapH, (v*stepW + s*tapW - shiftW) / gapW)
 * </pre>
 *
 * or 0 where that leaves the image or a division has a remainder. Forward, u and v run over the output and the steps are the
 * strides. Backward by data, u and v run over the input, the image is dY, the taps run backwards and the gaps are the strides:
 * each input pixel gathers the outputs that it went into, so nothing is scattered.
 *
 * @param image    the array that holds the image
 * @param offset   index of its first element
 * @param height   rows of a channel of the image
 * @param width    columns of a channel of the image
 * @param rowWidth pixels of a row (u, 0), (u, 1), ...
 * @param kernelH  taps along the height
 * @param kernelW  taps along the width
 */
record Patches(float[] image, int offset, int height, int width, int rowWidth, int kernelH, int kernelW,
        int stepH, int stepW, int tapH, int tapW, int shiftH, int shiftW, int gapH, int gapW) {

    /** The input as a filter sees it: taps (c, r, s), pixels of the output. */
    static Patches ofInput(Conv2dGeometry g, float[] x, int offset) {
        return new Patches(x, offset, g.height(), g.width(), g.outputWidth(), g.kernelHeight(), g.kernelWidth(),
                g.strideHeight(), g.strideWidth(), g.dilationHeight(), g.dilationWidth(),
                g.paddingHeight(), g.paddingWidth(), 1, 1);
    }

    /** The output gradient as an input pixel sees it: taps (k, r, s), pixels of the input. */
    static Patches ofOutputGradient(Conv2dGeometry g, float[] dY, int offset) {
        return new Patches(dY, offset, g.outputHeight(), g.outputWidth(), g.width(), g.kernelHeight(), g.kernelWidth(),
                1, 1, -g.dilationHeight(), -g.dilationWidth(), -g.paddingHeight(), -g.paddingWidth(),
                g.strideHeight(), g.strideWidth());
    }

    /** Writes the elements of a tap for the pixels (u, v), (u, v + 1), ... to out, {@code stride} apart. */
    void copyRow(int tap, int u, int v, int count, float[] out, int outOffset, int stride) {
        int channel = tap / (kernelH * kernelW);
        int r = tap / kernelW % kernelH;
        int s = tap % kernelW;
        int row = u * stepH + r * tapH - shiftH;
        if (row < 0 || row % gapH != 0 || row / gapH >= height) {
            fillZeros(0, count, out, outOffset, stride);
            return;
        }
        int source = offset + (channel * height + row / gapH) * width;
        int column = v * stepW + s * tapW - shiftW;
        if (gapW == 1) {
            copyColumns(source, column, count, out, outOffset, stride);
        } else {
            for (int i = 0; i < count; i++, column += stepW) {
                boolean inside = column >= 0 && column % gapW == 0 && column / gapW < width;
                out[outOffset + i * stride] = inside ? image[source + column / gapW] : 0;
            }
        }
    }

    /** Columns column, column + stepW, ... of an image row: zeros, then what lies inside, then zeros. */
    private void copyColumns(int source, int column, int count, float[] out, int outOffset, int stride) {
        int from = Math.clamp(Math.ceilDiv(-column, stepW), 0, count);
        int to = Math.clamp(Math.ceilDiv(width - column, stepW), from, count);
        fillZeros(0, from, out, outOffset, stride);
        if (stepW == 1 && stride == 1) {
            System.arraycopy(image, source + column + from, out, outOffset + from, to - from);
        } else {
            for (int i = from, at = source + column + from * stepW; i < to; i++, at += stepW) {
                out[outOffset + i * stride] = image[at];
            }
        }
        fillZeros(to, count, out, outOffset, stride);
    }

    private static void fillZeros(int from, int to, float[] out, int outOffset, int stride) {
        if (stride == 1) {
            Arrays.fill(out, outOffset + from, outOffset + to, 0);
        } else {
            for (int i = from; i < to; i++) {
                out[outOffset + i * stride] = 0;
            }
        }
    }
}
