package org.lanewise.kernels.gemm;

import org.lanewise.kernels.vector.Lanes;

import static org.lanewise.kernels.gemm.MicroKernel.NR;

/**
 * The micro-kernels that read rows of A where they stand, and the choice among them.
 *
 * <p>
 * They write C and never read it. What is added to it is computed beside it, because row kernels that could do both had a vector
 * boxed in some runs.
 */
final class RowKernel {

    private static final boolean MANY_REGISTERS = Lanes.REGISTERS >= 32;

    /** Columns of the widest one. */
    static final int MAX_COLUMNS = (MANY_REGISTERS ? 4 : 2) * Lanes.COUNT;

    /** Floats of the largest tile. */
    static final int MAX_TILE = MANY_REGISTERS ? RowKernel12x2.ROWS * NR : RowKernel4x2.ROWS * NR;

    /** Steps up to which four vectors of B take no more of the L1 cache than two do in {@link Blocking#KC} steps. */
    private static final int WIDE_DEPTH = Blocking.KC / 2;

    private RowKernel() {
    }

    /** {@return the width of the panel of B, in columns, to multiply next with {@code m} rows if so many are left} */
    static int width(int left, int m, int depth) {
        if (left <= Lanes.COUNT) {
            return left <= RowKernel8xHalf.COLUMNS ? RowKernel8xHalf.COLUMNS : Lanes.COUNT;
        }
        boolean stays = depth <= WIDE_DEPTH || m <= RowKernel6x4.ROWS; // or is read only once
        return MANY_REGISTERS && left > 3 * Lanes.COUNT && stays ? MAX_COLUMNS : NR;
    }

    /** {@return how many of so many rows to multiply next with a panel of B} */
    static int rows(int left, int width) {
        if (width <= Lanes.COUNT) {
            return Math.min(left, RowKernel8x1.ROWS);
        }
        if (width > NR) {
            return Math.min(left, RowKernel6x4.ROWS);
        }
        if (MANY_REGISTERS && left >= RowKernel12x2.ROWS) {
            return RowKernel12x2.ROWS;
        }
        // 8 rows: twice 4 are faster than 12 of which 4 are for nothing
        return MANY_REGISTERS && left > 2 * RowKernel4x2.ROWS ? left : Math.min(left, RowKernel4x2.ROWS);
    }

    /** So many rows of A times {@code columns} columns of a panel of B. */
    static void run(int rows, int columns, int width, int depth, float[] a, int aOffset, int lda,
            float[] b, int bOffset, int bStep, float[] c, int cOffset, int ldc, boolean add, float[] tile) {
        int height = height(rows, width);
        if (columns == width && rows == height && !add) {
            whole(height, width, rows, depth, a, aOffset, lda, b, bOffset, bStep, c, cOffset, ldc);
        } else {
            whole(height, width, rows, depth, a, aOffset, lda, b, bOffset, bStep, tile, 0, width);
            MicroKernel.copyTile(rows, columns, tile, width, c, cOffset, ldc, add);
        }
    }

    private static int height(int rows, int width) {
        if (width <= Lanes.COUNT) {
            return RowKernel8x1.ROWS;
        }
        if (width > NR) {
            return RowKernel6x4.ROWS;
        }
        return rows <= RowKernel4x2.ROWS ? RowKernel4x2.ROWS : RowKernel12x2.ROWS;
    }

    private static void whole(int height, int width, int rows, int depth, float[] a, int aOffset, int lda,
            float[] b, int bOffset, int bStep, float[] c, int cOffset, int ldc) {
        if (width < Lanes.COUNT) {
            RowKernel8xHalf.run(depth, a, aOffset, lda, rows, b, bOffset, bStep, c, cOffset, ldc);
        } else if (width == Lanes.COUNT) {
            RowKernel8x1.run(depth, a, aOffset, lda, rows, b, bOffset, bStep, c, cOffset, ldc);
        } else if (width > NR) {
            RowKernel6x4.run(depth, a, aOffset, lda, rows, b, bOffset, bStep, c, cOffset, ldc);
        } else if (height == RowKernel4x2.ROWS) {
            RowKernel4x2.run(depth, a, aOffset, lda, rows, b, bOffset, bStep, c, cOffset, ldc);
        } else {
            RowKernel12x2.run(depth, a, aOffset, lda, rows, b, bOffset, bStep, c, cOffset, ldc);
        }
    }
}
