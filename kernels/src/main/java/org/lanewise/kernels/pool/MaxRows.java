package org.lanewise.kernels.pool;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.reference.ReferenceMaxPool2d;
import org.lanewise.kernels.vector.Lanes;

/**
 * The vector loops of {@link MaxForward}. A loop that carries its maxima from tap to tap asks where the later value loses, so that the
 * carried one is not the receiver of the blend, and asks it in the loop: a helper boxed in some JVMs that began with short rows.
 */
final class MaxRows {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    /** Places are carried as floats, which hold integers up to here. */
    private static final int MAX_AREA = 1 << 24;

    /** As many bytes as a vector has floats; there are no vectors of four. */
    private static final VectorSpecies<Byte> BYTES = L == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    private static final boolean HAS_BYTES = L >= 8;

    /** Added to an integer below it, this leaves the integer in the lowest bits: half the price of a conversion. */
    private static final float LOW_BITS = 0x1p23f;

    private MaxRows() {
    }

    /** Whether places are exact, and enough lanes are used. */
    static boolean worthwhile(Pool2dGeometry g) {
        return g.window().area() <= MAX_AREA && 4 * g.outputWidth() >= L;
    }

    /** The maxima over the columns of the windows within each row of the image, and the column of each in its window. */
    static void maximaOfColumns(SplitLayout s, float[] rows, int count, float[] first, float[] maxima,
            float[] columns) {
        int n = s.outputs;
        switch (s.kernel) {
            case 2 -> ofTwo(n, count, rows, s.pitch, s.taps[1], first, maxima, columns);
            case 3 -> ofThree(n, count, rows, s.pitch, s.taps[1], s.taps[2], first, maxima, columns);
            default -> {
                for (int h = 0; h < count; h++) {
                    ofMany(n, s.kernel, s.taps, rows, h * s.pitch, first, maxima, columns, h * n);
                }
            }
        }
    }

    private static void ofTwo(int n, int count, float[] rows, int pitch, int tap1, float[] first, float[] maxima,
            float[] columns) {
        int at = 0;
        int v = 0;
        for (int to = 0; to < count * n; to += L) { // one loop for all rows, as in SplitRows
            FloatVector v0 = FloatVector.fromArray(S, rows, at + v);
            FloatVector v1 = FloatVector.fromArray(S, rows, at + v + tap1);
            VectorMask<Float> wins = wins(v1, v0);
            v0.blend(v1, wins).intoArray(maxima, to);
            FloatVector.fromArray(S, first, v).blend(1, wins).intoArray(columns, to);
            v += L;
            if (v == n) {
                v = 0;
                at += pitch;
            }
        }
    }

    private static void ofThree(int n, int count, float[] rows, int pitch, int tap1, int tap2, float[] first,
            float[] maxima, float[] columns) {
        int at = 0;
        int v = 0;
        for (int to = 0; to < count * n; to += L) {
            FloatVector v0 = FloatVector.fromArray(S, rows, at + v);
            FloatVector v1 = FloatVector.fromArray(S, rows, at + v + tap1);
            FloatVector v2 = FloatVector.fromArray(S, rows, at + v + tap2);
            VectorMask<Float> wins1 = wins(v1, v0);
            FloatVector best = v0.blend(v1, wins1);
            VectorMask<Float> wins2 = wins(v2, best);
            best.blend(v2, wins2).intoArray(maxima, to);
            FloatVector.fromArray(S, first, v).blend(1, wins1).blend(2, wins2).intoArray(columns, to);
            v += L;
            if (v == n) {
                v = 0;
                at += pitch;
            }
        }
    }

    private static void ofMany(int n, int kernel, int[] taps, float[] rows, int at, float[] first, float[] maxima,
            float[] columns, int to) {
        for (int v = 0; v < n; v += L) {
            FloatVector best = FloatVector.fromArray(S, rows, at + v);
            // Where all is -infinity the first column counts that is no padding.
            FloatVector column = FloatVector.fromArray(S, first, v);
            for (int s = 1; s < kernel; s++) {
                FloatVector value = FloatVector.fromArray(S, rows, at + v + taps[s]);
                VectorMask<Float> loses = value.compare(VectorOperators.GT, best)
                        .or(value.compare(VectorOperators.NE, value)).not();
                best = value.blend(best, loses);
                column = FloatVector.broadcast(S, s).blend(column, loses);
            }
            best.intoArray(maxima, to + v);
            column.intoArray(columns, to + v);
        }
    }

    /**
     * The maxima over some rows, and their places.
     *
     * @param count      rows, at least 1
     * @param at         the first of them
     * @param step       from one to the next
     * @param firstPlace the place of the first pixel in the first row
     * @param rowOfPlace pixels in a row of the window
     */
    static void maximaOfRows(int n, int count, float[] maxima, float[] columns, int at, int step, int firstPlace,
            int rowOfPlace, float[] y, int yOffset, float[] places) {
        for (int v = 0; v < n; v += L) {
            FloatVector max = FloatVector.fromArray(S, maxima, at + v);
            FloatVector place = FloatVector.fromArray(S, columns, at + v).add(firstPlace);
            for (int r = 1; r < count; r++) {
                FloatVector value = FloatVector.fromArray(S, maxima, at + r * step + v);
                VectorMask<Float> loses = value.compare(VectorOperators.GT, max)
                        .or(value.compare(VectorOperators.NE, value)).not();
                max = value.blend(max, loses);
                place = FloatVector.fromArray(S, columns, at + r * step + v).add(firstPlace + r * rowOfPlace)
                        .blend(place, loses);
            }
            max.intoArray(y, yOffset + v);
            place.intoArray(places, v);
        }
    }

    /** Whether {@link #wholeRows} can make these windows. */
    static boolean hasWholeRows(int kernelHeight, int bytes) {
        return HAS_BYTES && bytes == 1 && (kernelHeight == 2 || kernelHeight == 3);
    }

    /**
     * The maxima over the rows of windows that are whole, and their places in bytes, straight to the results: of each row whole vectors,
     * what is too much is written over by the next.
     *
     * @param count    rows of outputs
     * @param at       the maxima of the first row of the first window
     * @param step     from one row of a window to the next
     * @param stride   from one window to the next
     * @param kernel   rows of a window, 2 or 3
     * @param columns0 columns of a window
     */
    static void wholeRows(int n, int count, float[] maxima, float[] columns, int at, int step, int stride, int kernel,
            int columns0, int outWidth, float[] y, int yOffset, byte[] indices, int firstIndex) {
        if (kernel == 2) {
            wholeRowsOfTwo(n, count, maxima, columns, at, step, stride, columns0, outWidth, y, yOffset, indices,
                    firstIndex);
        } else {
            wholeRowsOfThree(n, count, maxima, columns, at, step, stride, columns0, outWidth, y, yOffset, indices,
                    firstIndex);
        }
    }

    private static void wholeRowsOfTwo(int n, int count, float[] maxima, float[] columns, int at, int step, int stride,
            int columns0, int outWidth, float[] y, int yOffset, byte[] indices, int firstIndex) {
        int from = at;
        int to = 0;
        int v = 0;
        for (int left = count * (n / L); left > 0; left--) {
            FloatVector v0 = FloatVector.fromArray(S, maxima, from + v);
            FloatVector v1 = FloatVector.fromArray(S, maxima, from + v + step);
            VectorMask<Float> wins = wins(v1, v0);
            v0.blend(v1, wins).intoArray(y, yOffset + to + v);
            FloatVector place = FloatVector.fromArray(S, columns, from + v)
                    .blend(FloatVector.fromArray(S, columns, from + v + step).add(columns0), wins);
            ((ByteVector) place.add(LOW_BITS).reinterpretAsInts().castShape(BYTES, 0))
                    .intoArray(indices, firstIndex + to + v);
            v += L;
            if (v == n) {
                v = 0;
                from += stride;
                to += outWidth;
            }
        }
    }

    private static void wholeRowsOfThree(int n, int count, float[] maxima, float[] columns, int at, int step,
            int stride, int columns0, int outWidth, float[] y, int yOffset, byte[] indices, int firstIndex) {
        int from = at;
        int to = 0;
        int v = 0;
        for (int left = count * (n / L); left > 0; left--) {
            FloatVector v0 = FloatVector.fromArray(S, maxima, from + v);
            FloatVector v1 = FloatVector.fromArray(S, maxima, from + v + step);
            FloatVector v2 = FloatVector.fromArray(S, maxima, from + v + 2 * step);
            VectorMask<Float> wins1 = wins(v1, v0);
            FloatVector best = v0.blend(v1, wins1);
            VectorMask<Float> wins2 = wins(v2, best);
            best.blend(v2, wins2).intoArray(y, yOffset + to + v);
            FloatVector place = FloatVector.fromArray(S, columns, from + v)
                    .blend(FloatVector.fromArray(S, columns, from + v + step).add(columns0), wins1)
                    .blend(FloatVector.fromArray(S, columns, from + v + 2 * step).add(2 * columns0), wins2);
            ((ByteVector) place.add(LOW_BITS).reinterpretAsInts().castShape(BYTES, 0))
                    .intoArray(indices, firstIndex + to + v);
            v += L;
            if (v == n) {
                v = 0;
                from += stride;
                to += outWidth;
            }
        }
    }

    /** Stores the places of a row. */
    static void storePlaces(int n, int bytes, float[] places, byte[] indices, int to) {
        for (int v = 0; v < n; v++) {
            ReferenceMaxPool2d.setPlace(indices, to + v, bytes, (int) places[v]);
        }
    }

    /** Where the later value is taken: it is greater, or it is NaN. */
    private static VectorMask<Float> wins(FloatVector later, FloatVector earlier) {
        return later.compare(VectorOperators.GT, earlier).or(later.test(VectorOperators.IS_NAN));
    }
}
