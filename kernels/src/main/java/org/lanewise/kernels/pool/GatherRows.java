package org.lanewise.kernels.pool;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.math.VectorElementwise;
import org.lanewise.kernels.reference.ReferenceMaxPool2d;
import org.lanewise.kernels.vector.Lanes;

/** The vector loops of {@link MaxBackward}, and what {@link AvgBackward} shares with it. */
final class GatherRows {

    /** The place of a window that is none. */
    static final float NO_PLACE = -1;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final VectorSpecies<Byte> BYTES = L == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    private static final boolean HAS_BYTES = L >= 8;
    private static final FloatVector ONE = FloatVector.broadcast(S, 1);

    /** Lane j of the first and of the second vector of pixels is from here, in the first operand if j is even. */
    private static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(S, i -> i / 2);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(S, i -> (L + i) / 2);
    private static final VectorMask<Float> ODD = VectorMask.fromLong(S, 0xAAAA_AAAA_AAAA_AAAAL);

    private GatherRows() {
    }

    /** Whether the vectors of a row stay in so many floats. */
    static boolean fits(int stride, int width, int floats) {
        return stride <= 2 && Math.ceilDiv(width, stride * L) * stride * L <= floats;
    }

    /** A row of gradients. What follows in the last vector is a place that no window has. */
    static void loadGradients(int n, float[] dY, int at, float[] gradients, int to) {
        int i = 0;
        for (; i + L <= dY.length - at && i < n; i += L) {
            ONE.lanewise(VectorOperators.MUL, FloatVector.fromArray(S, dY, at + i)).intoArray(gradients, to + i);
        }
        for (; i < n; i++) {
            gradients[to + i] = dY[at + i];
        }
    }

    /** A row of places, and so much after it that no place is there. */
    static void loadPlaces(int n, byte[] indices, int first, int bytes, float[] places, int to) {
        int i = 0;
        if (bytes == 1 && HAS_BYTES) {
            i = loadBytes(n, indices, first, places, to);
        }
        for (; i < n; i++) {
            places[to + i] = ReferenceMaxPool2d.place(indices, first + i, bytes);
        }
        FloatVector.broadcast(S, NO_PLACE).intoArray(places, to + n);
    }

    /** Places below 128; returns how many were loaded, some more than there are. */
    private static int loadBytes(int n, byte[] indices, int first, float[] places, int to) {
        int i = 0;
        for (; i < n && first + i + L <= indices.length; i += L) {
            ((FloatVector) ByteVector.fromArray(BYTES, indices, first + i).castShape(S, 0)).intoArray(places, to + i);
        }
        return i;
    }

    /** One row of pixels: for each the sum of the gradients whose place it is. */
    static void gather(GatherLayout s, int remainder, int padding, int width, float[] gradients, float[] places,
            int base, float[] out, int to) {
        int stride = s.columnStride;
        int[] starts = s.starts;
        int list = remainder * stride;
        int even = list + padding % stride;
        if (stride == 1) {
            rowOfOne(width, s.offsets, s.places, starts[list], starts[list + 1], gradients, places, base + padding, out,
                    to);
        } else if (stride == 2) {
            int odd = list + (padding + 1) % 2;
            rowOfTwo(width, s.offsets, s.places, starts[even], starts[even + 1], starts[odd], starts[odd + 1],
                    gradients,
                    places, base + padding / 2, base + (padding + 1) / 2, out, to);
        } else {
            for (int c = 0; c < width; c++) {
                int q = c + padding;
                int at = list + q % stride;
                out[to + c] = pixel(s, starts[at], starts[at + 1], gradients, places, base + q / stride);
            }
        }
    }

    private static float pixel(GatherLayout s, int from, int end, float[] gradients, float[] places, int at) {
        float sum = 0;
        for (int i = from; i < end; i++) {
            int window = at + s.offsets[i];
            if (places[window] == s.places[i]) {
                sum += gradients[window];
            }
        }
        return sum;
    }

    private static void rowOfOne(int width, int[] offsets, float[] taps, int from, int end, float[] gradients,
            float[] places, int at, float[] out, int to) {
        FloatVector zero = FloatVector.zero(S);
        for (int c = 0; c < width; c += L) {
            FloatVector sum = zero;
            for (int i = from; i < end; i++) {
                int window = at + c + offsets[i];
                VectorMask<Float> here = FloatVector.fromArray(S, places, window).compare(VectorOperators.EQ, taps[i]);
                sum = zero.blend(FloatVector.fromArray(S, gradients, window), here).add(sum);
            }
            sum.intoArray(out, to + c);
        }
    }

    /** The even columns have the taps [from0, end0), the odd ones [from1, end1). */
    private static void rowOfTwo(int width, int[] offsets, float[] taps, int from0, int end0, int from1, int end1,
            float[] gradients, float[] places, int at0, int at1, float[] out, int to) {
        FloatVector zero = FloatVector.zero(S);
        for (int c = 0; c < width; c += 2 * L) {
            FloatVector even = zero;
            for (int i = from0; i < end0; i++) {
                int window = at0 + c / 2 + offsets[i];
                VectorMask<Float> here = FloatVector.fromArray(S, places, window).compare(VectorOperators.EQ, taps[i]);
                even = zero.blend(FloatVector.fromArray(S, gradients, window), here).add(even);
            }
            FloatVector odd = zero;
            for (int i = from1; i < end1; i++) {
                int window = at1 + c / 2 + offsets[i];
                VectorMask<Float> here = FloatVector.fromArray(S, places, window).compare(VectorOperators.EQ, taps[i]);
                odd = zero.blend(FloatVector.fromArray(S, gradients, window), here).add(odd);
            }
            even.rearrange(LOW).blend(odd.rearrange(LOW), ODD).intoArray(out, to + c);
            even.rearrange(HIGH).blend(odd.rearrange(HIGH), ODD).intoArray(out, to + c + L);
        }
    }

    /** dX := line + beta*dX. */
    static void finish(int width, float[] line, float beta, float[] dX, int at) {
        if (beta == 0) {
            System.arraycopy(line, 0, dX, at, width);
        } else {
            VectorElementwise.axpby(width, 1, line, 0, beta, dX, at);
        }
    }
}
