package org.lanewise.kernels;

/**
 * The window of a two-dimensional pooling and how it slides. Made by {@link #of} or {@link #square} and changed by {@code with...}:
 *
 * {@snippet :
 * Pool2dWindow.square(3).withStride(2, 2).withPadding(1, 1).over(planes, height, width)
 * }
 *
 * @param kernelHeight   height of the window
 * @param kernelWidth    width of the window
 * @param strideHeight   vertical distance of two windows
 * @param strideWidth    horizontal distance of two windows
 * @param paddingHeight  rows that are added above and below, at most half of the window
 * @param paddingWidth   columns that are added left and right, at most half of the window
 * @param dilationHeight vertical distance of two pixels of a window
 * @param dilationWidth  horizontal distance of two pixels of a window
 * @param ceilMode       whether a last window that overhangs the padded input counts, if it begins inside the input or the padding
 *                       before it
 */
public record Pool2dWindow(int kernelHeight, int kernelWidth, int strideHeight, int strideWidth, int paddingHeight,
        int paddingWidth, int dilationHeight, int dilationWidth, boolean ceilMode) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a kernel size, stride or dilation is not positive, a padding negative or larger than half
     *                                  the window, or the window has more than 2^31 - 1 pixels
     */
    public Pool2dWindow {
        check("height", kernelHeight, strideHeight, paddingHeight, dilationHeight);
        check("width", kernelWidth, strideWidth, paddingWidth, dilationWidth);
        Checks.arraySize("window", kernelHeight, kernelWidth);
    }

    private static void check(String dimension, int kernel, int stride, int padding, int dilation) {
        WindowGeometry.checkWindow(dimension, kernel, stride, padding, dilation);
        if (padding > kernel / 2) {
            throw new IllegalArgumentException("padding along " + dimension + "=" + padding
                    + " must be at most half of the kernel " + dimension + ", " + kernel + "/2");
        }
    }

    /**
     * Windows side by side: the stride is the window's size, without padding or dilation.
     *
     * @param height height of the window
     * @param width  width of the window
     * @return the window
     */
    public static Pool2dWindow of(int height, int width) {
        return new Pool2dWindow(height, width, height, width, 0, 0, 1, 1, false);
    }

    /**
     * Square windows side by side.
     *
     * @param size height and width of the window
     * @return the window
     */
    public static Pool2dWindow square(int size) {
        return of(size, size);
    }

    /**
     * The same window with other distances.
     *
     * @param height vertical distance of two windows
     * @param width  horizontal distance of two windows
     * @return a new window
     */
    public Pool2dWindow withStride(int height, int width) {
        return new Pool2dWindow(kernelHeight, kernelWidth, height, width, paddingHeight, paddingWidth, dilationHeight,
                dilationWidth, ceilMode);
    }

    /**
     * The same window over a padded input.
     *
     * @param height rows that are added above and below
     * @param width  columns that are added left and right
     * @return a new window
     */
    public Pool2dWindow withPadding(int height, int width) {
        return new Pool2dWindow(kernelHeight, kernelWidth, strideHeight, strideWidth, height, width, dilationHeight,
                dilationWidth, ceilMode);
    }

    /**
     * The same window with its pixels farther apart.
     *
     * @param height vertical distance of two pixels
     * @param width  horizontal distance of two pixels
     * @return a new window
     */
    public Pool2dWindow withDilation(int height, int width) {
        return new Pool2dWindow(kernelHeight, kernelWidth, strideHeight, strideWidth, paddingHeight, paddingWidth,
                height, width, ceilMode);
    }

    /**
     * The same window with the number of outputs rounded up or down.
     *
     * @param ceil whether it is rounded up
     * @return a new window
     */
    public Pool2dWindow withCeilMode(boolean ceil) {
        return new Pool2dWindow(kernelHeight, kernelWidth, strideHeight, strideWidth, paddingHeight, paddingWidth,
                dilationHeight, dilationWidth, ceil);
    }

    /**
     * This window over images.
     *
     * @param planes images times channels
     * @param height height of the input
     * @param width  width of the input
     * @return the geometry
     * @throws IllegalArgumentException as the constructor of {@link Pool2dGeometry} does
     */
    public Pool2dGeometry over(int planes, int height, int width) {
        return new Pool2dGeometry(planes, height, width, this);
    }

    /**
     * {@return the pixels of a window}
     */
    public int area() {
        return kernelHeight * kernelWidth;
    }
}
