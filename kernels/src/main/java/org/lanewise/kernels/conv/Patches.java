package org.lanewise.kernels.conv;

import org.lanewise.kernels.Conv2dGeometry;

/**
 * The patches of an image that a filter sees: element (tap, pixel) of the im2col matrix, read from the image itself.
 *
 * <p>
 * A tap is (channel, r, s), a pixel (u, v). The element is
 *
 * <pre>
 *   image(channel, u*stepH + r*tapH - shiftH, v*stepW + s*tapW - shiftW)
 * </pre>
 *
 * or 0 where that leaves the image.
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
        int stepH, int stepW, int tapH, int tapW, int shiftH, int shiftW) {

    /** The input as a filter sees it: taps (c, r, s), pixels of the output. */
    static Patches ofInput(Conv2dGeometry g, float[] x, int offset) {
        return new Patches(x, offset, g.height(), g.width(), g.outputWidth(), g.kernelHeight(), g.kernelWidth(),
                g.strideHeight(), g.strideWidth(), g.dilationHeight(), g.dilationWidth(),
                g.paddingHeight(), g.paddingWidth());
    }

    /** Writes the elements of a tap for count pixels in row-major order, from a first one on, to out, {@code stride} apart. */
    void copy(int tap, int firstPixel, int count, float[] out, int outOffset, int stride) {
        int plane = offset + tap / (kernelH * kernelW) * height * width;
        int row = firstPixel / rowWidth * stepH + tap / kernelW % kernelH * tapH - shiftH;
        int firstColumn = tap % kernelW * tapW - shiftW;
        int v = firstPixel % rowWidth;
        for (int done = 0; done < count; row += stepH, v = 0) {
            int run = Math.min(rowWidth - v, count - done);
            copyRow(plane, row, v * stepW + firstColumn, run, out, outOffset + done * stride, stride);
            done += run;
        }
    }

    /** Columns column, column + stepW, ... of an image row: zeros, then what lies inside, then zeros. */
    private void copyRow(int plane, int row, int column, int count, float[] out, int outOffset, int stride) {
        if (row < 0 || row >= height) {
            fillZeros(0, count, out, outOffset, stride);
            return;
        }
        int source = plane + row * width;
        int from = Math.clamp(Math.ceilDiv(-column, stepW), 0, count);
        int to = Math.clamp(Math.ceilDiv(width - column, stepW), from, count);
        fillZeros(0, from, out, outOffset, stride);
        if (from < to && stepW == 1 && stride == 1) {
            System.arraycopy(image, source + column + from, out, outOffset + from, to - from);
        } else {
            for (int i = from, at = source + column + from * stepW; i < to; i++, at += stepW) {
                out[outOffset + i * stride] = image[at];
            }
        }
        fillZeros(to, count, out, outOffset, stride);
    }

    /** Not Arrays.fill, which costs more than it saves: mostly there is one zero to write, or none. */
    private static void fillZeros(int from, int to, float[] out, int outOffset, int stride) {
        for (int i = from; i < to; i++) {
            out[outOffset + i * stride] = 0;
        }
    }
}
