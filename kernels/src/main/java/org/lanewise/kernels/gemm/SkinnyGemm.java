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
 * Products with few rows or few columns of C, where packing the large operand takes longer than multiplying it:
 *
 * <pre>
 *   Y (few, many) := alpha * X (few, k) * W (k, many) + beta*Y
 * </pre>
 *
 * C with few rows is Y, with few columns it is Y^T. W is read once, where it stands: if its steps lie side by side, by dot products,
 * else row by row, each added to a piece of Y that stays in the L1 cache. X is small, see {@link GemmPath}, and copied.
 */
public final class SkinnyGemm extends SharedLoop {

    /** Columns of Y that are computed before they are stored. */
    private static final int COLUMNS_AT_ONCE = 1024;

    /** Distance of two rows of these: no power of two, by which they would share the same lines of the cache. */
    private static final int ROW = COLUMNS_AT_ONCE + Lanes.COUNT;

    /** Rows of X for each kernel: what it loads of W serves so many. */
    private static final int ROWS = 4;

    /** Rows of W that are added at once. Two rows of X by four of W, for CPUs with 16 registers, ran at 0.85 of 4x4 with 32. */
    private static final int STEPS = 4;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final float[] EMPTY = {};
    private static final ThreadLocal<SkinnyGemm> CURRENT = ThreadLocal.withInitial(SkinnyGemm::new);

    private int few;
    private int k;
    private float[] x = EMPTY;
    private float[] w = EMPTY;
    private int wOffset;
    private int wColumn;
    private int wStep;
    private float beta;
    private float[] y = EMPTY;
    private int yOffset;
    private int yRow;
    private int yColumn;

    private SkinnyGemm() {
    }

    /**
     * The whole product; sizes are at least 1. X(i, p) stands at {@code x[xOffset + i*xRow + p*xStep]}, W(p, j) at
     * {@code w[wOffset + j*wColumn + p*wStep]} and Y(i, j) at {@code y[yOffset + i*yRow + j*yColumn]}.
     *
     * @param beta if 0, Y is overwritten and never read
     */
    public static void run(int few, int many, int k, float alpha, float[] x, int xOffset, int xRow, int xStep,
            float[] w, int wOffset, int wColumn, int wStep, float beta, float[] y, int yOffset, int yRow, int yColumn,
            Parallelism parallelism) {
        SkinnyGemm loop = CURRENT.get();
        float[] rows = Workspace.current().floats(Slot.GATHERED_X, padded(few) * k);
        for (int i = 0; i < few; i++) {
            for (int p = 0; p < k; p++) {
                rows[i * k + p] = alpha * x[xOffset + i * xRow + p * xStep];
            }
        }
        Arrays.fill(rows, few * k, padded(few) * k, 0);
        loop.few = few;
        loop.k = k;
        loop.x = rows;
        loop.w = w;
        loop.wOffset = wOffset;
        loop.wColumn = wColumn;
        loop.wStep = wStep;
        loop.beta = beta;
        loop.y = y;
        loop.yOffset = yOffset;
        loop.yRow = yRow;
        loop.yColumn = yColumn;
        int threads = Math.max(Blocking.threads(many, k, parallelism), Blocking.threads(few, many, k, parallelism));
        try {
            loop.share(many, Blocking.evenPart(many, Math.ceilDiv(many, threads), L), parallelism);
        } finally {
            loop.x = EMPTY;
            loop.w = EMPTY;
            loop.y = EMPTY;
        }
    }

    private static int padded(int few) {
        return Math.ceilDiv(few, ROWS) * ROWS;
    }

    /** Columns [from, to) of Y. */
    @Override
    protected void run(int from, int to) {
        float[] sums = Workspace.current().floats(Slot.TILE, padded(few) * ROW);
        for (int j = from, count; j < to; j += count) {
            count = Math.min(COLUMNS_AT_ONCE, to - j);
            if (wStep == 1) {
                dot(j, count, sums);
            } else {
                sum(j, count, sums);
            }
            store(j, count, sums);
        }
    }

    private void store(int first, int count, float[] sums) {
        for (int i = 0; i < few; i++) {
            int from = i * ROW;
            int to = yOffset + i * yRow + first * yColumn;
            if (beta == 0 && yColumn == 1) {
                System.arraycopy(sums, from, y, to, count);
            } else {
                for (int j = 0; j < count; j++, to += yColumn) {
                    y[to] = beta == 0 ? sums[from + j] : Math.fma(beta, y[to], sums[from + j]);
                }
            }
        }
    }

    private void dot(int first, int count, float[] sums) {
        float[] lanes = Workspace.current().floats(Slot.A_PANELS, 2 * ROWS * L);
        int whole = k / L * L;
        for (int j = 0; j < count; j += 2) {
            int w0 = wOffset + (first + j) * wColumn;
            int w1 = j + 1 < count ? w0 + wColumn : w0;
            for (int i = 0; i < few; i += ROWS) {
                dotFourByTwo(whole, x, i * k, k, w, w0, w1, lanes);
                int rows = Math.min(ROWS, few - i);
                sumLanes(rows, lanes, 0, sums, i * ROW + j);
                if (j + 1 < count) {
                    sumLanes(rows, lanes, ROWS * L, sums, i * ROW + j + 1);
                }
                for (int p = whole; p < k; p++) {
                    for (int r = i; r < i + rows; r++) {
                        int at = r * ROW + j;
                        sums[at] = Math.fma(x[r * k + p], w[w0 + p], sums[at]);
                        if (j + 1 < count) {
                            sums[at + 1] = Math.fma(x[r * k + p], w[w1 + p], sums[at + 1]);
                        }
                    }
                }
            }
        }
    }

    /** From memory, one after the other: with the sums of eight registers inline, the dot kernel would pass the inlining limit. */
    private static void sumLanes(int rows, float[] lanes, int from, float[] sums, int out) {
        for (int i = 0; i < rows; i++) {
            sums[out + i * ROW] = LaneSum.of(FloatVector.fromArray(S, lanes, from + i * L));
        }
    }

    /** lanes[4*j + i] := the lanes of x(r_i) * w(w_j), to be summed. */
    private static void dotFourByTwo(int length, float[] x, int r0, int ldx, float[] w, int w0, int w1, float[] lanes) {
        int r1 = r0 + ldx;
        int r2 = r1 + ldx;
        int r3 = r2 + ldx;
        FloatVector s00 = FloatVector.zero(S), s01 = s00;
        FloatVector s10 = s00, s11 = s00;
        FloatVector s20 = s00, s21 = s00;
        FloatVector s30 = s00, s31 = s00;
        for (int p = 0; p < length; p += L) {
            FloatVector u = FloatVector.fromArray(S, w, w0 + p);
            FloatVector v = FloatVector.fromArray(S, w, w1 + p);
            FloatVector xi = FloatVector.fromArray(S, x, r0 + p);
            s00 = xi.fma(u, s00);
            s01 = xi.fma(v, s01);
            xi = FloatVector.fromArray(S, x, r1 + p);
            s10 = xi.fma(u, s10);
            s11 = xi.fma(v, s11);
            xi = FloatVector.fromArray(S, x, r2 + p);
            s20 = xi.fma(u, s20);
            s21 = xi.fma(v, s21);
            xi = FloatVector.fromArray(S, x, r3 + p);
            s30 = xi.fma(u, s30);
            s31 = xi.fma(v, s31);
        }
        s00.intoArray(lanes, 0);
        s10.intoArray(lanes, L);
        s20.intoArray(lanes, 2 * L);
        s30.intoArray(lanes, 3 * L);
        s01.intoArray(lanes, 4 * L);
        s11.intoArray(lanes, 5 * L);
        s21.intoArray(lanes, 6 * L);
        s31.intoArray(lanes, 7 * L);
    }

    private void sum(int first, int count, float[] sums) {
        for (int i = 0; i < few; i++) {
            Arrays.fill(sums, i * ROW, i * ROW + count, 0);
        }
        int whole = count / L * L;
        for (int p = 0; p < k; p += STEPS) {
            int row = wOffset + p * wStep + first;
            int steps = Math.min(STEPS, k - p);
            for (int i = 0; i < few; i += ROWS) {
                int out = i * ROW;
                if (steps == STEPS && whole > 0) {
                    addFourByFour(whole, w, row, wStep, x, i * k + p, k, sums, out);
                }
                int from = steps == STEPS ? whole : 0;
                if (from < count) {
                    addRest(from, count, steps, Math.min(ROWS, few - i), row, i * k + p, sums, out);
                }
            }
        }
    }

    private void addRest(int from, int to, int steps, int rows, int row, int xFirst, float[] sums, int out) {
        for (int i = 0; i < rows; i++) {
            for (int s = 0; s < steps; s++) {
                float factor = x[xFirst + i * k + s];
                int wRow = row + s * wStep;
                int sum = out + i * ROW;
                for (int j = from; j < to; j++) {
                    sums[sum + j] = Math.fma(factor, w[wRow + j], sums[sum + j]);
                }
            }
        }
    }

    /** sums(i) += x(i, 0..3) * w(0..3), each along its row. */
    private static void addFourByFour(int columns, float[] w, int w0, int wStep, float[] x, int x0, int ldx,
            float[] sums, int out0) {
        int w1 = w0 + wStep;
        int w2 = w1 + wStep;
        int w3 = w2 + wStep;
        int x1 = x0 + ldx;
        int x2 = x1 + ldx;
        int x3 = x2 + ldx;
        int out1 = out0 + ROW;
        int out2 = out1 + ROW;
        int out3 = out2 + ROW;
        FloatVector x00 = FloatVector.broadcast(S, x[x0]);
        FloatVector x01 = FloatVector.broadcast(S, x[x0 + 1]);
        FloatVector x02 = FloatVector.broadcast(S, x[x0 + 2]);
        FloatVector x03 = FloatVector.broadcast(S, x[x0 + 3]);
        FloatVector x10 = FloatVector.broadcast(S, x[x1]);
        FloatVector x11 = FloatVector.broadcast(S, x[x1 + 1]);
        FloatVector x12 = FloatVector.broadcast(S, x[x1 + 2]);
        FloatVector x13 = FloatVector.broadcast(S, x[x1 + 3]);
        FloatVector x20 = FloatVector.broadcast(S, x[x2]);
        FloatVector x21 = FloatVector.broadcast(S, x[x2 + 1]);
        FloatVector x22 = FloatVector.broadcast(S, x[x2 + 2]);
        FloatVector x23 = FloatVector.broadcast(S, x[x2 + 3]);
        FloatVector x30 = FloatVector.broadcast(S, x[x3]);
        FloatVector x31 = FloatVector.broadcast(S, x[x3 + 1]);
        FloatVector x32 = FloatVector.broadcast(S, x[x3 + 2]);
        FloatVector x33 = FloatVector.broadcast(S, x[x3 + 3]);
        for (int j = 0; j < columns; j += L) {
            FloatVector s0 = FloatVector.fromArray(S, sums, out0 + j);
            FloatVector s1 = FloatVector.fromArray(S, sums, out1 + j);
            FloatVector s2 = FloatVector.fromArray(S, sums, out2 + j);
            FloatVector s3 = FloatVector.fromArray(S, sums, out3 + j);
            FloatVector row = FloatVector.fromArray(S, w, w0 + j);
            s0 = row.fma(x00, s0);
            s1 = row.fma(x10, s1);
            s2 = row.fma(x20, s2);
            s3 = row.fma(x30, s3);
            row = FloatVector.fromArray(S, w, w1 + j);
            s0 = row.fma(x01, s0);
            s1 = row.fma(x11, s1);
            s2 = row.fma(x21, s2);
            s3 = row.fma(x31, s3);
            row = FloatVector.fromArray(S, w, w2 + j);
            s0 = row.fma(x02, s0);
            s1 = row.fma(x12, s1);
            s2 = row.fma(x22, s2);
            s3 = row.fma(x32, s3);
            row = FloatVector.fromArray(S, w, w3 + j);
            s0 = row.fma(x03, s0);
            s1 = row.fma(x13, s1);
            s2 = row.fma(x23, s2);
            s3 = row.fma(x33, s3);
            s0.intoArray(sums, out0 + j);
            s1.intoArray(sums, out1 + j);
            s2.intoArray(sums, out2 + j);
            s3.intoArray(sums, out3 + j);
        }
    }
}
