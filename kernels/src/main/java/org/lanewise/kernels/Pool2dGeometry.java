package org.lanewise.kernels;

import java.util.Objects;

/**
 * The sizes of a two-dimensional pooling over NCHW images.
 *
 * <pre>
 *   outputHeight = floor((height + 2*paddingHeight - dilationHeight*(kernelHeight - 1) - 1) / strideHeight) + 1
 * </pre>
 *
 * and likewise for the width. In ceil mode the quotient is rounded up, but a last window that would begin at or beyond row
 * height, behind the input, is left out. Every window holds a pixel.
 *
 * @param planes images times channels; each is pooled by itself
 * @param height height of the input
 * @param width  width of the input
 * @param window the window and how it slides
 */
public record Pool2dGeometry(int planes, int height, int width, Pool2dWindow window) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if planes is negative, another size not positive, the window does not fit, a window would hold
     *                                  no pixel, because its dilation steps over the input, or an operand has more than 2^31 - 1
     *                                  elements
     */
    public Pool2dGeometry {
        Checks.notNegative("planes", planes);
        Checks.positive("height", height);
        Checks.positive("width", width);
        Objects.requireNonNull(window, "window");
        WindowGeometry.check("height", height, window.kernelHeight(), window.strideHeight(), window.paddingHeight(),
                window.dilationHeight(), window.ceilMode());
        WindowGeometry.check("width", width, window.kernelWidth(), window.strideWidth(), window.paddingWidth(),
                window.dilationWidth(), window.ceilMode());
        int outputHeight = outputHeight(height, window);
        int outputWidth = outputWidth(width, window);
        WindowGeometry.checkPixels("height", height, outputHeight, window.kernelHeight(), window.strideHeight(),
                window.paddingHeight(), window.dilationHeight());
        WindowGeometry.checkPixels("width", width, outputWidth, window.kernelWidth(), window.strideWidth(),
                window.paddingWidth(), window.dilationWidth());
        Checks.arraySize("input", planes, height, width);
        Checks.arraySize("output", planes, outputHeight, outputWidth);
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
        return Pool2dWindow.square(kernel).withStride(stride, stride).over(planes, height, width);
    }

    private static int outputHeight(int height, Pool2dWindow w) {
        return WindowGeometry.outputSize(height, w.kernelHeight(), w.strideHeight(), w.paddingHeight(),
                w.dilationHeight(), w.ceilMode());
    }

    private static int outputWidth(int width, Pool2dWindow w) {
        return WindowGeometry.outputSize(width, w.kernelWidth(), w.strideWidth(), w.paddingWidth(), w.dilationWidth(),
                w.ceilMode());
    }

    /**
     * {@return the height of the output}
     */
    public int outputHeight() {
        return outputHeight(height, window);
    }

    /**
     * {@return the width of the output}
     */
    public int outputWidth() {
        return outputWidth(width, window);
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
        return outputHeight() * outputWidth();
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
        return planes * outputPixels();
    }

    /**
     * {@return the bytes that one place in a window takes: 1 for windows of up to 256 pixels, 2 up to 65536, else 4}
     */
    public int bytesPerIndex() {
        int area = window.area();
        return area <= 1 << Byte.SIZE ? 1 : area <= 1 << Short.SIZE ? Short.BYTES : Integer.BYTES;
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
