package org.lanewise.kernels;

/**
 * The sizes of a two-dimensional pooling over NCHW images.
 *
 * <pre>
 *   outputHeight = floor((height + 2*paddingHeight - kernelHeight) / strideHeight) + 1
 * </pre>
 *
 * and likewise for the width. The padding is never larger than half the window, so every window holds a pixel.
 *
 * @param planes        images times channels; each is pooled by itself
 * @param height        height of the input
 * @param width         width of the input
 * @param kernelHeight  height of the window
 * @param kernelWidth   width of the window
 * @param strideHeight  vertical distance of two windows
 * @param strideWidth   horizontal distance of two windows
 * @param paddingHeight rows that are added above and below; no maximum is ever taken there
 * @param paddingWidth  columns that are added left and right
 */
public record Pool2dGeometry(int planes, int height, int width, int kernelHeight, int kernelWidth,
        int strideHeight, int strideWidth, int paddingHeight, int paddingWidth) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if planes is negative, another size, a kernel size or a stride not positive, a padding larger than half
     *                                  the window, the window does not fit, or an operand has more than 2^31 - 1 elements
     */
    public Pool2dGeometry {
        Checks.notNegative("planes", planes);
        Checks.positive("height", height);
        Checks.positive("width", width);
        WindowGeometry.check("height", height, kernelHeight, strideHeight, paddingHeight, 1);
        WindowGeometry.check("width", width, kernelWidth, strideWidth, paddingWidth, 1);
        atMostHalf("height", paddingHeight, kernelHeight);
        atMostHalf("width", paddingWidth, kernelWidth);
        Checks.arraySize("input", planes, height, width);
        Checks.arraySize("output", planes,
                WindowGeometry.outputSize(height, kernelHeight, strideHeight, paddingHeight, 1),
                WindowGeometry.outputSize(width, kernelWidth, strideWidth, paddingWidth, 1));
    }

    private static void atMostHalf(String dimension, int padding, int kernel) {
        if (padding > kernel / 2) {
            throw new IllegalArgumentException("padding along " + dimension + "=" + padding
                    + " must be at most half of the kernel " + dimension + ", " + kernel + "/2");
        }
    }

    /**
     * A square window with the same stride in both directions and no padding.
     *
     * @param planes images times channels
     * @param height height of the input
     * @param width  width of the input
     * @param kernel height and width of the window
     * @param stride stride in both directions
     * @return the geometry
     */
    public static Pool2dGeometry square(int planes, int height, int width, int kernel, int stride) {
        return new Pool2dGeometry(planes, height, width, kernel, kernel, stride, stride, 0, 0);
    }

    /**
     * {@return the height of the output}
     */
    public int outputHeight() {
        return WindowGeometry.outputSize(height, kernelHeight, strideHeight, paddingHeight, 1);
    }

    /**
     * {@return the width of the output}
     */
    public int outputWidth() {
        return WindowGeometry.outputSize(width, kernelWidth, strideWidth, paddingWidth, 1);
    }

    /**
     * {@return the elements of the input}
     */
    public int inputSize() {
        return planes * height * width;
    }

    /**
     * {@return the elements of the output}
     */
    public int outputSize() {
        return planes * outputHeight() * outputWidth();
    }

    /**
     * {@return the bytes that one place in a window takes: 1 for windows of up to 256 pixels, else 4}
     */
    public int bytesPerIndex() {
        return (long) kernelHeight * kernelWidth <= 256 ? 1 : Integer.BYTES;
    }

    /**
     * {@return the length of the array that takes the place of each maximum}
     * @throws IllegalArgumentException if it passes 2^31 - 1
     */
    public int indexBytes() {
        Checks.arraySize("indices", outputSize(), bytesPerIndex());
        return outputSize() * bytesPerIndex();
    }
}
