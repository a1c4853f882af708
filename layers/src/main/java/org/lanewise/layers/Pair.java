package org.lanewise.layers;

import java.util.Arrays;

import org.lanewise.kernels.Pool2dWindow;

/**
 * Two values, one along the height and one along the width.
 */
final class Pair {

    private Pair() {
    }

    /** A copy of the values, which must be two and positive. */
    static int[] positive(String name, int[] values) {
        int[] copy = two(name, values);
        Init.positive(name + "[0]", copy[0]);
        Init.positive(name + "[1]", copy[1]);
        return copy;
    }

    /** A copy of the values, which must be two and not negative. */
    static int[] notNegative(String name, int[] values) {
        int[] copy = two(name, values);
        Init.notNegative(name + "[0]", copy[0]);
        Init.notNegative(name + "[1]", copy[1]);
        return copy;
    }

    /** A window of a pooling; names in messages are those of the layers' parameters. */
    static Pool2dWindow window(int[] kernelSize, int[] stride, int[] padding, int[] dilation, boolean ceilMode) {
        positive("kernelSize", kernelSize);
        positive("stride", stride);
        notNegative("padding", padding);
        positive("dilation", dilation);
        if (padding[0] > kernelSize[0] / 2 || padding[1] > kernelSize[1] / 2) {
            throw new IllegalArgumentException(
                    "padding=" + text(padding) + " must be at most half of kernelSize=" + text(kernelSize));
        }
        return Pool2dWindow.of(kernelSize[0], kernelSize[1]).withStride(stride[0], stride[1])
                .withPadding(padding[0], padding[1]).withDilation(dilation[0], dilation[1]).withCeilMode(ceilMode);
    }

    static String text(Pool2dWindow window) {
        return "kernelSize=" + window.kernelHeight() + "x" + window.kernelWidth() + ", stride=" + window.strideHeight()
                + "x" + window.strideWidth() + ", padding=" + window.paddingHeight() + "x" + window.paddingWidth();
    }

    static String text(int[] pair) {
        return pair[0] + "x" + pair[1];
    }

    private static int[] two(String name, int[] values) {
        if (values.length != 2) {
            throw new IllegalArgumentException(
                    name + "=" + Arrays.toString(values) + " must have two values, along height and width");
        }
        return values.clone();
    }
}
