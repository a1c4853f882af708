package org.lanewise.kernels;

import org.lanewise.kernels.gemm.Blocking;
import org.lanewise.kernels.vector.SharedLoop;

/**
 * The products of a batch, which threads share.
 */
final class GemmBatch extends SharedLoop {

    private static final float[] EMPTY = {};
    private static final ThreadLocal<GemmBatch> CURRENT = ThreadLocal.withInitial(GemmBatch::new);

    private boolean ta;
    private boolean tb;
    private int m;
    private int n;
    private int k;
    private float alpha;
    private float[] a = EMPTY;
    private int aOffset;
    private int lda;
    private int aStride;
    private float[] b = EMPTY;
    private int bOffset;
    private int ldb;
    private int bStride;
    private float beta;
    private float[] c = EMPTY;
    private int cOffset;
    private int ldc;
    private int cStride;
    private Parallelism within = Parallelism.serial();

    private GemmBatch() {
    }

    static GemmBatch current() {
        return CURRENT.get();
    }

    void run(int batch, boolean transA, boolean transB, int rows, int columns, int steps,
            float factor, float[] left, int leftOffset, int leftLd, int leftStride,
            float[] right, int rightOffset, int rightLd, int rightStride,
            float old, float[] result, int resultOffset, int resultLd, int resultStride, Parallelism parallelism) {
        ta = transA;
        tb = transB;
        m = rows;
        n = columns;
        k = steps;
        alpha = factor;
        a = left;
        aOffset = leftOffset;
        lda = leftLd;
        aStride = leftStride;
        b = right;
        bOffset = rightOffset;
        ldb = rightLd;
        bStride = rightStride;
        beta = old;
        c = result;
        cOffset = resultOffset;
        ldc = resultLd;
        cStride = resultStride;
        try {
            multiply(batch, parallelism);
        } finally {
            a = EMPTY;
            b = EMPTY;
            c = EMPTY;
            within = Parallelism.serial();
        }
    }

    /** Threads share the products if there are plenty of them, or if they are too small to be cut; else each product. */
    private void multiply(int batch, Parallelism parallelism) {
        long multiplyAdds = Math.max(1, (long) m * n * k);
        long enough = Blocking.PER_THREAD;
        int threads = parallelism.threads();
        boolean plenty = batch >= 4L * threads || multiplyAdds < 2 * enough;
        if (threads > 1 && plenty && batch > 1 && multiplyAdds >= Math.ceilDiv(2 * enough, batch)) {
            share(batch, Math.clamp(enough / multiplyAdds, 1, Math.ceilDiv(batch, threads)), parallelism);
        } else {
            within = parallelism;
            run(0, batch);
        }
    }

    @Override
    protected void run(int from, int to) {
        for (int i = from; i < to; i++) {
            Gemm.multiply(ta, tb, m, n, k, alpha, a, aOffset + i * aStride, lda, b, bOffset + i * bStride, ldb,
                    beta, c, cOffset + i * cStride, ldc, Epilogue.NONE, within);
        }
    }
}
