package org.lanewise.kernels;

import java.util.Objects;

import org.lanewise.kernels.pool.AvgBackward;
import org.lanewise.kernels.pool.AvgForward;

/**
 * Two-dimensional average pooling over NCHW images. Windows have no dilation, as in PyTorch.
 *
 * <pre>
 *   y(p, u, v) = sum over r, s of x(p, u*strideHeight + r - paddingHeight, v*strideWidth + s - paddingWidth) / divisor(u, v)
 * </pre>
 *
 * where padding counts as 0 and the divisor is an {@link AvgDivisor}.
 */
public final class AvgPool2d {

    private AvgPool2d() {
    }

    /**
     * The averages.
     *
     * @param geometry    the sizes
     * @param divisor     what the sums are divided by
     * @param x           input, shape (planes, H, W), contiguous
     * @param xOffset     index of its first element
     * @param y           output, shape (planes, OH, OW), overwritten; must not overlap x
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if the window has a dilation
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void forward(Pool2dGeometry geometry, AvgDivisor divisor, float[] x, int xOffset, float[] y,
            int yOffset, Parallelism parallelism) {
        check(geometry, divisor);
        Checks.range("x", x, xOffset, geometry.inputSize());
        Checks.range("y", y, yOffset, geometry.outputSize());
        Objects.requireNonNull(parallelism, "parallelism");
        AvgForward.run(Backend.current().vectorized(), geometry, divisor, x, xOffset, y, yOffset, parallelism);
    }

    /**
     * dX := for each pixel, the sum of dY/divisor over its windows, + beta*dX.
     *
     * @param geometry    the sizes
     * @param divisor     what the sums were divided by
     * @param dY          gradient with respect to y
     * @param dYOffset    index of its first element
     * @param beta        factor of the old dX; if 0, dX is overwritten and never read
     * @param dX          gradient with respect to x; must not overlap dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if the window has a dilation
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void backward(Pool2dGeometry geometry, AvgDivisor divisor, float[] dY, int dYOffset, float beta,
            float[] dX, int dXOffset, Parallelism parallelism) {
        check(geometry, divisor);
        Checks.range("dY", dY, dYOffset, geometry.outputSize());
        Checks.range("dX", dX, dXOffset, geometry.inputSize());
        Objects.requireNonNull(parallelism, "parallelism");
        AvgBackward.run(Backend.current().vectorized(), geometry, divisor, dY, dYOffset, beta, dX, dXOffset,
                parallelism);
    }

    private static void check(Pool2dGeometry geometry, AvgDivisor divisor) {
        Objects.requireNonNull(geometry, "geometry");
        Objects.requireNonNull(divisor, "divisor");
        Pool2dWindow window = geometry.window();
        if (window.dilationHeight() != 1 || window.dilationWidth() != 1) {
            throw new IllegalArgumentException("average pooling has no dilation, but the window has "
                    + window.dilationHeight() + "x" + window.dilationWidth());
        }
    }
}
