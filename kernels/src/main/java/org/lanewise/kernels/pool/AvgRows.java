package org.lanewise.kernels.pool;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/** The vector loops of {@link AvgForward} and {@link AvgBackward}. */
final class AvgRows {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(S, i -> i / 2);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(S, i -> (L + i) / 2);
    private static final VectorMask<Float> ODD = VectorMask.fromLong(S, 0xAAAA_AAAA_AAAA_AAAAL);

    private AvgRows() {
    }

    /** y := the sums over the columns of windows, by the divisors ofColumns * ofRow. */
    static void average(int n, int kernel, int[] taps, float[] rows, int at, float[] ofColumns, float ofRow, float[] y,
            int to) {
        for (int v = 0; v < n; v += L) {
            FloatVector sum = FloatVector.fromArray(S, rows, at + v);
            for (int s = 1; s < kernel; s++) {
                sum = FloatVector.fromArray(S, rows, at + v + taps[s]).lanewise(VectorOperators.ADD, sum);
            }
            sum.div(FloatVector.fromArray(S, ofColumns, v).mul(ofRow)).intoArray(y, to + v);
        }
    }

    /** out := dY by the divisors, n values. */
    static void divide(int n, float[] dY, int at, float[] ofColumns, float ofRow, float[] out, int to) {
        int v = 0;
        for (; v < n && at + v + L <= dY.length; v += L) {
            FloatVector.fromArray(S, dY, at + v).div(FloatVector.fromArray(S, ofColumns, v).mul(ofRow))
                    .intoArray(out, to + v);
        }
        for (; v < n; v++) {
            out[to + v] = dY[at + v] / (ofColumns[v] * ofRow);
        }
    }

    /** out := the sum of so many rows, which may be none, and then zeros for a vector. */
    static void sumOfRows(int n, int count, float[] rows, int at, int pitch, float[] out, int to) {
        FloatVector zero = FloatVector.zero(S);
        for (int v = 0; v < n; v += L) {
            FloatVector sum = zero;
            for (int r = 0; r < count; r++) {
                sum = FloatVector.fromArray(S, rows, at + r * pitch + v).lanewise(VectorOperators.ADD, sum);
            }
            sum.intoArray(out, to + v);
        }
        zero.intoArray(out, to + n);
    }

    /** One row of pixels: for each the sum over the windows that its column is in. */
    static void spread(GatherLayout s, int kernel, int padding, int width, float[] sums, int at, float[] out, int to) {
        int stride = s.columnStride;
        if (stride == 1) {
            spreadOne(width, kernel, sums, at + padding, out, to);
        } else if (stride == 2) {
            spreadTwo(width, windows(kernel, padding % 2, 2), windows(kernel, (padding + 1) % 2, 2), sums,
                    at + padding / 2, at + (padding + 1) / 2, out, to);
        } else {
            for (int c = 0; c < width; c++) {
                int q = c + padding;
                float sum = 0;
                for (int t = windows(kernel, q % stride, stride) - 1; t >= 0; t--) {
                    sum += sums[at + q / stride - t];
                }
                out[to + c] = sum;
            }
        }
    }

    /** How many windows a padded column is in that has this remainder by the stride. */
    private static int windows(int kernel, int remainder, int stride) {
        return remainder < kernel ? (kernel - 1 - remainder) / stride + 1 : 0;
    }

    private static void spreadOne(int width, int count, float[] sums, int at, float[] out, int to) {
        for (int c = 0; c < width; c += L) {
            FloatVector sum = FloatVector.fromArray(S, sums, at + c);
            for (int t = 1; t < count; t++) {
                sum = FloatVector.fromArray(S, sums, at + c - t).lanewise(VectorOperators.ADD, sum);
            }
            sum.intoArray(out, to + c);
        }
    }

    private static void spreadTwo(int width, int count0, int count1, float[] sums, int at0, int at1, float[] out,
            int to) {
        FloatVector zero = FloatVector.zero(S);
        for (int c = 0; c < width; c += 2 * L) {
            FloatVector even = zero;
            for (int t = 0; t < count0; t++) {
                even = FloatVector.fromArray(S, sums, at0 + c / 2 - t).lanewise(VectorOperators.ADD, even);
            }
            FloatVector odd = zero;
            for (int t = 0; t < count1; t++) {
                odd = FloatVector.fromArray(S, sums, at1 + c / 2 - t).lanewise(VectorOperators.ADD, odd);
            }
            // not EvenOdd.LOW: with it, one JVM of 28 that began with short rows boxed these vectors
            even.rearrange(LOW).blend(odd.rearrange(LOW), ODD).intoArray(out, to + c);
            even.rearrange(HIGH).blend(odd.rearrange(HIGH), ODD).intoArray(out, to + c + L);
        }
    }
}
