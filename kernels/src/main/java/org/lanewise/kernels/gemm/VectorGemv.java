package org.lanewise.kernels.gemm;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.LaneSum;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * y := alpha*op(A)*x + beta*y. With A as stored, each y is a dot product along a row; with A transposed, y is the sum of the
 * rows, each times its x.
 */
public final class VectorGemv extends SharedLoop {

    /** Outputs that are computed before they are scaled and stored, and columns whose sums stay in the L1 cache: 8 KB. */
    private static final int OUTPUTS_AT_ONCE = 2048;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final float[] EMPTY = {};
    private static final ThreadLocal<VectorGemv> CURRENT = ThreadLocal.withInitial(VectorGemv::new);

    private boolean transposed;
    private int terms;
    private float alpha;
    private float[] a = EMPTY;
    private int aOffset;
    private int lda;
    private float[] x = EMPTY;
    private int xOffset;
    private float beta;
    private float[] y = EMPTY;
    private int yOffset;
    private int incy;

    private VectorGemv() {
    }

    /** See {@link org.lanewise.kernels.Gemv}; m, n are the sizes of A as stored and at least 1. */
    public static void run(boolean transposed, int m, int n, float alpha, float[] a, int aOffset, int lda,
            float[] x, int xOffset, int incx, float beta, float[] y, int yOffset, int incy, Parallelism parallelism) {
        int outputs = transposed ? n : m;
        VectorGemv loop = CURRENT.get();
        loop.transposed = transposed;
        loop.terms = transposed ? m : n;
        loop.alpha = alpha;
        loop.a = a;
        loop.aOffset = aOffset;
        loop.lda = lda;
        loop.x = incx == 1 ? x : Gathered.from(x, xOffset, incx, loop.terms);
        loop.xOffset = incx == 1 ? xOffset : 0;
        loop.beta = beta;
        loop.y = y;
        loop.yOffset = yOffset;
        loop.incy = incy;
        int threads = Blocking.threads(m, n, parallelism);
        try {
            if (threads == 1) {
                loop.run(0, outputs);
            } else {
                loop.share(outputs, Blocking.evenPart(outputs, Math.ceilDiv(outputs, threads), 4 * L), parallelism);
            }
        } finally {
            loop.a = EMPTY;
            loop.x = EMPTY;
            loop.y = EMPTY;
        }
    }

    /** The elements [from, to) of y. */
    @Override
    protected void run(int from, int to) {
        if (alpha == 1 && beta == 0 && incy == 1) {
            multiply(from, to, y, yOffset + from);
            return;
        }
        float[] sums = Workspace.current().floats(Slot.SCATTERED_Y, Math.min(OUTPUTS_AT_ONCE, to - from));
        for (int i = from, end; i < to; i = end) {
            end = i + Math.min(OUTPUTS_AT_ONCE, to - i);
            multiply(i, end, sums, 0);
            for (int j = 0, iy = yOffset + i * incy; j < end - i; j++, iy += incy) {
                y[iy] = beta == 0 ? alpha * sums[j] : Math.fma(beta, y[iy], alpha * sums[j]);
            }
        }
    }

    /** The elements [from, to) of op(A)*x. */
    private void multiply(int from, int to, float[] sums, int out) {
        if (transposed) {
            sumRows(to - from, terms, a, aOffset + from, lda, x, xOffset, sums, out);
            return;
        }
        int rows = to - from;
        int whole = rows / 4 * 4;
        int first = aOffset + from * lda;
        for (int row = 0; row < whole; row += 4) {
            dotFourRows(terms, a, first + row * lda, lda, x, xOffset, sums, out + row);
        }
        for (int row = whole; row < rows; row++) {
            sums[out + row] = dot(terms, a, first + row * lda, x, xOffset);
        }
    }

    /**
     * Four rows at once share each load of x. The loop is written so that the compiler does not count it: unrolled, with a loop
     * before and after, it ran at 0.89 of the speed for the 8 passes of 1x256x1024. Each row keeps the order of {@link #dot}, so its
     * bits do not tell its place.
     */
    private static void dotFourRows(int n, float[] a, int r0, int lda, float[] x, int xOffset, float[] sums, int out) {
        int r1 = r0 + lda;
        int r2 = r1 + lda;
        int r3 = r2 + lda;
        FloatVector s00 = FloatVector.zero(S), s01 = s00;
        FloatVector s10 = s00, s11 = s00;
        FloatVector s20 = s00, s21 = s00;
        FloatVector s30 = s00, s31 = s00;
        int j = 0;
        for (; n - j >= 2 * L; j += 2 * L) {
            FloatVector x0 = FloatVector.fromArray(S, x, xOffset + j);
            FloatVector x1 = FloatVector.fromArray(S, x, xOffset + j + L);
            s00 = FloatVector.fromArray(S, a, r0 + j).fma(x0, s00);
            s01 = FloatVector.fromArray(S, a, r0 + j + L).fma(x1, s01);
            s10 = FloatVector.fromArray(S, a, r1 + j).fma(x0, s10);
            s11 = FloatVector.fromArray(S, a, r1 + j + L).fma(x1, s11);
            s20 = FloatVector.fromArray(S, a, r2 + j).fma(x0, s20);
            s21 = FloatVector.fromArray(S, a, r2 + j + L).fma(x1, s21);
            s30 = FloatVector.fromArray(S, a, r3 + j).fma(x0, s30);
            s31 = FloatVector.fromArray(S, a, r3 + j + L).fma(x1, s31);
        }
        sums[out] = tail(j, n, a, r0, x, xOffset, LaneSum.of(s00.add(s01)));
        sums[out + 1] = tail(j, n, a, r1, x, xOffset, LaneSum.of(s10.add(s11)));
        sums[out + 2] = tail(j, n, a, r2, x, xOffset, LaneSum.of(s20.add(s21)));
        sums[out + 3] = tail(j, n, a, r3, x, xOffset, LaneSum.of(s30.add(s31)));
    }

    private static float dot(int n, float[] a, int row, float[] x, int xOffset) {
        FloatVector s0 = FloatVector.zero(S), s1 = s0;
        int j = 0;
        for (; n - j >= 2 * L; j += 2 * L) {
            s0 = FloatVector.fromArray(S, a, row + j).fma(FloatVector.fromArray(S, x, xOffset + j), s0);
            s1 = FloatVector.fromArray(S, a, row + j + L).fma(FloatVector.fromArray(S, x, xOffset + j + L), s1);
        }
        return tail(j, n, a, row, x, xOffset, LaneSum.of(s0.add(s1)));
    }

    private static float tail(int j, int n, float[] a, int row, float[] x, int xOffset, float sum) {
        for (; j < n; j++) {
            sum = Math.fma(a[row + j], x[xOffset + j], sum);
        }
        return sum;
    }

    /**
     * {@code n} columns of the sum over i of x[i] * row i. Eight rows are read side by side, each along memory, and added to sums
     * that stay in the L1 cache. (Columns that stay in registers, down all rows, jump over memory by lda and lost.)
     */
    private static void sumRows(int n, int m, float[] a, int aOffset, int lda, float[] x, int xOffset,
            float[] sums, int out) {
        Arrays.fill(sums, out, out + n, 0);
        int whole = m / 8 * 8;
        for (int j = 0, columns; j < n; j += columns) {
            columns = Math.min(OUTPUTS_AT_ONCE, n - j);
            for (int i = 0; i < whole; i += 8) {
                addEightRows(columns, a, aOffset + i * lda + j, lda, x, xOffset + i, sums, out + j);
            }
            for (int i = whole; i < m; i++) {
                addRow(columns, a, aOffset + i * lda + j, x[xOffset + i], sums, out + j);
            }
        }
    }

    /** Two chains of four rows each, so that the latency of one hides behind the other. */
    private static void addEightRows(int n, float[] a, int r0, int lda, float[] x, int xOffset, float[] sums, int out) {
        int whole = n / L * L;
        if (whole > 0) {
            addEightRowsOfVectors(whole, a, r0, lda, x, xOffset, sums, out);
        }
        for (int j = whole; j < n; j++) {
            sums[out + j] += chain(a, r0 + j, lda, x, xOffset) + chain(a, r0 + 4 * lda + j, lda, x, xOffset + 4);
        }
    }

    private static float chain(float[] a, int first, int lda, float[] x, int xOffset) {
        float sum = a[first] * x[xOffset];
        for (int i = 1; i < 4; i++) {
            sum = Math.fma(a[first + i * lda], x[xOffset + i], sum);
        }
        return sum;
    }

    /** The factors stand in registers before the loop: with the broadcasts inside of it, it ran at 0.65 of the speed. */
    private static void addEightRowsOfVectors(int n, float[] a, int r0, int lda, float[] x, int xOffset,
            float[] sums, int out) {
        int r1 = r0 + lda;
        int r2 = r1 + lda;
        int r3 = r2 + lda;
        int r4 = r3 + lda;
        int r5 = r4 + lda;
        int r6 = r5 + lda;
        int r7 = r6 + lda;
        FloatVector x0 = FloatVector.broadcast(S, x[xOffset]);
        FloatVector x1 = FloatVector.broadcast(S, x[xOffset + 1]);
        FloatVector x2 = FloatVector.broadcast(S, x[xOffset + 2]);
        FloatVector x3 = FloatVector.broadcast(S, x[xOffset + 3]);
        FloatVector x4 = FloatVector.broadcast(S, x[xOffset + 4]);
        FloatVector x5 = FloatVector.broadcast(S, x[xOffset + 5]);
        FloatVector x6 = FloatVector.broadcast(S, x[xOffset + 6]);
        FloatVector x7 = FloatVector.broadcast(S, x[xOffset + 7]);
        for (int j = 0; j < n; j += L) {
            FloatVector u = FloatVector.fromArray(S, a, r0 + j).mul(x0);
            u = FloatVector.fromArray(S, a, r1 + j).fma(x1, u);
            u = FloatVector.fromArray(S, a, r2 + j).fma(x2, u);
            u = FloatVector.fromArray(S, a, r3 + j).fma(x3, u);
            FloatVector v = FloatVector.fromArray(S, a, r4 + j).mul(x4);
            v = FloatVector.fromArray(S, a, r5 + j).fma(x5, v);
            v = FloatVector.fromArray(S, a, r6 + j).fma(x6, v);
            v = FloatVector.fromArray(S, a, r7 + j).fma(x7, v);
            FloatVector.fromArray(S, sums, out + j).add(u.add(v)).intoArray(sums, out + j);
        }
    }

    private static void addRow(int n, float[] a, int row, float xi, float[] sums, int out) {
        int whole = n / L * L;
        if (whole > 0) {
            addRowOfVectors(whole, a, row, xi, sums, out);
        }
        for (int j = whole; j < n; j++) {
            sums[out + j] = Math.fma(a[row + j], xi, sums[out + j]);
        }
    }

    private static void addRowOfVectors(int n, float[] a, int row, float xi, float[] sums, int out) {
        FloatVector factor = FloatVector.broadcast(S, xi);
        for (int j = 0; j < n; j += L) {
            FloatVector.fromArray(S, a, row + j).fma(factor, FloatVector.fromArray(S, sums, out + j))
                    .intoArray(sums, out + j);
        }
    }
}
