package org.lanewise.kernels.conv;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static jdk.incubator.vector.VectorOperators.FMA;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MUL;

/**
 * 3x3 taps side by side, with stride 1: in strips one vector wide, from the top to the bottom. Each line of x is loaded once, for the
 * three rows that see it. The last strip ends with the row, and computes some columns again where the width is no multiple of the lanes.
 *
 * <p>
 * With one pixel of padding on each side the image is read where it stands, or from a copy if what a vector reads before and after it
 * is not in the array: the lanes beyond its left and right side become zeros, and the lines above and below are left out.
 */
final class NineTaps {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final FloatVector ONE = FloatVector.broadcast(S, 1);
    private static final FloatVector ZERO = FloatVector.zero(S);
    private static final float[] ZEROS = new float[L];
    private static final FloatVector LANES = FloatVector.zero(S).addIndex(1);

    /** Where the image begins in a copy: a vector may begin one float before. */
    static final int FIRST_OF_COPY = L;

    private NineTaps() {
    }

    /** {@return whether an image can be read where it stands} */
    static boolean inPlace(float[] x, int offset, int height, int width) {
        return offset > 0 && offset + (long) height * width + Math.max(L - width, 0) < x.length;
    }

    /** Floats of a {@link #copy}. */
    static int copySize(int height, int width) {
        return FIRST_OF_COPY + height * width + L;
    }

    /** Copies an image with zeros before and after it. */
    static void copy(float[] x, int offset, int height, int width, float[] to) {
        int end = FIRST_OF_COPY + height * width;
        Arrays.fill(to, 0, FIRST_OF_COPY, 0);
        System.arraycopy(x, offset, to, FIRST_OF_COPY, height * width);
        Arrays.fill(to, end, end + L, 0);
    }

    /**
     * y(u, v) := bias + sum over r and s of w(r, s) * x(u + r - 1, v + s - 1), with zeros around x.
     *
     * @param order 1, or -1 if the taps stand from the last one on, at wOffset
     */
    static void image(float[] x, int offset, int height, int width, float[] w, int wOffset, int order, float bias,
            float[] y, int yOffset) {
        strips(x, offset, width, height, 1, w, wOffset, order, bias, height, width, y, yOffset);
    }

    /** y(u, v) := bias + sum over r and s of w(r, s) * x(u + r, v + s) for some rows. */
    static void planes(float[] x, int offset, int pitch, float[] w, int wOffset, int order, float bias, int rows,
            int columns, float[] y, int yOffset) {
        strips(x, offset + 1, pitch, rows + 2, 0, w, wOffset, order, bias, rows, columns, y, yOffset);
    }

    private static void strips(float[] x, int at, int pitch, int lines, int missing, float[] w, int wOffset, int order,
            float bias, int rows, int columns, float[] y, int yOffset) {
        if (columns < L) {
            // what a vector holds too much stands where the next row begins, which is written later
            float[] some = Workspace.current().floats(Slot.TILE, (rows - 1) * columns + L);
            strip(x, at, pitch, lines, missing, missing, columns - missing, w, wOffset, order, bias, some, 0, columns);
            System.arraycopy(some, 0, y, yOffset, rows * columns);
            return;
        }
        for (int v = 0; v < columns; v += L) {
            int column = Math.min(v, columns - L);
            int left = v == 0 ? missing : 0;
            int right = column + L == columns ? L - missing : L;
            strip(x, at + column, pitch, lines, missing, left, right, w, wOffset, order, bias, y, yOffset + column,
                    columns);
        }
    }

    /**
     * One strip.
     *
     * @param at      middle of the first line
     * @param missing lines above the first and below the last one that are left out: 0 or 1
     * @param left    the first lane whose left neighbour is no zero
     * @param right   the first lane whose right neighbour is a zero
     */
    private static void strip(float[] x, int at, int pitch, int lines, int missing, int left, int right, float[] w,
            int wOffset, int order, float bias, float[] y, int yOffset, int columns) {
        VectorMask<Float> seesLeft = LANES.compare(GE, left);
        VectorMask<Float> seesRight = LANES.compare(LT, right);
        FloatVector b = FloatVector.broadcast(S, bias);
        FloatVector w0 = FloatVector.broadcast(S, w[wOffset]);
        FloatVector w1 = FloatVector.broadcast(S, w[wOffset + order]);
        FloatVector w2 = FloatVector.broadcast(S, w[wOffset + 2 * order]);
        FloatVector w3 = FloatVector.broadcast(S, w[wOffset + 3 * order]);
        FloatVector w4 = FloatVector.broadcast(S, w[wOffset + 4 * order]);
        FloatVector w5 = FloatVector.broadcast(S, w[wOffset + 5 * order]);
        FloatVector w6 = FloatVector.broadcast(S, w[wOffset + 6 * order]);
        FloatVector w7 = FloatVector.broadcast(S, w[wOffset + 7 * order]);
        FloatVector w8 = FloatVector.broadcast(S, w[wOffset + 8 * order]);
        FloatVector y0 = b;
        FloatVector y1 = b;
        int to = yOffset + (missing - 2) * columns;
        for (int i = 0, line = at; i < lines; i++, line += pitch, to += columns) {
            FloatVector x0 = ZERO.blend(FloatVector.fromArray(S, x, line - 1), seesLeft);
            FloatVector x1 = FloatVector.fromArray(S, x, line);
            FloatVector x2 = ZERO.blend(FloatVector.fromArray(S, x, line + 1), seesRight);
            // of a row above the first one at first, which that overwrites
            x2.lanewise(FMA, w8, x1.lanewise(FMA, w7, x0.lanewise(FMA, w6, y0))).intoArray(y, Math.max(to, yOffset));
            y0 = x2.lanewise(FMA, w5, x1.lanewise(FMA, w4, x0.lanewise(FMA, w3, y1)));
            y1 = x2.lanewise(FMA, w2, x1.lanewise(FMA, w1, x0.lanewise(FMA, w0, b)));
        }
        if (missing > 0) {
            ONE.lanewise(MUL, y0).intoArray(y, to);
        }
    }

    /** sums(r, s) += sum over u and v of d(u, v) * x(u + r - 1, v + s - 1), in a vector for each tap. */
    static void addTaps(float[] d, int dOffset, float[] x, int offset, int height, int width, float[] sums, int start) {
        for (int v = 0; v < width; v += L) {
            int column = Math.clamp(width - L, 0, v);
            addStrip(d, dOffset + column, v - column, x, offset + column, v == 0 ? 1 : 0, width - column, height, width,
                    sums, start);
        }
    }

    /** One strip, of whose columns the first ones are in another one too, and which ends with the row or before. */
    private static void addStrip(float[] d, int dAt, int again, float[] x, int at, int left, int columns, int lines,
            int pitch, float[] sums, int start) {
        // what stands beyond the columns may be NaN, which zeros in d would not hide
        VectorMask<Float> inside = LANES.compare(LT, columns);
        VectorMask<Float> fresh = LANES.compare(GE, again).and(inside);
        VectorMask<Float> seesLeft = LANES.compare(GE, left).and(inside);
        VectorMask<Float> seesRight = LANES.compare(LT, columns - 1);
        // a product by a constant, whose class is known when it is parsed: FloatVector.zero was boxed in some JVMs, once a strip
        FloatVector zero = ONE.lanewise(MUL, FloatVector.fromArray(S, ZEROS, 0));
        FloatVector s0 = zero, s1 = zero, s2 = zero;
        FloatVector s3 = zero, s4 = zero, s5 = zero;
        FloatVector s6 = zero, s7 = zero, s8 = zero;
        FloatVector above = zero;
        FloatVector here = ZERO.blend(FloatVector.fromArray(S, d, dAt), fresh);
        for (int i = 1, line = at, row = dAt + pitch;; i++, line += pitch, row += pitch) {
            FloatVector x0 = ZERO.blend(FloatVector.fromArray(S, x, line - 1), seesLeft);
            FloatVector x1 = ZERO.blend(FloatVector.fromArray(S, x, line), inside);
            FloatVector x2 = ZERO.blend(FloatVector.fromArray(S, x, line + 1), seesRight);
            s6 = x0.lanewise(FMA, above, s6);
            s7 = x1.lanewise(FMA, above, s7);
            s8 = x2.lanewise(FMA, above, s8);
            s3 = x0.lanewise(FMA, here, s3);
            s4 = x1.lanewise(FMA, here, s4);
            s5 = x2.lanewise(FMA, here, s5);
            above = here;
            if (i == lines) {
                break;
            }
            here = ZERO.blend(FloatVector.fromArray(S, d, row), fresh);
            s0 = x0.lanewise(FMA, here, s0);
            s1 = x1.lanewise(FMA, here, s1);
            s2 = x2.lanewise(FMA, here, s2);
        }
        ONE.lanewise(FMA, FloatVector.fromArray(S, sums, start), s0).intoArray(sums, start);
        ONE.lanewise(FMA, FloatVector.fromArray(S, sums, start + L), s1).intoArray(sums, start + L);
        ONE.lanewise(FMA, FloatVector.fromArray(S, sums, start + 2 * L), s2).intoArray(sums, start + 2 * L);
        ONE.lanewise(FMA, FloatVector.fromArray(S, sums, start + 3 * L), s3).intoArray(sums, start + 3 * L);
        ONE.lanewise(FMA, FloatVector.fromArray(S, sums, start + 4 * L), s4).intoArray(sums, start + 4 * L);
        ONE.lanewise(FMA, FloatVector.fromArray(S, sums, start + 5 * L), s5).intoArray(sums, start + 5 * L);
        ONE.lanewise(FMA, FloatVector.fromArray(S, sums, start + 6 * L), s6).intoArray(sums, start + 6 * L);
        ONE.lanewise(FMA, FloatVector.fromArray(S, sums, start + 7 * L), s7).intoArray(sums, start + 7 * L);
        ONE.lanewise(FMA, FloatVector.fromArray(S, sums, start + 8 * L), s8).intoArray(sums, start + 8 * L);
    }
}
