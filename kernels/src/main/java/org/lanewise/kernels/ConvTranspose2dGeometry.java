package org.lanewise.kernels;

/**
 * The sizes of a transposed two-dimensional convolution. Images are NCHW, weights (C, K/groups, R, S).
 *
 * <pre>
 *   outputHeight = (height - 1)*strideHeight - 2*paddingHeight + dilationHeight*(kernelHeight - 1) + outputPaddingHeight + 1
 * </pre>
 *
 * and likewise for the width. It goes back from what {@link #convolution()} computes to where that comes from: its forward is the
 * gradient by data of that convolution, its gradient by data the forward, and its gradient by weights the same with input and
 * gradient exchanged.
 *
 * @param batch               images N
 * @param inChannels          channels C of the input
 * @param height              height H of the input
 * @param width               width W of the input
 * @param outChannels         channels K of the output
 * @param kernelHeight        height R of a filter
 * @param kernelWidth         width S of a filter
 * @param strideHeight        vertical distance in the output of what two inputs add to
 * @param strideWidth         horizontal distance of it
 * @param paddingHeight       rows that are cut off above and below
 * @param paddingWidth        columns that are cut off left and right
 * @param outputPaddingHeight rows that are added below, or cut off less
 * @param outputPaddingWidth  columns that are added on the right, or cut off less
 * @param dilationHeight      vertical distance of two taps of a filter
 * @param dilationWidth       horizontal distance of two taps of a filter
 * @param groups              ranges of channels that see each other; divides C and K
 */
public record ConvTranspose2dGeometry(int batch, int inChannels, int height, int width, int outChannels,
        int kernelHeight, int kernelWidth, int strideHeight, int strideWidth, int paddingHeight, int paddingWidth,
        int outputPaddingHeight, int outputPaddingWidth, int dilationHeight, int dilationWidth, int groups) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if height, width, a kernel size, stride, dilation or the groups is not positive, another size or
     *                                  padding negative, an output padding not below stride and dilation or, what PyTorch
     *                                  takes, not below stride + padding; the groups do not divide the channels, nothing is left of
     *                                  the output, or an operand has more than 2^31 - 1 elements
     */
    public ConvTranspose2dGeometry {
        Conv2dGeometry.checkGroups(groups, inChannels, outChannels);
        check("height", height, kernelHeight, strideHeight, paddingHeight, outputPaddingHeight, dilationHeight);
        check("width", width, kernelWidth, strideWidth, paddingWidth, outputPaddingWidth, dilationWidth);
        Checks.notNegative("batch", batch);
        Checks.arraySize("input", batch, inChannels, height, width);
        Checks.arraySize("output", batch, outChannels,
                size(height, kernelHeight, strideHeight, paddingHeight, outputPaddingHeight, dilationHeight),
                size(width, kernelWidth, strideWidth, paddingWidth, outputPaddingWidth, dilationWidth));
        convolution(batch, inChannels, height, width, outChannels, kernelHeight, kernelWidth, strideHeight, strideWidth,
                paddingHeight, paddingWidth, outputPaddingHeight, outputPaddingWidth, dilationHeight, dilationWidth,
                groups);
    }

    private static void check(String dimension, int in, int kernel, int stride, int padding, int outputPadding,
            int dilation) {
        Checks.positive(dimension, in);
        Checks.positive("kernel " + dimension, kernel);
        Checks.positive("stride along " + dimension, stride);
        Checks.notNegative("padding along " + dimension, padding);
        Checks.notNegative("outputPadding along " + dimension, outputPadding);
        Checks.positive("dilation along " + dimension, dilation);
        if (outputPadding >= Math.max(stride, dilation)) {
            throw new IllegalArgumentException("outputPadding along " + dimension + "=" + outputPadding
                    + " must be below stride or dilation, max(" + stride + ", " + dilation + ")");
        }
        if (outputPadding >= (long) stride + padding) {
            throw new IllegalArgumentException("outputPadding along " + dimension + "=" + outputPadding
                    + " must be below stride + padding = " + stride + " + " + padding);
        }
        long out = size(in, kernel, stride, padding, outputPadding, dilation);
        if (out < 1 || out > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("the output has no " + dimension + ": (" + dimension
                    + " - 1)*stride - 2*padding + dilation*(kernel - 1) + outputPadding + 1 = (" + in + " - 1)*"
                    + stride + " - 2*" + padding + " + " + dilation + "*(" + kernel + " - 1) + " + outputPadding
                    + " + 1 = " + out + " must be positive and below 2^31");
        }
    }

    private static long size(int in, int kernel, int stride, int padding, int outputPadding, int dilation) {
        return (in - 1L) * stride - 2L * padding + (long) dilation * (kernel - 1) + outputPadding + 1;
    }

    /**
     * {@return the height of the output}
     */
    public int outputHeight() {
        return (int) size(height, kernelHeight, strideHeight, paddingHeight, outputPaddingHeight, dilationHeight);
    }

    /**
     * {@return the width of the output}
     */
    public int outputWidth() {
        return (int) size(width, kernelWidth, strideWidth, paddingWidth, outputPaddingWidth, dilationWidth);
    }

    /**
     * {@return the convolution that makes an input of this from an output, with the same weights}
     */
    public Conv2dGeometry convolution() {
        return convolution(batch, inChannels, height, width, outChannels, kernelHeight, kernelWidth, strideHeight,
                strideWidth, paddingHeight, paddingWidth, outputPaddingHeight, outputPaddingWidth, dilationHeight,
                dilationWidth, groups);
    }

    /** An output padding is so much less padding of the convolution behind the last position, or what its stride does not reach. */
    private static Conv2dGeometry convolution(int batch, int inChannels, int height, int width, int outChannels,
            int kernelHeight, int kernelWidth, int strideHeight, int strideWidth, int paddingHeight, int paddingWidth,
            int outputPaddingHeight, int outputPaddingWidth, int dilationHeight, int dilationWidth, int groups) {
        int outputHeight = (int) size(height, kernelHeight, strideHeight, paddingHeight, outputPaddingHeight,
                dilationHeight);
        int outputWidth = (int) size(width, kernelWidth, strideWidth, paddingWidth, outputPaddingWidth, dilationWidth);
        return new Conv2dGeometry(batch, outChannels, outputHeight, outputWidth, inChannels, kernelHeight, kernelWidth,
                strideHeight, strideWidth, paddingHeight, Math.max(0, paddingHeight - outputPaddingHeight),
                paddingWidth, Math.max(0, paddingWidth - outputPaddingWidth), dilationHeight, dilationWidth, groups);
    }
}
