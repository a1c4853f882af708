package org.lanewise.kernels.gemm;

import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * Vectors whose elements stand apart, made contiguous.
 */
final class Gathered {

    private Gathered() {
    }

    /** The n elements at {@code vector[offset + i*inc]}, one after the other from index 0 on, in a scratch array of this thread. */
    static float[] from(float[] vector, int offset, int inc, int n) {
        float[] gathered = Workspace.current().floats(Slot.GATHERED_X, n);
        for (int i = 0; i < n; i++) {
            gathered[i] = vector[offset + i * inc];
        }
        return gathered;
    }
}
