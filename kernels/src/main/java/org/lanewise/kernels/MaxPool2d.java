package org.lanewise.kernels;

import java.util.Objects;

import org.lanewise.kernels.pool.MaxBackward;
import org.lanewise.kernels.pool.MaxForward;

/**
 * Two-dimensional max pooling over NCHW images.
 *
 * <pre>
 *   y(p, u, v) = max over r, s of
 *                x(p, u*strideHeight + r*dilationHeight - paddingHeight, v*strideWidth + s*dilationWidth - paddingWidth)
 * </pre>
 *
 * <p>
 * Padding never wins. Of equal maxima the first in row-major order is taken (0 and -0 are equal); NaN is larger than every number, and
 * of several NaNs the last is taken, as in PyTorch on a CPU (seen with return_indices in version 2.13).
 */
public final class MaxPool2d {

    private MaxPool2d() {
    }

    /**
     * The maxima and their places.
     *
     * @param geometry    the sizes
     * @param x           input, shape (planes, H, W), contiguous
     * @param xOffset     index of its first element
     * @param y           output, shape (planes, OH, OW), overwritten; must not overlap x
     * @param yOffset     index of its first element
     * @param indices     overwritten with the place of each maximum, for {@link #backward}: at least
     *                    {@link Pool2dGeometry#indexBytes()} bytes
     * @param parallelism the threads that may be used
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void forward(Pool2dGeometry geometry, float[] x, int xOffset, float[] y, int yOffset,
            byte[] indices, Parallelism parallelism) {
        Objects.requireNonNull(geometry, "geometry");
        Checks.range("x", x, xOffset, geometry.inputSize());
        Checks.range("y", y, yOffset, geometry.outputSize());
        checkIndices(geometry, indices);
        Objects.requireNonNull(parallelism, "parallelism");
        MaxForward.run(Backend.current().vectorized(), geometry, x, xOffset, y, yOffset, indices, parallelism);
    }

    /**
     * dX := dY at the place of each maximum, and 0 elsewhere; where windows overlap, the sum; + beta*dX.
     *
     * @param geometry    the sizes
     * @param indices     what {@link #forward} wrote
     * @param dY          gradient with respect to y
     * @param dYOffset    index of its first element
     * @param beta        factor of the old dX; if 0, dX is overwritten and never read
     * @param dX          gradient with respect to x; must not overlap dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if an index is no place of its window inside the image
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void backward(Pool2dGeometry geometry, byte[] indices, float[] dY, int dYOffset,
            float beta, float[] dX, int dXOffset, Parallelism parallelism) {
        Objects.requireNonNull(geometry, "geometry");
        checkIndices(geometry, indices);
        Checks.range("dY", dY, dYOffset, geometry.outputSize());
        Checks.range("dX", dX, dXOffset, geometry.inputSize());
        Objects.requireNonNull(parallelism, "parallelism");
        MaxBackward.run(Backend.current().vectorized(), geometry, indices, dY, dYOffset, beta, dX, dXOffset,
                parallelism);
    }

    private static void checkIndices(Pool2dGeometry geometry, byte[] indices) {
        Objects.requireNonNull(indices, "indices");
        Checks.range("indices", indices.length, 0, geometry.indexBytes());
    }
}
