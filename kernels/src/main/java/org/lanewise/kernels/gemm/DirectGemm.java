package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static org.lanewise.kernels.gemm.MicroKernel.NR;

/**
 * C := f(A*B + beta*C + bias) with neither operand copied: for a C so narrow that packing A would cost more than it saves.
 *
 * <pre>
 *   for each block of KC steps
 *     for each group of rows
 *       for each NR columns
 *         row kernel: one tile of C in registers
 * </pre>
 *
 * Steps are cut into the same blocks as in {@link BlockedGemm}, so both give the same bits.
 */
public final class DirectGemm {

    private static final int L = Lanes.COUNT;

    private DirectGemm() {
    }

    /**
     * The whole product, on the calling thread.
     *
     * @param beta if 0, C is overwritten and never read
     */
    public static void run(int m, int n, int k, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb,
            float beta, float[] c, int cOffset, int ldc, Epilogue epilogue) {
        if (beta != 0 && beta != 1) {
            Scaling.scale(beta, c, cOffset, m, n, ldc);
        }
        int kc = Blocking.depth(k);
        Workspace workspace = Workspace.current();
        float[] tile = workspace.floats(Slot.TILE, RowKernel.MAX_ROWS * NR);
        float[] padded = workspace.floats(Slot.B_PANELS, NR * kc);
        for (int p = 0; p < k; p += kc) {
            int depth = Math.min(kc, k - p);
            boolean add = beta != 0 || p > 0;
            for (int j = 0; j < n; j += NR) {
                int columns = Math.min(NR, n - j);
                float[] panel = b;
                int ib = bOffset + p * ldb + j;
                int step = ldb;
                // beyond the last column a kernel may read what it likes, but not beyond the end of the array
                if (columns < NR && ib + (depth - 1L) * ldb + NR > b.length && (columns > L || !Lanes.MASKED)) {
                    pad(columns, depth, b, ib, ldb, padded);
                    panel = padded;
                    ib = 0;
                    step = NR;
                }
                multiply(m, columns, depth, a, aOffset + p, lda, panel, ib, step, c, cOffset + j, ldc, add, tile);
            }
        }
        Finish.apply(epilogue, 0, 0, m, n, c, cOffset, ldc);
    }

    /** All rows of A times a panel of B. */
    private static void multiply(int m, int columns, int depth, float[] a, int aOffset, int lda,
            float[] b, int bOffset, int bStep, float[] c, int cOffset, int ldc, boolean add, float[] tile) {
        if (columns <= L) {
            for (int i = 0; i < m; i += RowKernel8x1.ROWS) {
                RowKernel8x1.run(depth, a, aOffset + i * lda, lda, Math.min(RowKernel8x1.ROWS, m - i), b, bOffset,
                        bStep,
                        columns, c, cOffset + i * ldc, ldc, add);
            }
            return;
        }
        int rows;
        for (int i = 0; i < m; i += rows) {
            rows = RowKernel.rows(m - i);
            RowKernel.run(rows, columns, depth, a, aOffset + i * lda, lda, b, bOffset, bStep,
                    c, cOffset + i * ldc, ldc, add, tile);
        }
    }

    private static void pad(int columns, int depth, float[] b, int bOffset, int ldb, float[] panel) {
        for (int step = 0, from = bOffset, to = 0; step < depth; step++, from += ldb, to += NR) {
            for (int j = 0; j < columns; j++) {
                panel[to + j] = b[from + j];
            }
        }
    }
}
