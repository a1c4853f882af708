package org.lanewise.kernels.gemm;

import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static org.lanewise.kernels.gemm.MicroKernel.MR;
import static org.lanewise.kernels.gemm.MicroKernel.NR;

/**
 * C := alpha*op(A)*B + beta*C with B read where it stands.
 *
 * <pre>
 *   for each block of KC steps
 *     for each panel of A                  packed, stays in L1
 *       for each panel of B                in place: a step is a run of NR floats
 *         micro-kernel: one tile of C in registers
 * </pre>
 *
 * For a B that is small enough to stay in the cache, or that so few rows of A meet that packing it costs more than it saves.
 * Steps are cut into the same blocks as in {@link BlockedGemm}, so both give the same bits.
 */
public final class DirectGemm {

    private DirectGemm() {
    }

    /**
     * Rows of C one panel at a time, on the calling thread.
     *
     * @param a       the left operand, of m lines and k steps, with alpha in it
     * @param b       B, shape (k, n), not transposed
     * @param beta    if 0, C is overwritten and never read
     */
    public static void run(int m, int n, int k, Operand a, float[] b, int bOffset, int ldb,
            float beta, float[] c, int cOffset, int ldc) {
        if (beta != 0 && beta != 1) {
            Scaling.scale(beta, c, cOffset, m, n, ldc);
        }
        int kc = Blocking.depth(k);
        int whole = n / NR * NR;
        Workspace workspace = Workspace.current();
        float[] aScratch = workspace.floats(Slot.A_PANELS, MR * kc);
        float[] aPanel = a.storage(aScratch);
        float[] rest = workspace.floats(Slot.B_PANELS, NR * kc);
        float[] tile = workspace.floats(Slot.TILE, MR * NR);
        for (int p = 0; p < k; p += kc) {
            int depth = Math.min(kc, k - p);
            int firstB = bOffset + p * ldb;
            boolean add = beta != 0 || p > 0;
            if (whole < n) {
                pad(n - whole, depth, b, firstB + whole, ldb, rest);
            }
            for (int i = 0; i < m; i += MR) {
                int rows = Math.min(MR, m - i);
                int ia = a.pack(i, rows, p, depth, MR, aScratch, 0);
                int row = cOffset + i * ldc;
                multiplyRow(rows, whole, depth, aPanel, ia, b, firstB, ldb, c, row, ldc, add, tile);
                if (whole < n) {
                    MicroKernel.runEdge(depth, aPanel, ia, rest, 0, NR, c, row + whole, ldc, add, rows, n - whole,
                            tile);
                }
            }
        }
    }

    /** One panel of A times all whole panels of B. */
    private static void multiplyRow(int rows, int columns, int depth, float[] a, int aOffset, float[] b, int bOffset,
            int ldb, float[] c, int cOffset, int ldc, boolean add, float[] tile) {
        for (int j = 0; j < columns; j += NR) {
            if (rows == MR) {
                MicroKernel.run(depth, a, aOffset, b, bOffset + j, ldb, c, cOffset + j, ldc, add);
            } else {
                MicroKernel.runEdge(depth, a, aOffset, b, bOffset + j, ldb, c, cOffset + j, ldc, add, rows, NR, tile);
            }
        }
    }

    /** The columns of B beyond its last whole panel, as a panel with zeros at its end. */
    private static void pad(int columns, int depth, float[] b, int bOffset, int ldb, float[] panel) {
        for (int step = 0, from = bOffset, to = 0; step < depth; step++, from += ldb, to += NR) {
            for (int j = 0; j < columns; j++) {
                panel[to + j] = b[from + j];
            }
            for (int j = columns; j < NR; j++) {
                panel[to + j] = 0;
            }
        }
    }
}
