package org.lanewise.kernels.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.SharedLoop;

import static jdk.incubator.vector.VectorOperators.FMA;
import static jdk.incubator.vector.VectorOperators.MUL;

/**
 * C := alpha*x*y^T + beta*C, a product of one step: C is written row by row at the speed of memory.
 */
public final class OuterProduct extends SharedLoop {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final float[] EMPTY = {};
    private static final ThreadLocal<OuterProduct> CURRENT = ThreadLocal.withInitial(OuterProduct::new);

    private int n;
    private float alpha;
    private float[] x = EMPTY;
    private int xOffset;
    private int incx;
    private float[] y = EMPTY;
    private int yOffset;
    private float beta;
    private float[] c = EMPTY;
    private int cOffset;
    private int ldc;

    private OuterProduct() {
    }

    /**
     * The whole product of x, m elements, and y, n of them.
     *
     * @param incx distance of two elements of x
     * @param incy distance of two elements of y
     * @param beta if 0, C is overwritten and never read
     */
    public static void run(int m, int n, float alpha, float[] x, int xOffset, int incx, float[] y, int yOffset,
            int incy, float beta, float[] c, int cOffset, int ldc, Parallelism parallelism) {
        OuterProduct loop = CURRENT.get();
        loop.n = n;
        loop.alpha = alpha;
        loop.x = x;
        loop.xOffset = xOffset;
        loop.incx = incx;
        loop.y = incy == 1 ? y : Gathered.from(y, yOffset, incy, n);
        loop.yOffset = incy == 1 ? yOffset : 0;
        loop.beta = beta;
        loop.c = c;
        loop.cOffset = cOffset;
        loop.ldc = ldc;
        try {
            loop.share(m, Math.ceilDiv(m, Blocking.threads(m, n, parallelism)), parallelism);
        } finally {
            loop.x = EMPTY;
            loop.y = EMPTY;
            loop.c = EMPTY;
        }
    }

    /** The rows [from, to) of C. */
    @Override
    protected void run(int from, int to) {
        int whole = n / L * L;
        for (int i = from; i < to; i++) {
            float factor = alpha * x[xOffset + i * incx];
            int row = cOffset + i * ldc;
            if (whole > 0) {
                if (beta == 0) {
                    multiply(whole, factor, y, yOffset, c, row);
                } else {
                    multiplyAdd(whole, factor, y, yOffset, beta, c, row);
                }
            }
            for (int j = whole; j < n; j++) {
                float product = factor * y[yOffset + j];
                c[row + j] = beta == 0 ? product : Math.fma(beta, c[row + j], product);
            }
        }
    }

    private static void multiply(int n, float factor, float[] y, int yOffset, float[] c, int row) {
        FloatVector xi = FloatVector.broadcast(S, factor);
        for (int j = 0; j < n; j += L) {
            FloatVector.fromArray(S, y, yOffset + j).lanewise(MUL, xi).intoArray(c, row + j);
        }
    }

    private static void multiplyAdd(int n, float factor, float[] y, int yOffset, float beta, float[] c, int row) {
        FloatVector xi = FloatVector.broadcast(S, factor);
        FloatVector scale = FloatVector.broadcast(S, beta);
        for (int j = 0; j < n; j += L) {
            FloatVector product = FloatVector.fromArray(S, y, yOffset + j).lanewise(MUL, xi);
            FloatVector.fromArray(S, c, row + j).lanewise(FMA, scale, product).intoArray(c, row + j);
        }
    }
}
