package org.lanewise.kernels.pool;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.reference.ReferenceMaxPool2d;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * Max pooling with any window, stride and padding. A maximum over a window is one over rows of maxima over columns:
 *
 * <pre>
 *   m(h, v) = max over s of x(h, v*strideWidth + s - paddingWidth)       once for each row of the image
 *   y(u, v) = max over r of m(u*strideHeight + r - paddingHeight, v)
 * </pre>
 *
 * <p>
 * A row of the image is first padded with -infinity and split by stride, so that the s-th column of neighbouring windows lies
 * side by side: column j*strideWidth + p goes to place j of part p. Everything after that runs in whole vectors over v, whatever
 * the stride. The rows of maxima stay in a ring of as many rows as a window has.
 */
final class SeparableMaxPool2d {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(S, i -> 2 * i % (2 * L));
    private static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(S, i -> (2 * i + 1) % (2 * L));

    /** Places are carried as floats, which hold integers up to here. */
    private static final long MAX_WINDOW = 1 << 24;

    private SeparableMaxPool2d() {
    }

    /**
     * Whether places of this window are exact, the rows of scratch are no larger than the image by much, and enough lanes are used:
     * a row of windows takes whole vectors, so with fewer than half a vector of them the scalar loop wins (a global maximum over
     * 28x28 by 16 times), and with wide strides or tall windows the scratch would be as large as what is left out.
     */
    static boolean fits(Pool2dGeometry g) {
        long area = (long) g.kernelHeight() * g.kernelWidth();
        long scratch = (g.outputWidth() + 2L * L) * ((long) g.strideWidth() + g.kernelHeight());
        return 2 * g.outputWidth() > L && area <= MAX_WINDOW
                && scratch <= 4L * (g.height() + 2L * g.paddingHeight() + 1)
                        * (g.width() + 2L * g.paddingWidth() + 2L * L);
    }

    /** The maxima of one plane and their places. */
    static void forwardPlane(Pool2dGeometry g, float[] x, int xOffset, float[] y, int yOffset,
            byte[] indices, int firstIndex) {
        int outWidth = g.outputWidth();
        int length = roundUp(outWidth);
        int part = roundUp(length + (g.kernelWidth() - 1) / g.strideWidth());
        Workspace workspace = Workspace.current();
        float[] row = workspace.floats(Slot.POOL_ROW, part * g.strideWidth());
        float[] parts = g.strideWidth() == 1 ? row : workspace.floats(Slot.POOL_PARTS, part * g.strideWidth());
        float[] first = workspace.floats(Slot.POOL_FIRST, length);
        float[] maxima = workspace.floats(Slot.POOL_MAXIMA, g.kernelHeight() * length);
        float[] columns = workspace.floats(Slot.POOL_COLUMNS, g.kernelHeight() * length);
        float[] best = workspace.floats(Slot.POOL_BEST, length);
        float[] places = workspace.floats(Slot.POOL_PLACES, length);
        int pixels = Math.min(g.width(), part * g.strideWidth() - g.paddingWidth());
        Arrays.fill(row, 0, g.paddingWidth(), Float.NEGATIVE_INFINITY);
        Arrays.fill(row, g.paddingWidth() + pixels, part * g.strideWidth(), Float.NEGATIVE_INFINITY);
        for (int v = 0; v < length; v++) {
            first[v] = Math.max(0, g.paddingWidth() - v * g.strideWidth());
        }
        int ready = 0;
        for (int u = 0; u < g.outputHeight(); u++) {
            int top = u * g.strideHeight() - g.paddingHeight();
            int from = Math.max(0, top);
            int to = Math.min(g.height(), top + g.kernelHeight());
            for (int h = Math.max(from, ready); h < to; h++) {
                System.arraycopy(x, xOffset + h * g.width(), row, g.paddingWidth(), pixels);
                split(row, g.strideWidth(), Math.min(g.strideWidth(), g.kernelWidth()), part, parts);
                maximaOfColumns(length, g.kernelWidth(), g.strideWidth(), parts, part, first,
                        maxima, columns, h % g.kernelHeight() * length);
            }
            ready = to;
            maximaOfRows(length, from, to, top, g, maxima, columns, best, places);
            System.arraycopy(best, 0, y, yOffset + u * outWidth, outWidth);
            storePlaces(outWidth, places, g.bytesPerIndex() == 1, indices, firstIndex + u * outWidth);
        }
    }

    /** parts[p*part + j] := row[j*stride + p], for the parts that some column of a window is in. */
    private static void split(float[] row, int stride, int used, int part, float[] parts) {
        if (stride == 2) {
            for (int j = 0; j < part; j += L) {
                FloatVector low = FloatVector.fromArray(S, row, 2 * j);
                FloatVector high = FloatVector.fromArray(S, row, 2 * j + L);
                low.rearrange(EVEN, high).intoArray(parts, j);
                low.rearrange(ODD, high).intoArray(parts, part + j);
            }
        } else if (stride > 2) {
            for (int p = 0; p < used; p++) {
                for (int j = 0; j < part; j++) {
                    parts[p * part + j] = row[j * stride + p];
                }
            }
        }
    }

    /** The maxima over the columns of the windows within one row of the image, and the column of each in its window. */
    private static void maximaOfColumns(int n, int kernel, int stride, float[] parts, int part, float[] first,
            float[] maxima, float[] columns, int offset) {
        for (int v = 0; v < n; v += L) {
            FloatVector best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            // Where all is -infinity the first column counts that is no padding.
            FloatVector column = FloatVector.fromArray(S, first, v);
            int at = v;
            for (int s = 0, p = 0; s < kernel; s++) {
                FloatVector value = FloatVector.fromArray(S, parts, at);
                VectorMask<Float> loses = loses(value, best);
                best = value.blend(best, loses);
                column = FloatVector.broadcast(S, s).blend(column, loses);
                p++;
                at += part;
                if (p == stride) {
                    p = 0;
                    at += 1 - stride * part;
                }
            }
            best.intoArray(maxima, offset + v);
            column.intoArray(columns, offset + v);
        }
    }

    /** The maxima over the rows [from, to) of windows that begin at row top, and their places. */
    private static void maximaOfRows(int n, int from, int to, int top, Pool2dGeometry g, float[] maxima,
            float[] columns,
            float[] best, float[] places) {
        int kernel = g.kernelHeight();
        for (int v = 0; v < n; v += L) {
            int at = from % kernel * n + v;
            FloatVector max = FloatVector.fromArray(S, maxima, at);
            FloatVector place = FloatVector.fromArray(S, columns, at).add((from - top) * g.kernelWidth());
            for (int h = from + 1; h < to; h++) {
                at = h % kernel * n + v;
                FloatVector value = FloatVector.fromArray(S, maxima, at);
                VectorMask<Float> loses = loses(value, max);
                max = value.blend(max, loses);
                place = FloatVector.fromArray(S, columns, at).add((h - top) * g.kernelWidth()).blend(place, loses);
            }
            max.intoArray(best, v);
            place.intoArray(places, v);
        }
    }

    private static void storePlaces(int n, float[] places, boolean narrow, byte[] indices, int firstIndex) {
        if (narrow) {
            for (int v = 0; v < n; v++) {
                indices[firstIndex + v] = (byte) (int) places[v];
            }
        } else {
            for (int v = 0; v < n; v++) {
                ReferenceMaxPool2d.setPlace(indices, firstIndex + v, false, (int) places[v]);
            }
        }
    }

    /** Where the later value is not taken: it is not greater, and it is not NaN. */
    private static VectorMask<Float> loses(FloatVector later, FloatVector earlier) {
        return later.compare(VectorOperators.GT, earlier).or(later.test(VectorOperators.IS_NAN)).not();
    }

    private static int roundUp(int n) {
        return S.loopBound(n + L - 1);
    }
}
