package org.lanewise.kernels;

/**
 * The sizes of a two-dimensional convolution. Images are NCHW, weights OIHW.
 *
 * <pre>
 *   outputHeight = floor((height + 2*paddingHeight - dilationHeight*(kernelHeight - 1) - 1) / strideHeight) + 1
 * </pre>
 *
 * and likewise for the width.
 *
 * @param batch          images N
 * @param inChannels     channels C of the input
 * @param height         height H of the input
 * @param width          width W of the input
 * @param outChannels    channels K of the output, the number of filters
 * @param kernelHeight   height R of a filter
 * @param kernelWidth    width S of a filter
 * @param strideHeight   vertical distance of two outputs in the input
 * @param strideWidth    horizontal distance of two outputs in the input
 * @param paddingHeight  rows of zeros above and below
 * @param paddingWidth   columns of zeros left and right
 * @param dilationHeight vertical distance of two taps of a filter
 * @param dilationWidth  horizontal distance of two taps of a filter
 */
public record Conv2dGeometry(int batch, int inChannels, int height, int width, int outChannels,
        int kernelHeight, int kernelWidth, int strideHeight, int strideWidth, int paddingHeight, int paddingWidth,
        int dilationHeight, int dilationWidth) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size is negative, a kernel size, stride or dilation not positive, the filter does not
     *                                  fit into the padded image, or an operand has more than 2^31 - 1 elements
     */
    public Conv2dGeometry {
        Checks.notNegative("batch", batch);
        Checks.notNegative("inChannels", inChannels);
        Checks.notNegative("outChannels", outChannels);
        WindowGeometry.check("height", height, kernelHeight, strideHeight, paddingHeight, dilationHeight);
        WindowGeometry.check("width", width, kernelWidth, strideWidth, paddingWidth, dilationWidth);
        Checks.arraySize("input", batch, inChannels, height, width);
        Checks.arraySize("weight", outChannels, inChannels, kernelHeight, kernelWidth);
        Checks.arraySize("output", batch, outChannels,
                WindowGeometry.outputSize(height, kernelHeight, strideHeight, paddingHeight, dilationHeight),
                WindowGeometry.outputSize(width, kernelWidth, strideWidth, paddingWidth, dilationWidth));
    }

    /**
     * A square filter with the same stride and padding in both directions and no dilation.
     *
     * @param batch       images
     * @param inChannels  channels of the input
     * @param height      height of the input
     * @param width       width of the input
     * @param outChannels channels of the output
     * @param kernel      height and width of a filter
     * @param stride      stride in both directions
     * @param padding     padding on all four sides
     * @return the geometry
     */
    public static Conv2dGeometry square(int batch, int inChannels, int height, int width, int outChannels,
            int kernel, int stride, int padding) {
        return new Conv2dGeometry(batch, inChannels, height, width, outChannels, kernel, kernel, stride, stride,
                padding, padding, 1, 1);
    }

    /**
     * {@return the height of the output}
     */
    public int outputHeight() {
        return WindowGeometry.outputSize(height, kernelHeight, strideHeight, paddingHeight, dilationHeight);
    }

    /**
     * {@return the width of the output}
     */
    public int outputWidth() {
        return WindowGeometry.outputSize(width, kernelWidth, strideWidth, paddingWidth, dilationWidth);
    }

    /**
     * {@return the pixels of an output channel}
     */
    public int outputPixels() {
        return outputHeight() * outputWidth();
    }

    /**
     * {@return the taps of a filter over all input channels, C*R*S: the depth of the product that a convolution is}
     */
    public int taps() {
        return inChannels * kernelHeight * kernelWidth;
    }

    /**
     * {@return the elements of the input, N*C*H*W}
     */
    public int inputSize() {
        return batch * inChannels * height * width;
    }

    /**
     * {@return the elements of the weights, K*C*R*S}
     */
    public int weightSize() {
        return outChannels * taps();
    }

    /**
     * {@return the elements of the output}
     */
    public int outputSize() {
        return batch * outChannels * outputPixels();
    }
}
