package org.lanewise.kernels.pool;

import org.lanewise.kernels.math.VectorElementwise;
import org.lanewise.kernels.vector.Lanes;

/** How rows of gradients are written to the image. */
final class GatherRows {

    private static final int L = Lanes.COUNT;

    private GatherRows() {
    }

    /** Whether the vectors of a row stay in so many floats. */
    static boolean fits(int stride, int width, int floats) {
        return stride <= 2 && Math.ceilDiv(width, stride * L) * stride * L <= floats;
    }

    /** dX := line + beta*dX. */
    static void finish(int width, float[] line, float beta, float[] dX, int at) {
        if (beta == 0) {
            System.arraycopy(line, 0, dX, at, width);
        } else {
            VectorElementwise.axpby(width, 1, line, 0, beta, dX, at);
        }
    }
}
