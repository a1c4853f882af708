package org.lanewise.kernels.gemm;

import org.lanewise.kernels.vector.Lanes;

/**
 * The micro-kernel that fits the registers of this CPU, and the shape of its tile.
 */
final class MicroKernel {

    /** Rows of a tile, and of a packed panel of A. */
    static final int MR = Lanes.REGISTERS >= 32 ? MicroKernel12x2.ROWS : MicroKernel6x2.ROWS;

    /** Columns of a tile, and of a packed panel of B: two vectors. */
    static final int NR = 2 * Lanes.COUNT;

    private MicroKernel() {
    }

    /** A whole tile: c := a*b, or c += a*b. */
    static void run(int depth, float[] a, int aOffset, float[] b, int bOffset,
            float[] c, int cOffset, int ldc, boolean add) {
        if (MR == MicroKernel12x2.ROWS) {
            MicroKernel12x2.run(depth, a, aOffset, b, bOffset, c, cOffset, ldc, add);
        } else {
            MicroKernel6x2.run(depth, a, aOffset, b, bOffset, c, cOffset, ldc, add);
        }
    }

    /** A tile of which only {@code rows} x {@code columns} lie inside C: computed whole beside C, then copied or added. */
    static void runEdge(int depth, float[] a, int aOffset, float[] b, int bOffset,
            float[] c, int cOffset, int ldc, boolean add, int rows, int columns, float[] tile) {
        run(depth, a, aOffset, b, bOffset, tile, 0, NR, false);
        for (int i = 0; i < rows; i++) {
            int row = cOffset + i * ldc;
            if (add) {
                for (int j = 0; j < columns; j++) {
                    c[row + j] += tile[i * NR + j];
                }
            } else {
                System.arraycopy(tile, i * NR, c, row, columns);
            }
        }
    }
}
