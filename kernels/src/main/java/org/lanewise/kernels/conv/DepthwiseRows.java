package org.lanewise.kernels.conv;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static jdk.incubator.vector.VectorOperators.FMA;

/**
 * Rows of outputs from padded planes, with all taps of one filter:
 *
 * <pre>
 *   y (u, v) = bias + sum over taps p of w(p) * planes(u*pitch + v + offsets(p))
 * </pre>
 *
 * Four rows at a time, a vector of columns in each, from right to left. Vectors are written whole: what the last one of a row has too
 * much stands where the next row begins, which is written later. Where nothing follows, rows are made in a scratch array. Fewer
 * rows than four, as that of a sequence, are taken one by one, a quarter of the columns in place of each row, if that is less to do.
 * 3x3 taps side by side are {@link NineTaps}.
 */
final class DepthwiseRows {

    /** Rows that are computed at a time. */
    static final int ROWS = 4;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final FloatVector ONE = FloatVector.broadcast(S, 1);

    private DepthwiseRows() {
    }

    /**
     * The rows of outputs that begin in {@code x} at 0. With the others that make a multiple of {@link #ROWS} they must lie in it, with
     * any content.
     *
     * @param width taps in a row of the filter
     * @param end   of what may be overwritten in y
     */
    static void run(float[] x, PaddedPlanes layout, int width, float[] w, int wOffset, float bias, int rows,
            int columns, float[] y, int yOffset, int end) {
        int pitch = layout.pitch();
        int order = width == 3 ? order(layout.offsets(), pitch) : 0;
        if (order != 0) {
            nine(x, layout, order, w, wOffset, bias, rows, columns, y, yOffset);
            return;
        }
        int quarter = Math.ceilDiv(columns, ROWS * L) * L;
        int u = 0;
        while (u < rows) {
            int left = rows - u;
            int to = yOffset + u * columns;
            if (left < ROWS && left * quarter < columns) {
                block(x, u * pitch, quarter, layout.offsets(), width, w, wOffset, bias, y, to, quarter, columns, end);
                u++;
            } else {
                int wanted = Math.min(left, ROWS) * columns;
                block(x, u * pitch, pitch, layout.offsets(), width, w, wOffset, bias, y, to, columns, wanted, end);
                u += ROWS;
            }
        }
    }

    /**
     * As many runs of outputs as {@link #ROWS}, whose pixels begin {@code pitch} apart, side by side in y. Of their outputs the first
     * ones are wanted.
     */
    private static void block(float[] x, int first, int pitch, int[] offsets, int width, float[] w, int wOffset,
            float bias, float[] y, int yOffset, int columns, int wanted, int end) {
        int written = (ROWS - 1) * columns + Math.ceilDiv(columns, L) * L;
        if (yOffset + written <= end) {
            block(x, first, pitch, offsets, width, w, wOffset, bias, y, yOffset, columns);
        } else {
            float[] some = Workspace.current().floats(Slot.TILE, written);
            block(x, first, pitch, offsets, width, w, wOffset, bias, some, 0, columns);
            System.arraycopy(some, 0, y, yOffset, wanted);
        }
    }

    private static void block(float[] x, int first, int pitch, int[] offsets, int width, float[] w, int wOffset,
            float bias, float[] y, int yOffset, int columns) {
        if (width == 3) {
            three(x, first, pitch, offsets, w, wOffset, bias, y, yOffset, columns);
        } else if (width == 5) {
            five(x, first, pitch, offsets, w, wOffset, bias, y, yOffset, columns);
        } else {
            any(x, first, pitch, offsets, w, wOffset, bias, y, yOffset, columns);
        }
    }

    private static void nine(float[] x, PaddedPlanes layout, int order, float[] w, int wOffset, float bias, int rows,
            int columns, float[] y, int yOffset) {
        int[] offsets = layout.offsets();
        int first = Math.min(offsets[0], offsets[8]);
        int from = order > 0 ? wOffset : wOffset + 8;
        NineTaps.planes(x, first, layout.pitch(), w, from, order, bias, rows, columns, y, yOffset);
    }

    /** 1 if nine taps stand in three rows side by side, -1 if they do so from the last one on, else 0. */
    private static int order(int[] offsets, int pitch) {
        int step = offsets[1] - offsets[0];
        if (offsets.length != 9 || Math.abs(step) != 1) {
            return 0;
        }
        for (int p = 0; p < 9; p++) {
            if (offsets[p] - offsets[0] != step * (p / 3 * pitch + p % 3)) {
                return 0;
            }
        }
        return step;
    }

    /** Rows of three taps, at any distance. */
    private static void three(float[] x, int first, int pitch, int[] offsets, float[] w, int wOffset, float bias,
            float[] y, int yOffset, int columns) {
        FloatVector b = FloatVector.broadcast(S, bias);
        int o1 = offsets[1] - offsets[0];
        int o2 = offsets[2] - offsets[0];
        for (int v = (columns - 1) / L * L; v >= 0; v -= L) {
            FloatVector y0 = FloatVector.zero(S);
            FloatVector y1 = FloatVector.zero(S);
            FloatVector y2 = FloatVector.zero(S);
            FloatVector y3 = FloatVector.zero(S);
            for (int p = 0; p < offsets.length; p += 3) {
                FloatVector w0 = FloatVector.broadcast(S, w[wOffset + p]);
                FloatVector w1 = FloatVector.broadcast(S, w[wOffset + p + 1]);
                FloatVector w2 = FloatVector.broadcast(S, w[wOffset + p + 2]);
                int at = first + v + offsets[p];
                y0 = FloatVector.fromArray(S, x, at).lanewise(FMA, w0, y0);
                y0 = FloatVector.fromArray(S, x, at + o1).lanewise(FMA, w1, y0);
                y0 = FloatVector.fromArray(S, x, at + o2).lanewise(FMA, w2, y0);
                at += pitch;
                y1 = FloatVector.fromArray(S, x, at).lanewise(FMA, w0, y1);
                y1 = FloatVector.fromArray(S, x, at + o1).lanewise(FMA, w1, y1);
                y1 = FloatVector.fromArray(S, x, at + o2).lanewise(FMA, w2, y1);
                at += pitch;
                y2 = FloatVector.fromArray(S, x, at).lanewise(FMA, w0, y2);
                y2 = FloatVector.fromArray(S, x, at + o1).lanewise(FMA, w1, y2);
                y2 = FloatVector.fromArray(S, x, at + o2).lanewise(FMA, w2, y2);
                at += pitch;
                y3 = FloatVector.fromArray(S, x, at).lanewise(FMA, w0, y3);
                y3 = FloatVector.fromArray(S, x, at + o1).lanewise(FMA, w1, y3);
                y3 = FloatVector.fromArray(S, x, at + o2).lanewise(FMA, w2, y3);
            }
            int to = yOffset + v;
            ONE.lanewise(FMA, b, y0).intoArray(y, to);
            ONE.lanewise(FMA, b, y1).intoArray(y, to + columns);
            ONE.lanewise(FMA, b, y2).intoArray(y, to + 2 * columns);
            ONE.lanewise(FMA, b, y3).intoArray(y, to + 3 * columns);
        }
    }

    /** Rows of five taps, at any distance. */
    private static void five(float[] x, int first, int pitch, int[] offsets, float[] w, int wOffset, float bias,
            float[] y, int yOffset, int columns) {
        FloatVector b = FloatVector.broadcast(S, bias);
        int o1 = offsets[1] - offsets[0];
        int o2 = offsets[2] - offsets[0];
        int o3 = offsets[3] - offsets[0];
        int o4 = offsets[4] - offsets[0];
        for (int v = (columns - 1) / L * L; v >= 0; v -= L) {
            FloatVector y0 = FloatVector.zero(S);
            FloatVector y1 = FloatVector.zero(S);
            FloatVector y2 = FloatVector.zero(S);
            FloatVector y3 = FloatVector.zero(S);
            for (int p = 0; p < offsets.length; p += 5) {
                FloatVector w0 = FloatVector.broadcast(S, w[wOffset + p]);
                FloatVector w1 = FloatVector.broadcast(S, w[wOffset + p + 1]);
                FloatVector w2 = FloatVector.broadcast(S, w[wOffset + p + 2]);
                FloatVector w3 = FloatVector.broadcast(S, w[wOffset + p + 3]);
                FloatVector w4 = FloatVector.broadcast(S, w[wOffset + p + 4]);
                int at = first + v + offsets[p];
                y0 = FloatVector.fromArray(S, x, at).lanewise(FMA, w0, y0);
                y0 = FloatVector.fromArray(S, x, at + o1).lanewise(FMA, w1, y0);
                y0 = FloatVector.fromArray(S, x, at + o2).lanewise(FMA, w2, y0);
                y0 = FloatVector.fromArray(S, x, at + o3).lanewise(FMA, w3, y0);
                y0 = FloatVector.fromArray(S, x, at + o4).lanewise(FMA, w4, y0);
                at += pitch;
                y1 = FloatVector.fromArray(S, x, at).lanewise(FMA, w0, y1);
                y1 = FloatVector.fromArray(S, x, at + o1).lanewise(FMA, w1, y1);
                y1 = FloatVector.fromArray(S, x, at + o2).lanewise(FMA, w2, y1);
                y1 = FloatVector.fromArray(S, x, at + o3).lanewise(FMA, w3, y1);
                y1 = FloatVector.fromArray(S, x, at + o4).lanewise(FMA, w4, y1);
                at += pitch;
                y2 = FloatVector.fromArray(S, x, at).lanewise(FMA, w0, y2);
                y2 = FloatVector.fromArray(S, x, at + o1).lanewise(FMA, w1, y2);
                y2 = FloatVector.fromArray(S, x, at + o2).lanewise(FMA, w2, y2);
                y2 = FloatVector.fromArray(S, x, at + o3).lanewise(FMA, w3, y2);
                y2 = FloatVector.fromArray(S, x, at + o4).lanewise(FMA, w4, y2);
                at += pitch;
                y3 = FloatVector.fromArray(S, x, at).lanewise(FMA, w0, y3);
                y3 = FloatVector.fromArray(S, x, at + o1).lanewise(FMA, w1, y3);
                y3 = FloatVector.fromArray(S, x, at + o2).lanewise(FMA, w2, y3);
                y3 = FloatVector.fromArray(S, x, at + o3).lanewise(FMA, w3, y3);
                y3 = FloatVector.fromArray(S, x, at + o4).lanewise(FMA, w4, y3);
            }
            int to = yOffset + v;
            ONE.lanewise(FMA, b, y0).intoArray(y, to);
            ONE.lanewise(FMA, b, y1).intoArray(y, to + columns);
            ONE.lanewise(FMA, b, y2).intoArray(y, to + 2 * columns);
            ONE.lanewise(FMA, b, y3).intoArray(y, to + 3 * columns);
        }
    }

    /** Any taps, one after the other. */
    private static void any(float[] x, int first, int pitch, int[] offsets, float[] w, int wOffset, float bias,
            float[] y, int yOffset, int columns) {
        FloatVector b = FloatVector.broadcast(S, bias);
        for (int v = (columns - 1) / L * L; v >= 0; v -= L) {
            FloatVector y0 = FloatVector.zero(S);
            FloatVector y1 = FloatVector.zero(S);
            FloatVector y2 = FloatVector.zero(S);
            FloatVector y3 = FloatVector.zero(S);
            for (int p = 0; p < offsets.length; p++) {
                FloatVector tap = FloatVector.broadcast(S, w[wOffset + p]);
                int at = first + v + offsets[p];
                y0 = FloatVector.fromArray(S, x, at).lanewise(FMA, tap, y0);
                y1 = FloatVector.fromArray(S, x, at + pitch).lanewise(FMA, tap, y1);
                y2 = FloatVector.fromArray(S, x, at + 2 * pitch).lanewise(FMA, tap, y2);
                y3 = FloatVector.fromArray(S, x, at + 3 * pitch).lanewise(FMA, tap, y3);
            }
            int to = yOffset + v;
            ONE.lanewise(FMA, b, y0).intoArray(y, to);
            ONE.lanewise(FMA, b, y1).intoArray(y, to + columns);
            ONE.lanewise(FMA, b, y2).intoArray(y, to + 2 * columns);
            ONE.lanewise(FMA, b, y3).intoArray(y, to + 3 * columns);
        }
    }
}
