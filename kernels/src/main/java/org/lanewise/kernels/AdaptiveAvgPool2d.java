package org.lanewise.kernels;

import java.util.Objects;

import org.lanewise.kernels.pool.AdaptiveAvg;

/**
 * Two-dimensional average pooling to a given size of the output, over NCHW images: y(p, u, v) is the mean of x(p) over the rows of
 * window u and the columns of window v of an {@link AdaptivePool2dGeometry}.
 */
public final class AdaptiveAvgPool2d {

    private AdaptiveAvgPool2d() {
    }

    /**
     * The averages.
     *
     * @param geometry    the sizes
     * @param x           input, shape (planes, H, W), contiguous
     * @param xOffset     index of its first element
     * @param y           output, shape (planes, OH, OW), overwritten; must not overlap x
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void forward(AdaptivePool2dGeometry geometry, float[] x, int xOffset, float[] y, int yOffset,
            Parallelism parallelism) {
        Objects.requireNonNull(geometry, "geometry");
        Checks.range("x", x, xOffset, geometry.inputSize());
        Checks.range("y", y, yOffset, geometry.outputSize());
        Objects.requireNonNull(parallelism, "parallelism");
        AdaptiveAvg.forward(Backend.current().vectorized(), geometry, x, xOffset, y, yOffset, parallelism);
    }

    /**
     * dX := for each pixel, the sum of dY/area over its windows, + beta*dX.
     *
     * @param geometry    the sizes
     * @param dY          gradient with respect to y
     * @param dYOffset    index of its first element
     * @param beta        factor of the old dX; if 0, dX is overwritten and never read
     * @param dX          gradient with respect to x; must not overlap dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void backward(AdaptivePool2dGeometry geometry, float[] dY, int dYOffset, float beta, float[] dX,
            int dXOffset, Parallelism parallelism) {
        Objects.requireNonNull(geometry, "geometry");
        Checks.range("dY", dY, dYOffset, geometry.outputSize());
        Checks.range("dX", dX, dXOffset, geometry.inputSize());
        Objects.requireNonNull(parallelism, "parallelism");
        AdaptiveAvg.backward(Backend.current().vectorized(), geometry, dY, dYOffset, beta, dX, dXOffset, parallelism);
    }
}
