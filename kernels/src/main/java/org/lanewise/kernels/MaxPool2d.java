package org.lanewise.kernels;

import java.util.Objects;
import java.util.function.IntConsumer;

import org.lanewise.kernels.pool.VectorMaxPool2d;
import org.lanewise.kernels.reference.ReferenceMaxPool2d;

/**
 * Two-dimensional max pooling over NCHW images.
 *
 * <pre>
 *   y(p, u, v) = max over r, s of x(p, u*strideHeight + r - paddingHeight, v*strideWidth + s - paddingWidth)
 * </pre>
 *
 * <p>
 * Padding never wins. Of equal maxima the first in row-major order is taken; NaN is larger than every number, and of several NaNs
 * the last is taken, as in PyTorch.
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
        boolean vectorized = Backend.current().vectorized();
        int in = geometry.height() * geometry.width();
        int out = geometry.outputHeight() * geometry.outputWidth();
        forEachPlane(geometry, in, parallelism, plane -> {
            if (vectorized) {
                VectorMaxPool2d.forwardPlane(geometry, x, xOffset + plane * in, y, yOffset + plane * out,
                        indices, plane * out);
            } else {
                ReferenceMaxPool2d.forwardPlane(geometry, x, xOffset + plane * in, y, yOffset + plane * out,
                        indices, plane * out);
            }
        });
    }

    /**
     * dX := dY at the place of each maximum, and 0 elsewhere; where windows overlap, the sum.
     *
     * @param geometry    the sizes
     * @param indices     what {@link #forward} wrote
     * @param dY          gradient with respect to y
     * @param dYOffset    index of its first element
     * @param dX          gradient with respect to x, overwritten; must not overlap dY
     * @param dXOffset    index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if an index is no place of its window inside the image
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void backward(Pool2dGeometry geometry, byte[] indices, float[] dY, int dYOffset,
            float[] dX, int dXOffset, Parallelism parallelism) {
        Objects.requireNonNull(geometry, "geometry");
        checkIndices(geometry, indices);
        Checks.range("dY", dY, dYOffset, geometry.outputSize());
        Checks.range("dX", dX, dXOffset, geometry.inputSize());
        ReferenceMaxPool2d.checkIndices(geometry, indices);
        Objects.requireNonNull(parallelism, "parallelism");
        boolean vectorized = Backend.current().vectorized();
        int in = geometry.height() * geometry.width();
        int out = geometry.outputHeight() * geometry.outputWidth();
        forEachPlane(geometry, in, parallelism, plane -> {
            if (vectorized) {
                VectorMaxPool2d.backwardPlane(geometry, indices, plane * out, dY, dYOffset + plane * out,
                        dX, dXOffset + plane * in);
            } else {
                ReferenceMaxPool2d.backwardPlane(geometry, indices, plane * out, dY, dYOffset + plane * out,
                        dX, dXOffset + plane * in);
            }
        });
    }

    private static void checkIndices(Pool2dGeometry geometry, byte[] indices) {
        Objects.requireNonNull(indices, "indices");
        Checks.range("indices", indices.length, 0, geometry.indexBytes());
    }

    /** Whole planes to each task, so many that a task is worth its hand-over. */
    private static void forEachPlane(Pool2dGeometry geometry, int planeSize, Parallelism parallelism,
            IntConsumer plane) {
        int planes = geometry.planes();
        int perTask = Math.max(1, Chunks.SIZE / Math.max(1, planeSize));
        parallelism.forEach(Math.ceilDiv(planes, perTask), task -> {
            int end = Math.min(planes, (task + 1) * perTask);
            for (int p = task * perTask; p < end; p++) {
                plane.accept(p);
            }
        });
    }
}
