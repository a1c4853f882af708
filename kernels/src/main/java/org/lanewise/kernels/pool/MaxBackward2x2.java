package org.lanewise.kernels.pool;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;
import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.EQ;

/**
 * The gradient of max pooling with windows of 2x2, stride 2 and no padding, as {@link MaxPool2x2}: each pixel is in one window, so
 * the result is written and not added up (but to 0, so that no -0 stands there). A vector of windows becomes two vectors in each of
 * two rows, where each lane stands twice, and keeps its value where its place is the lane's own.
 */
final class MaxBackward2x2 {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final Pool2dWindow WINDOW = Pool2dWindow.square(2);

    /** As many bytes as a vector has floats; there are no vectors of four. */
    private static final VectorSpecies<Byte> BYTES = L == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    private static final FloatVector ZERO = FloatVector.zero(S);

    private static final VectorShuffle<Float> TWICE_LOW = VectorShuffle.fromOp(S, lane -> lane / 2);
    private static final VectorShuffle<Float> TWICE_HIGH = VectorShuffle.fromOp(S, lane -> L / 2 + lane / 2);

    /** The places of the lanes in the upper row of their windows, and in the lower one. */
    private static final FloatVector TOP = places(0);
    private static final FloatVector BOTTOM = places(2);

    private MaxBackward2x2() {
    }

    private static FloatVector places(int first) {
        float[] places = new float[L];
        for (int lane = 0; lane < L; lane++) {
            places[lane] = first + lane % 2;
        }
        return FloatVector.fromArray(S, places, 0);
    }

    /** Whether this is the shape, and a row of windows fills half of a vector. */
    static boolean fits(Pool2dGeometry g) {
        return L >= 8 && 2 * g.outputWidth() >= L && g.window().equals(WINDOW);
    }

    /** dX of one plane. */
    static void plane(Pool2dGeometry g, byte[] indices, int firstIndex, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        int columns = g.outputWidth();
        int width = g.width();
        int whole = columns % L == 0 ? g.outputHeight() : g.outputHeight() - 1;
        if (whole > 0) {
            rows(whole, columns, width, indices, firstIndex, dY, dYOffset, dX, dXOffset);
        }
        // the last row by itself: what a vector writes too much would be of the next plane
        int end = dXOffset + g.height() * width;
        for (int u = whole; u < g.outputHeight(); u++) {
            int first = dXOffset + 2 * u * width;
            Arrays.fill(dX, first, end, 0);
            for (int v = 0; v < columns; v++) {
                int place = indices[firstIndex + u * columns + v];
                dX[first + place / 2 * width + 2 * v + place % 2] += dY[dYOffset + u * columns + v];
            }
        }
        if (width > 2 * columns) {
            for (int h = 0; h < g.height(); h++) {
                dX[dXOffset + h * width + width - 1] = 0;
            }
        }
        if (g.height() > 2 * g.outputHeight()) {
            Arrays.fill(dX, end - width, end, 0);
        }
    }

    /** Of each row whole vectors, from right to left: what is too much is written over by the row below. */
    private static void rows(int count, int columns, int width, byte[] indices, int firstIndex, float[] dY,
            int dYOffset, float[] dX, int dXOffset) {
        int from = 0;
        int to = dXOffset;
        int lastVector = (columns - 1) / L * L;
        int v = lastVector;
        for (int left = count * Math.ceilDiv(columns, L); left > 0; left--) {
            FloatVector d = FloatVector.fromArray(S, dY, dYOffset + from + v);
            FloatVector place = (FloatVector) ByteVector.fromArray(BYTES, indices, firstIndex + from + v)
                    .castShape(S, 0);
            FloatVector dLow = d.rearrange(TWICE_LOW);
            FloatVector dHigh = d.rearrange(TWICE_HIGH);
            FloatVector low = place.rearrange(TWICE_LOW);
            FloatVector high = place.rearrange(TWICE_HIGH);
            int top = to + 2 * v;
            ZERO.lanewise(ADD, ZERO.blend(dLow, low.compare(EQ, TOP))).intoArray(dX, top);
            ZERO.lanewise(ADD, ZERO.blend(dHigh, high.compare(EQ, TOP))).intoArray(dX, top + L);
            ZERO.lanewise(ADD, ZERO.blend(dLow, low.compare(EQ, BOTTOM))).intoArray(dX, top + width);
            ZERO.lanewise(ADD, ZERO.blend(dHigh, high.compare(EQ, BOTTOM))).intoArray(dX, top + width + L);
            v -= L;
            if (v < 0) {
                v = lastVector;
                from += columns;
                to += 2 * width;
            }
        }
    }
}
