package org.lanewise.kernels.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static jdk.incubator.vector.VectorOperators.MUL;

/**
 * C := f(A*B + beta*C + bias) with neither operand copied: where packing would cost more than it saves.
 *
 * <pre>
 *   for each block of KC steps
 *     for each panel of columns
 *       for each group of rows
 *         row kernel: one tile of C in registers
 * </pre>
 *
 * Steps are cut into the same blocks as in {@link BlockedGemm}, so both give the same bits.
 */
public final class DirectGemm extends SharedResult {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final FloatVector ONE = FloatVector.broadcast(S, 1);
    private static final float[] EMPTY = {};
    private static final ThreadLocal<DirectGemm> CURRENT = ThreadLocal.withInitial(DirectGemm::new);

    private int k;
    private float[] a = EMPTY;
    private int aOffset;
    private int lda;
    private float[] b = EMPTY;
    private int bOffset;
    private int ldb;
    private float beta;
    private float[] c = EMPTY;
    private int cOffset;
    private int ldc;
    private Epilogue epilogue = Epilogue.NONE;

    private DirectGemm() {
    }

    /**
     * The whole product.
     *
     * @param beta if 0, C is overwritten and never read
     */
    public static void run(int m, int n, int k, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb,
            float beta, float[] c, int cOffset, int ldc, Epilogue epilogue, Parallelism parallelism) {
        int threads = Blocking.threads(m, n, k, parallelism);
        if (threads <= 1) {
            block(0, m, 0, n, k, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc, epilogue);
        } else {
            CURRENT.get().cut(m, n, k, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc, epilogue, threads,
                    parallelism);
        }
    }

    private void cut(int rows, int columns, int steps, float[] left, int leftOffset, int leftStride,
            float[] right, int rightOffset, int rightStride, float factor, float[] result, int resultOffset,
            int resultStride, Epilogue last, int threads, Parallelism parallelism) {
        k = steps;
        a = left;
        aOffset = leftOffset;
        lda = leftStride;
        b = right;
        bOffset = rightOffset;
        ldb = rightStride;
        beta = factor;
        c = result;
        cOffset = resultOffset;
        ldc = resultStride;
        epilogue = last;
        try {
            cut(rows, columns, threads, parallelism);
        } finally {
            a = EMPTY;
            b = EMPTY;
            c = EMPTY;
            epilogue = Epilogue.NONE;
        }
    }

    @Override
    void piece(int i0, int i1, int j0, int j1) {
        block(i0, i1, j0, j1, k, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc, epilogue);
    }

    /** The rows [i0, i1) and columns [j0, j1) of C. */
    private static void block(int i0, int i1, int j0, int j1, int k, float[] a, int aOffset, int lda,
            float[] b, int bOffset, int ldb, float beta, float[] c, int cOffset, int ldc, Epilogue epilogue) {
        int rows = i1 - i0;
        int first = cOffset + i0 * ldc + j0;
        if (beta != 0 && beta != 1) {
            Scaling.scale(beta, c, first, rows, j1 - j0, ldc);
        }
        int kc = Blocking.depth(k);
        Workspace workspace = Workspace.current();
        float[] tile = workspace.floats(Slot.TILE, RowKernel.MAX_TILE);
        float[] padded = workspace.floats(Slot.B_PANELS, RowKernel.MAX_COLUMNS * kc);
        for (int p = 0; p < k; p += kc) {
            int depth = Math.min(kc, k - p);
            boolean add = beta != 0 || p > 0;
            int width;
            for (int j = j0; j < j1; j += width) {
                width = RowKernel.width(j1 - j, rows, depth);
                int columns = Math.min(width, j1 - j);
                float[] panel = b;
                int ib = bOffset + p * ldb + j;
                int step = ldb;
                // beyond the last column a kernel may read what it likes, but not beyond the end of the array
                if (columns < width && ib + (depth - 1L) * ldb + width > b.length) {
                    pad(columns, depth, b, ib, ldb, padded, width);
                    panel = padded;
                    ib = 0;
                    step = width;
                }
                multiply(rows, columns, width, depth, a, aOffset + i0 * lda + p, lda, panel, ib, step,
                        c, cOffset + i0 * ldc + j, ldc, add, tile);
            }
        }
        Finish.apply(epilogue, i0, j0, rows, j1 - j0, c, first, ldc);
    }

    /** All rows of A times a panel of B. */
    private static void multiply(int m, int columns, int width, int depth, float[] a, int aOffset, int lda,
            float[] b, int bOffset, int bStep, float[] c, int cOffset, int ldc, boolean add, float[] tile) {
        int rows;
        for (int i = 0; i < m; i += rows) {
            rows = RowKernel.rows(m - i, width);
            RowKernel.run(rows, columns, width, depth, a, aOffset + i * lda, lda, b, bOffset, bStep,
                    c, cOffset + i * ldc, ldc, add, tile);
        }
    }

    /** Copies a panel of B, whose last steps cannot be read by whole vectors. */
    private static void pad(int columns, int depth, float[] b, int bOffset, int ldb, float[] panel, int width) {
        int inside = Math.clamp(Math.floorDiv((long) b.length - width - bOffset, Math.max(ldb, 1)) + 1, 0, depth);
        if (width % L > 0) {
            inside = 0; // half a vector: so few floats that a loop is as good
        } else if (inside > 0) {
            for (int j = 0; j < width; j += L) {
                copyVectors(inside, b, bOffset + j, ldb, panel, j, width);
            }
        }
        for (int step = inside, from = bOffset + inside * ldb, to = inside * width; step < depth; step++) {
            for (int j = 0; j < columns; j++) {
                panel[to + j] = b[from + j];
            }
            from += ldb;
            to += width;
        }
    }

    /** A method of its own, and 1*x for the copy: see the rules of the vector package. */
    private static void copyVectors(int steps, float[] b, int bOffset, int ldb, float[] panel, int to, int width) {
        for (int step = 0, from = bOffset, at = to; step < steps; step++, from += ldb, at += width) {
            ONE.lanewise(MUL, FloatVector.fromArray(S, b, from)).intoArray(panel, at);
        }
    }
}
