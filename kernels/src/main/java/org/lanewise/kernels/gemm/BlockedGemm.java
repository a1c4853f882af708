package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static org.lanewise.kernels.gemm.MicroKernel.MR;
import static org.lanewise.kernels.gemm.MicroKernel.NR;
import static org.lanewise.kernels.vector.Workspace.ALIGNED;

/**
 * C := f(A*B + beta*C + bias) by blocks, for operands of any kind. Few rows:
 *
 * <pre>
 *   for each block of KC steps             the panels of A stay in L2, packed once
 *     for each panel of B                  packed into L1, or some at a time into L2
 *       for each panel of A                streamed from L2
 *         micro-kernel: one tile of C in registers
 *       after the last steps: bias and f on these tiles
 * </pre>
 *
 * Many rows:
 *
 * <pre>
 *   for each block of KC steps
 *     for each block of MC rows            packed, if B has several blocks
 *       for each block of NC columns       B block stays in L2
 *         for each panel of A              stays in L1
 *           for each panel of B            streamed from L2
 *             micro-kernel
 *           bias and f
 * </pre>
 *
 * so that C is walked along its rows: down its columns every row is in another page, and nothing is fetched ahead.
 *
 * <p>
 * The steps of one element of C are cut into blocks by k alone, so its bits depend neither on the number of threads nor on
 * where C is cut between them.
 */
public final class BlockedGemm {

    /** Rows of a packed panel of A. */
    public static final int PANEL_ROWS = MR;

    /** Columns of a packed panel of B. */
    public static final int PANEL_COLUMNS = NR;

    /** Fewer columns than this are not cut between threads by {@link #columnsOfPiece}: handing over costs more. */
    private static final int SPLIT_FROM = 128;

    private BlockedGemm() {
    }

    /** Columns of each piece if C is cut into so many, where panels begin. */
    public static int columnsOfPiece(int columns, int pieces) {
        int most = columns < SPLIT_FROM ? columns : Math.ceilDiv(columns, pieces);
        return Blocking.evenPart(columns, Math.max(most, 1), NR);
    }

    /**
     * C := f(A*B + beta*C + bias).
     *
     * @param beta if 0, C is overwritten and never read
     */
    public static void run(int m, int n, int k, Operand a, Operand b, float beta, float[] c, int cOffset, int ldc,
            Epilogue epilogue, Parallelism parallelism) {
        int threads = Blocking.threads(m, n, k, parallelism);
        if (threads <= 1) {
            block(0, m, 0, n, k, a, b, beta, c, cOffset, ldc, epilogue);
        } else {
            Pieces.current().run(m, n, k, a, b, beta, c, cOffset, ldc, epilogue, threads, parallelism);
        }
    }

    /** The rows [i0, i1) and columns [j0, j1) of C, on the calling thread, without an epilogue. */
    public static void block(int i0, int i1, int j0, int j1, int k, Operand a, Operand b,
            float beta, float[] c, int cOffset, int ldc) {
        block(i0, i1, j0, j1, k, a, b, beta, c, cOffset, ldc, Epilogue.NONE);
    }

    /** The rows [i0, i1) and columns [j0, j1) of C, on the calling thread. */
    public static void block(int i0, int i1, int j0, int j1, int k, Operand a, Operand b,
            float beta, float[] c, int cOffset, int ldc, Epilogue epilogue) {
        int first = cOffset + i0 * ldc + j0;
        if (k == 0 || (beta != 0 && beta != 1)) {
            Scaling.scale(beta, c, first, i1 - i0, j1 - j0, ldc);
        }
        if (k == 0) {
            Finish.apply(epilogue, i0, j0, i1 - i0, j1 - j0, c, first, ldc);
            return;
        }
        int kc = Blocking.depth(k);
        for (int p = 0; p < k; p += kc) {
            int depth = Math.min(kc, k - p);
            boolean add = beta != 0 || p > 0;
            Epilogue last = p + depth == k ? epilogue : Epilogue.NONE;
            if (Blocking.isFewRows(i1 - i0, j1 - j0, depth)) {
                fewRows(i0, i1, j0, j1, p, depth, a, b, c, cOffset, ldc, add, last);
            } else {
                manyRows(i0, i1, j0, j1, p, depth, a, b, c, cOffset, ldc, add, last);
            }
        }
    }

    private static void fewRows(int i0, int i1, int j0, int j1, int p, int depth, Operand a, Operand b,
            float[] c, int cOffset, int ldc, boolean add, Epilogue epilogue) {
        Workspace workspace = Workspace.current();
        float[] tile = workspace.floats(Slot.TILE, MR * NR);
        float[] aScratch = workspace.floats(Slot.A_PANELS, Blocking.panels(i1 - i0, MR, depth));
        int packed = b.panelsAtOnce() * NR;
        float[] bScratch = workspace.aligned(Slot.B_PANELS, Blocking.panels(packed, NR, depth));
        float[] aPanels = a.storage(aScratch);
        float[] bPanels = b.storage(bScratch);
        int firstA = a.pack(i0, i1 - i0, p, depth, MR, aScratch, 0);
        int ib = 0;
        for (int j = j0; j < j1; j += NR) {
            int columns = Math.min(NR, j1 - j);
            int ic = cOffset + j;
            if ((j - j0) % packed == 0) {
                ib = b.pack(j, Math.min(packed, j1 - j), p, depth, NR, bScratch, ALIGNED);
            } else {
                ib += NR * depth;
            }
            for (int i = i0, ia = firstA; i < i1; i += MR, ia += MR * depth) {
                MicroKernel.run(Math.min(MR, i1 - i), columns, depth, aPanels, ia, bPanels, ib,
                        c, ic + i * ldc, ldc, add, tile);
            }
            Finish.apply(epilogue, i0, j, i1 - i0, columns, c, ic + i0 * ldc, ldc);
        }
    }

    private static void manyRows(int i0, int i1, int j0, int j1, int p, int depth, Operand a, Operand b,
            float[] c, int cOffset, int ldc, boolean add, Epilogue epilogue) {
        int nc = Blocking.evenPart(j1 - j0, Blocking.NC, NR);
        // a panel of A that meets all of B at once is packed right before it is used
        int mc = nc >= j1 - j0 ? MR : Blocking.evenPart(i1 - i0, Blocking.MC, MR);
        Workspace workspace = Workspace.current();
        float[] tile = workspace.floats(Slot.TILE, MR * NR);
        float[] aScratch = workspace.floats(Slot.A_PANELS, Blocking.panels(mc, MR, depth));
        float[] bScratch = workspace.aligned(Slot.B_PANELS, Blocking.panels(nc, NR, depth));
        float[] aPanels = a.storage(aScratch);
        float[] bPanels = b.storage(bScratch);
        int packedColumns = -1;
        int firstB = 0;
        for (int i = i0; i < i1; i += mc) {
            int rows = Math.min(mc, i1 - i);
            int firstA = a.pack(i, rows, p, depth, MR, aScratch, 0);
            for (int j = j0; j < j1; j += nc) {
                int columns = Math.min(nc, j1 - j);
                if (packedColumns != j) {
                    firstB = b.pack(j, columns, p, depth, NR, bScratch, ALIGNED);
                    packedColumns = j;
                }
                for (int r = 0, ia = firstA; r < rows; r += MR, ia += MR * depth) {
                    int height = Math.min(MR, rows - r);
                    int row = cOffset + (i + r) * ldc + j;
                    multiplyPanel(height, columns, depth, aPanels, ia, bPanels, firstB, c, row, ldc, add, tile);
                    Finish.apply(epilogue, i + r, j, height, columns, c, row, ldc);
                }
            }
        }
    }

    /** A panel of A times panels of B: a row of tiles. */
    private static void multiplyPanel(int rows, int columns, int depth, float[] a, int aOffset,
            float[] b, int bOffset, float[] c, int cOffset, int ldc, boolean add, float[] tile) {
        for (int j = 0, ib = bOffset; j < columns; j += NR, ib += NR * depth) {
            MicroKernel.run(rows, Math.min(NR, columns - j), depth, a, aOffset, b, ib, c, cOffset + j, ldc, add, tile);
        }
    }

    /** The pieces of a product that threads share. */
    private static final class Pieces extends SharedResult {

        private static final ThreadLocal<Pieces> CURRENT = ThreadLocal.withInitial(Pieces::new);
        private static final float[] NO_RESULT = {};
        private static final Operand NO_OPERAND = new StoredOperand();

        private int k;
        private Operand a = NO_OPERAND;
        private Operand b = NO_OPERAND;
        private float beta;
        private float[] c = NO_RESULT;
        private int cOffset;
        private int ldc;
        private Epilogue epilogue = Epilogue.NONE;

        static Pieces current() {
            return CURRENT.get();
        }

        void run(int rows, int columns, int steps, Operand left, Operand right, float factor, float[] result,
                int offset, int ld, Epilogue last, int threads, Parallelism parallelism) {
            k = steps;
            a = left;
            b = right;
            beta = factor;
            c = result;
            cOffset = offset;
            ldc = ld;
            epilogue = last;
            try {
                cut(rows, columns, threads, parallelism);
            } finally {
                a = NO_OPERAND;
                b = NO_OPERAND;
                c = NO_RESULT;
                epilogue = Epilogue.NONE;
            }
        }

        @Override
        void piece(int i0, int i1, int j0, int j1) {
            block(i0, i1, j0, j1, k, a, b, beta, c, cOffset, ldc, epilogue);
        }
    }
}
