package org.lanewise.kernels.pool;

import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.reference.ReferenceMaxPool2d;

/** Chooses the vector kernel of a max pooling by its shape. */
public final class VectorMaxPool2d {

    private VectorMaxPool2d() {
    }

    /** The maxima of one plane and their places. */
    public static void forwardPlane(Pool2dGeometry g, float[] x, int xOffset, float[] y, int yOffset,
            byte[] indices, int firstIndex) {
        if (MaxPool2x2.fits(g)) {
            MaxPool2x2.forwardPlane(g, x, xOffset, y, yOffset, indices, firstIndex);
        } else if (SeparableMaxPool2d.fits(g)) {
            SeparableMaxPool2d.forwardPlane(g, x, xOffset, y, yOffset, indices, firstIndex);
        } else {
            ReferenceMaxPool2d.forwardPlane(g, x, xOffset, y, yOffset, indices, firstIndex);
        }
    }

    /** dX of one plane := for each output, dY at the place of its maximum; sums where windows overlap. */
    public static void backwardPlane(Pool2dGeometry g, byte[] indices, int firstIndex, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        if (MaxPool2x2.fits(g)) {
            MaxPool2x2.backwardPlane(g, indices, firstIndex, dY, dYOffset, dX, dXOffset);
        } else {
            ReferenceMaxPool2d.backwardPlane(g, indices, firstIndex, dY, dYOffset, dX, dXOffset);
        }
    }
}
