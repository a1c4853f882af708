package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.SharedLoop;

import static org.lanewise.kernels.gemm.MicroKernel.MR;
import static org.lanewise.kernels.gemm.MicroKernel.NR;

/**
 * A product whose threads share C, cut where panels begin, along the side with more of them.
 */
abstract class SharedResult extends SharedLoop {

    private int m;
    private int n;
    private boolean wide;

    /** Computes all pieces of C (rows, columns), about one for each thread, and returns when all have ended. */
    final void cut(int rows, int columns, int threads, Parallelism parallelism) {
        m = rows;
        n = columns;
        wide = n / NR >= m / MR;
        if (wide) {
            share(n, Blocking.evenPart(n, Math.ceilDiv(n, threads), NR), parallelism);
        } else {
            share(m, Blocking.evenPart(m, Math.ceilDiv(m, threads), MR), parallelism);
        }
    }

    /** The rows [i0, i1) and columns [j0, j1) of C. */
    abstract void piece(int i0, int i1, int j0, int j1);

    @Override
    protected final void run(int from, int to) {
        if (wide) {
            piece(0, m, from, to);
        } else {
            piece(from, to, 0, n);
        }
    }
}
