package org.lanewise.kernels.gemm;

import java.util.Arrays;

/**
 * C := beta*C, where beta == 0 overwrites and never reads; and alpha times a packed panel.
 */
public final class Scaling {

    private Scaling() {
    }

    /** Scales a row-major matrix in place. A plain loop: the compiler vectorises it, and it is no product's hot part. */
    public static void scale(float beta, float[] c, int cOffset, int rows, int columns, int ldc) {
        for (int i = 0, row = cOffset; i < rows; i++, row += ldc) {
            if (beta == 0) {
                Arrays.fill(c, row, row + columns, 0);
            } else if (beta != 1) {
                for (int j = row; j < row + columns; j++) {
                    c[j] *= beta;
                }
            }
        }
    }
}
