package org.lanewise.kernels.gemm;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.LaneSum;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * y := alpha*op(A)*x + beta*y. With A as stored, each y is a dot product along a row; with A transposed, y is the sum of the
 * rows, each times its x.
 */
public final class VectorGemv {

    /** Elements of A that are worth another thread: 64 K floats take some 10 us from the L2 cache. */
    private static final long PER_THREAD = 64 * 1024;

    /** Columns whose sums stay in the L1 cache: 8 KB. */
    private static final int COLUMNS_AT_ONCE = 2048;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private VectorGemv() {
    }

    /** See {@link org.lanewise.kernels.Gemv}; m, n are the sizes of A as stored and at least 1. */
    public static void run(boolean transposed, int m, int n, float alpha, float[] a, int aOffset, int lda,
            float[] x, int xOffset, int incx, float beta, float[] y, int yOffset, int incy, Parallelism parallelism) {
        int outputs = transposed ? n : m;
        int terms = transposed ? m : n;
        Workspace workspace = Workspace.current();
        float[] xs = x;
        int xStart = xOffset;
        if (incx != 1) {
            xs = workspace.floats(Slot.GATHERED_X, terms);
            xStart = 0;
            for (int i = 0; i < terms; i++) {
                xs[i] = x[xOffset + i * incx];
            }
        }
        boolean inPlace = alpha == 1 && beta == 0 && incy == 1;
        float[] sums = inPlace ? y : workspace.floats(Slot.SCATTERED_Y, outputs);
        int out = inPlace ? yOffset : 0;
        int threads = (int) Math.min(parallelism.threads(), (long) m * n / PER_THREAD);
        if (threads <= 1) {
            multiply(transposed, 0, outputs, terms, a, aOffset, lda, xs, xStart, sums, out);
        } else {
            float[] xShared = xs;
            int xFirst = xStart;
            int part = Blocking.evenPart(outputs, Math.ceilDiv(outputs, threads), 4 * L);
            parallelism.forEach(Math.ceilDiv(outputs, part), task -> multiply(transposed, task * part,
                    Math.min(outputs, (task + 1) * part), terms, a, aOffset, lda, xShared, xFirst, sums, out));
        }
        if (!inPlace) {
            for (int i = 0, iy = yOffset; i < outputs; i++, iy += incy) {
                y[iy] = beta == 0 ? alpha * sums[i] : Math.fma(beta, y[iy], alpha * sums[i]);
            }
        }
    }

    /** The elements [from, to) of op(A)*x. */
    private static void multiply(boolean transposed, int from, int to, int terms, float[] a, int aOffset, int lda,
            float[] x, int xOffset, float[] sums, int out) {
        if (transposed) {
            sumRows(from, to, terms, a, aOffset, lda, x, xOffset, sums, out);
            return;
        }
        int row = from;
        for (; row + 4 <= to; row += 4) {
            dotFourRows(terms, a, aOffset + row * lda, lda, x, xOffset, sums, out + row);
        }
        for (; row < to; row++) {
            sums[out + row] = dot(terms, a, aOffset + row * lda, x, xOffset);
        }
    }

    /** Four rows at once share each load of x. Each keeps the order of {@link #dot}, so a row's bits do not tell its place. */
    private static void dotFourRows(int n, float[] a, int r0, int lda, float[] x, int xOffset, float[] sums, int out) {
        int r1 = r0 + lda;
        int r2 = r1 + lda;
        int r3 = r2 + lda;
        FloatVector s00 = FloatVector.zero(S), s01 = s00;
        FloatVector s10 = s00, s11 = s00;
        FloatVector s20 = s00, s21 = s00;
        FloatVector s30 = s00, s31 = s00;
        int j = 0;
        for (; j + 2 * L <= n; j += 2 * L) {
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
        for (; j + 2 * L <= n; j += 2 * L) {
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
     * Columns [from, to) of the sum over i of x[i] * row i. Eight rows are read side by side, each along memory, and added to
     * sums that stay in the L1 cache. (Columns that stay in registers, down all rows, jump over memory by lda and lost.)
     */
    private static void sumRows(int from, int to, int m, float[] a, int aOffset, int lda,
            float[] x, int xOffset, float[] sums, int out) {
        Arrays.fill(sums, out + from, out + to, 0);
        for (int j = from; j < to; j += COLUMNS_AT_ONCE) {
            int end = Math.min(to, j + COLUMNS_AT_ONCE);
            int i = 0;
            for (; i + 8 <= m; i += 8) {
                addEightRows(j, end, a, aOffset + i * lda, lda, x, xOffset + i, sums, out);
            }
            for (; i < m; i++) {
                addRow(j, end, a, aOffset + i * lda, x[xOffset + i], sums, out);
            }
        }
    }

    /** Two chains of four rows each, so that the latency of one hides behind the other. */
    private static void addEightRows(int from, int to, float[] a, int r0, int lda, float[] x, int xOffset,
            float[] sums, int out) {
        int whole = from + (to - from) / L * L;
        if (whole > from) {
            addEightRowsOfVectors(from, whole, a, r0, lda, x, xOffset, sums, out);
        }
        for (int j = whole; j < to; j++) {
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
    private static void addEightRowsOfVectors(int from, int to, float[] a, int r0, int lda, float[] x, int xOffset,
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
        for (int j = from; j < to; j += L) {
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

    private static void addRow(int from, int to, float[] a, int row, float xi, float[] sums, int out) {
        int whole = from + (to - from) / L * L;
        if (whole > from) {
            addRowOfVectors(from, whole, a, row, xi, sums, out);
        }
        for (int j = whole; j < to; j++) {
            sums[out + j] = Math.fma(a[row + j], xi, sums[out + j]);
        }
    }

    private static void addRowOfVectors(int from, int to, float[] a, int row, float xi, float[] sums, int out) {
        FloatVector factor = FloatVector.broadcast(S, xi);
        for (int j = from; j < to; j += L) {
            FloatVector.fromArray(S, a, row + j).fma(factor, FloatVector.fromArray(S, sums, out + j))
                    .intoArray(sums, out + j);
        }
    }
}
