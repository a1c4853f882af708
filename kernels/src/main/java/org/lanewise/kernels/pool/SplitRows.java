package org.lanewise.kernels.pool;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

import static org.lanewise.kernels.vector.EvenOdd.EVEN;
import static org.lanewise.kernels.vector.EvenOdd.ODD;

/** Loads rows of an image, or sums of rows, in the form of a {@link SplitLayout}. */
final class SplitRows {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final FloatVector ONE = FloatVector.broadcast(S, 1);

    private SplitRows() {
    }

    /**
     * out := the sum of some rows of x, one below the other, split. What stands before the first column stays as it is.
     *
     * @param pad  what stands behind the last column
     * @param at   the first element of the first row
     * @param rows how many, at least 1
     * @param line scratch for a row and two vectors more
     */
    static void load(SplitLayout s, float pad, float[] x, int at, int rows, float[] line, float[] out, int to) {
        int width = s.width;
        if (s.stride > 2 || at + (long) rows * width + 2L * L > x.length) { // whole vectors would leave the array
            sumToLine(x, at, width, rows, line);
            split(s, line, 0, 1, out, to);
        } else {
            split(s, x, at, rows, out, to);
        }
        if (s.overhang > 0) {
            padBehind(s, pad, out, to);
        }
    }

    /** Rows of x, one below the other, each by itself. */
    static void loadEach(SplitLayout s, float pad, float[] x, int at, int count, float[] line, float[] out) {
        int width = s.width;
        int whole = s.stride > 2 ? 0 : Math.clamp(((long) x.length - at - 2L * L) / width, 0, count);
        if (s.stride == 1) {
            copyEach(width, whole, x, at, out, s.padding, s.pitch);
        } else if (s.stride == 2) {
            splitEachByTwo(width, whole, x, at, out, s.padding % 2 * s.part + s.padding / 2,
                    (s.padding + 1) % 2 * s.part + (s.padding + 1) / 2, s.pitch);
        }
        for (int h = whole; h < count; h++) {
            load(s, pad, x, at + h * width, 1, line, out, h * s.pitch);
        }
        for (int h = 0; h < whole && s.overhang > 0; h++) {
            padBehind(s, pad, out, h * s.pitch);
        }
    }

    /** One loop for all rows: a loop for each costs some 20 cycles before it begins. */
    private static void copyEach(int width, int count, float[] x, int at, float[] out, int to, int pitch) {
        int from = at;
        int target = to;
        int c = 0;
        for (int left = count * Math.ceilDiv(width, L); left > 0; left--) {
            ONE.lanewise(VectorOperators.MUL, FloatVector.fromArray(S, x, from + c)).intoArray(out, target + c);
            c += L;
            if (c >= width) {
                c = 0;
                from += width;
                target += pitch;
            }
        }
    }

    private static void splitEachByTwo(int width, int count, float[] x, int at, float[] out, int toEven, int toOdd,
            int pitch) {
        int from = at;
        int even = toEven;
        int odd = toOdd;
        int c = 0;
        for (int left = count * Math.ceilDiv(width, 2 * L); left > 0; left--) {
            FloatVector low = FloatVector.fromArray(S, x, from + c);
            FloatVector high = FloatVector.fromArray(S, x, from + c + L);
            ONE.lanewise(VectorOperators.MUL, low.rearrange(EVEN, high)).intoArray(out, even + c / 2);
            ONE.lanewise(VectorOperators.MUL, low.rearrange(ODD, high)).intoArray(out, odd + c / 2);
            c += 2 * L;
            if (c >= width) {
                c = 0;
                from += width;
                even += pitch;
                odd += pitch;
            }
        }
    }

    private static void split(SplitLayout s, float[] x, int at, int rows, float[] out, int to) {
        int padding = s.padding;
        switch (s.stride) {
            case 1 -> copy(s.width, x, at, rows, out, to + padding);
            case 2 -> splitByTwo(s.width, x, at, rows, out, to + padding % 2 * s.part + padding / 2,
                    to + (padding + 1) % 2 * s.part + (padding + 1) / 2);
            default -> splitByStride(s, x, at, out, to);
        }
    }

    /** In the same order as the vectors are added. */
    private static void sumToLine(float[] x, int at, int width, int rows, float[] line) {
        System.arraycopy(x, at, line, 0, width);
        for (int r = 1; r < rows; r++) {
            for (int c = 0; c < width; c++) {
                line[c] += x[at + r * width + c];
            }
        }
    }

    private static void copy(int width, float[] x, int at, int rows, float[] out, int to) {
        for (int c = 0; c < width; c += L) {
            FloatVector sum = FloatVector.fromArray(S, x, at + c);
            for (int r = 1; r < rows; r++) {
                sum = FloatVector.fromArray(S, x, at + c + r * width).lanewise(VectorOperators.ADD, sum);
            }
            ONE.lanewise(VectorOperators.MUL, sum).intoArray(out, to + c);
        }
    }

    /** The even columns of the image and the odd ones. */
    private static void splitByTwo(int width, float[] x, int at, int rows, float[] out, int toEven, int toOdd) {
        for (int c = 0; c < width; c += 2 * L) {
            FloatVector low = FloatVector.fromArray(S, x, at + c);
            FloatVector high = FloatVector.fromArray(S, x, at + c + L);
            for (int r = 1; r < rows; r++) {
                low = FloatVector.fromArray(S, x, at + c + r * width).lanewise(VectorOperators.ADD, low);
                high = FloatVector.fromArray(S, x, at + c + r * width + L).lanewise(VectorOperators.ADD, high);
            }
            ONE.lanewise(VectorOperators.MUL, low.rearrange(EVEN, high)).intoArray(out, toEven + c / 2);
            ONE.lanewise(VectorOperators.MUL, low.rearrange(ODD, high)).intoArray(out, toOdd + c / 2);
        }
    }

    private static void splitByStride(SplitLayout s, float[] x, int at, float[] out, int to) {
        int stride = s.stride;
        int padding = s.padding;
        for (int p = 0; p < s.parts; p++) {
            int place = Math.ceilDiv(Math.max(0, padding - p), stride);
            int row = to + p * s.part;
            for (long c = (long) place * stride + p - padding; c < s.width; c += stride) { // c + stride may pass 2^31
                out[row + place++] = x[at + (int) c];
            }
        }
    }

    private static void padBehind(SplitLayout s, float pad, float[] out, int to) {
        for (int p = 0; p < s.parts; p++) {
            int first = to + p * s.part + Math.ceilDiv(s.padding + s.width - p, s.stride);
            for (int i = first; i < first + s.overhang; i++) {
                out[i] = pad;
            }
        }
    }
}
