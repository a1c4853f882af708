package org.lanewise.kernels;

/**
 * The sizes of an adaptive pooling over NCHW images: the output's size is given, and the windows follow from it. Along the height,
 * and likewise along the width, window i has the rows
 *
 * <pre>
 *   floor(i*height / outputHeight) up to but not including ceil((i + 1)*height / outputHeight)
 * </pre>
 *
 * @param planes       images times channels; each is pooled by itself
 * @param height       height of the input
 * @param width        width of the input
 * @param outputHeight height of the output
 * @param outputWidth  width of the output
 */
public record AdaptivePool2dGeometry(int planes, int height, int width, int outputHeight, int outputWidth) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if planes or a size of the output is negative, a size of the input not positive, or an operand
     *                                  has more than 2^31 - 1 elements
     */
    public AdaptivePool2dGeometry {
        Checks.notNegative("planes", planes);
        Checks.positive("height", height);
        Checks.positive("width", width);
        Checks.notNegative("outputHeight", outputHeight);
        Checks.notNegative("outputWidth", outputWidth);
        Checks.arraySize("input", planes, height, width);
        Checks.arraySize("output", planes, outputHeight, outputWidth);
    }

    /**
     * The first row or column of a window.
     *
     * @param i      which window
     * @param size   height or width of the input
     * @param output height or width of the output
     * @return floor(i*size / output)
     */
    public static int start(int i, int size, int output) {
        return (int) ((long) i * size / output);
    }

    /**
     * One more than the last row or column of a window.
     *
     * @param i      which window
     * @param size   height or width of the input
     * @param output height or width of the output
     * @return ceil((i + 1)*size / output)
     */
    public static int end(int i, int size, int output) {
        return (int) Math.ceilDiv((i + 1L) * size, (long) output);
    }

    /**
     * {@return whether all windows are alike and lie side by side, so that this is an average pooling with that window as its stride}
     */
    public boolean even() {
        return outputHeight > 0 && outputWidth > 0 && height % outputHeight == 0 && width % outputWidth == 0;
    }

    /**
     * {@return the pixels of a plane of the input}
     */
    public int inputPixels() {
        return height * width;
    }

    /**
     * {@return the windows of a plane}
     */
    public int outputPixels() {
        return outputHeight * outputWidth;
    }

    /**
     * {@return the elements of the input}
     */
    public int inputSize() {
        return planes * inputPixels();
    }

    /**
     * {@return the elements of the output}
     */
    public int outputSize() {
        return planes * outputPixels();
    }
}
