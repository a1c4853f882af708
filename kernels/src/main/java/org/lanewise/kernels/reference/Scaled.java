package org.lanewise.kernels.reference;

import java.util.Arrays;

/** Where gradients are added to. */
public final class Scaled {

    private Scaled() {
    }

    /** x := beta*x; 0 overwrites. */
    public static void by(float beta, float[] x, int offset, int n) {
        if (beta == 0) {
            Arrays.fill(x, offset, offset + n, 0);
        } else {
            for (int i = offset; i < offset + n; i++) {
                x[i] *= beta;
            }
        }
    }
}
