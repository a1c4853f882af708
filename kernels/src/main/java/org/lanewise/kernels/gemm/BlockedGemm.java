package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static org.lanewise.kernels.gemm.MicroKernel.MR;
import static org.lanewise.kernels.gemm.MicroKernel.NR;

/**
 * C := A*B + beta*C by blocks, for operands of any kind.
 *
 * <pre>
 *   for each block of NC columns           B block stays in L3
 *     for each block of KC steps           packed once
 *       for each block of MC rows          A block stays in L2
 *         for each panel of B              stays in L1
 *           for each panel of A            streamed from L2
 *             micro-kernel: one tile of C in registers
 * </pre>
 *
 * The steps of one element of C are cut into blocks by k alone, so its bits depend neither on the number of threads nor on
 * where C is cut between them.
 */
public final class BlockedGemm {

    /**
     * Multiply-adds that are worth another thread: 64^3 take 5 us on one core, about what it costs to wake a second one.
     */
    public static final long PER_THREAD = 64 * 64 * 64;

    private BlockedGemm() {
    }

    /**
     * C := A*B + beta*C.
     *
     * @param beta if 0, C is overwritten and never read
     */
    public static void run(int m, int n, int k, Operand a, Operand b,
            float beta, float[] c, int cOffset, int ldc, Parallelism parallelism) {
        int threads = (int) Math.min(parallelism.threads(), (long) m * n * k / PER_THREAD);
        if (threads <= 1) {
            block(0, m, 0, n, k, a, b, beta, c, cOffset, ldc);
        } else if (n / NR >= m / MR) {
            int width = Blocking.evenPart(n, Math.ceilDiv(n, threads), NR);
            parallelism.forEach(Math.ceilDiv(n, width), task -> block(0, m, task * width,
                    Math.min(n, (task + 1) * width), k, a, b, beta, c, cOffset, ldc));
        } else {
            int height = Blocking.evenPart(m, Math.ceilDiv(m, threads), MR);
            parallelism.forEach(Math.ceilDiv(m, height), task -> block(task * height,
                    Math.min(m, (task + 1) * height), 0, n, k, a, b, beta, c, cOffset, ldc));
        }
    }

    /** The rows [i0, i1) and columns [j0, j1) of C, on the calling thread. */
    public static void block(int i0, int i1, int j0, int j1, int k, Operand a, Operand b,
            float beta, float[] c, int cOffset, int ldc) {
        if (k == 0 || (beta != 0 && beta != 1)) {
            Scaling.scale(beta, c, cOffset + i0 * ldc + j0, i1 - i0, j1 - j0, ldc);
        }
        if (k == 0) {
            return;
        }
        boolean addFirst = beta != 0;
        int mc = Blocking.evenPart(i1 - i0, Blocking.MC, MR);
        int nc = Blocking.evenPart(j1 - j0, Blocking.NC, NR);
        int kc = Blocking.depth(k);
        Workspace workspace = Workspace.current();
        float[] aScratch = workspace.floats(Slot.A_PANELS, Math.ceilDiv(mc, MR) * MR * kc);
        float[] bScratch = workspace.floats(Slot.B_PANELS, Math.ceilDiv(nc, NR) * NR * kc);
        float[] aPanels = a.storage(aScratch);
        float[] bPanels = b.storage(bScratch);
        float[] tile = workspace.floats(Slot.TILE, MR * NR);

        for (int j = j0; j < j1; j += nc) {
            int columns = Math.min(nc, j1 - j);
            for (int p = 0; p < k; p += kc) {
                int depth = Math.min(kc, k - p);
                int ib = b.pack(j, columns, p, depth, NR, bScratch, 0);
                for (int i = i0; i < i1; i += mc) {
                    int rows = Math.min(mc, i1 - i);
                    int ia = a.pack(i, rows, p, depth, MR, aScratch, 0);
                    multiplyPanels(rows, columns, depth, aPanels, ia, bPanels, ib,
                            c, cOffset + i * ldc + j, ldc, addFirst || p > 0, tile);
                }
            }
        }
    }

    /** All tiles of a packed block of A times a packed block of B. */
    private static void multiplyPanels(int rows, int columns, int depth, float[] a, int aOffset,
            float[] b, int bOffset, float[] c, int cOffset, int ldc, boolean add, float[] tile) {
        for (int j = 0, ib = bOffset; j < columns; j += NR, ib += NR * depth) {
            int width = Math.min(NR, columns - j);
            for (int i = 0, ia = aOffset; i < rows; i += MR, ia += MR * depth) {
                int height = Math.min(MR, rows - i);
                int ic = cOffset + i * ldc + j;
                if (height == MR && width == NR) {
                    MicroKernel.run(depth, a, ia, b, ib, NR, c, ic, ldc, add);
                } else {
                    MicroKernel.runEdge(depth, a, ia, b, ib, NR, c, ic, ldc, add, height, width, tile);
                }
            }
        }
    }
}
