package org.lanewise.kernels.gemm;

import org.lanewise.kernels.vector.Lanes;

import static org.lanewise.kernels.gemm.MicroKernel.NR;

/**
 * The micro-kernels that read rows of A where they stand, and the choice among them.
 */
final class RowKernel {

    /** Rows of the highest one. */
    static final int MAX_ROWS = Lanes.REGISTERS >= 32 ? RowKernel12x2.ROWS : RowKernel4x2.ROWS;

    private RowKernel() {
    }

    /** {@return how many of so many rows to compute next} */
    static int rows(int left) {
        if (left >= MAX_ROWS) {
            return MAX_ROWS;
        }
        // 8 rows: twice 4 are faster than 12 of which 4 are for nothing
        return left > 2 * RowKernel4x2.ROWS ? left : Math.min(left, RowKernel4x2.ROWS);
    }

    /** So many rows of A times {@code columns} columns of B. */
    static void run(int rows, int columns, int depth, float[] a, int aOffset, int lda, float[] b, int bOffset,
            int bStep,
            float[] c, int cOffset, int ldc, boolean add, float[] tile) {
        boolean low = rows <= RowKernel4x2.ROWS;
        if (columns == NR && rows == (low ? RowKernel4x2.ROWS : RowKernel12x2.ROWS)) {
            whole(low, rows, depth, a, aOffset, lda, b, bOffset, bStep, c, cOffset, ldc, add);
        } else {
            whole(low, rows, depth, a, aOffset, lda, b, bOffset, bStep, tile, 0, NR, false);
            MicroKernel.copyTile(rows, columns, tile, c, cOffset, ldc, add);
        }
    }

    private static void whole(boolean low, int rows, int depth, float[] a, int aOffset, int lda, float[] b, int bOffset,
            int bStep, float[] c, int cOffset, int ldc, boolean add) {
        if (low) {
            RowKernel4x2.run(depth, a, aOffset, lda, rows, b, bOffset, bStep, c, cOffset, ldc, add);
        } else {
            RowKernel12x2.run(depth, a, aOffset, lda, rows, b, bOffset, bStep, c, cOffset, ldc, add);
        }
    }
}
