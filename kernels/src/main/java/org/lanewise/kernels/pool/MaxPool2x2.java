package org.lanewise.kernels.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.vector.Lanes;

/**
 * Max pooling with windows of 2x2, stride 2 and no padding, the shape of nearly every classic network: two vectors of each of
 * two rows are split into even and odd columns, and three comparisons give a vector of maxima and the two bits of their places.
 * Backward, a vector of gradients is spread over twice its width, and each row keeps the lanes whose place it is.
 */
final class MaxPool2x2 {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(S, i -> 2 * i % (2 * L));
    private static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(S, i -> (2 * i + 1) % (2 * L));

    /** Lane j of the first and of the second vector of pixels belongs to this window. */
    private static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(S, i -> i / 2);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(S, i -> (L + i) / 2);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    /** The lowest bit of each of eight bytes. */
    private static final long LOWEST_BITS = 0x0101010101010101L;
    private static final long EVEN_BITS = 0x5555555555555555L;

    private MaxPool2x2() {
    }

    /** Whether this is the shape, and a row of windows fills a vector. */
    static boolean fits(Pool2dGeometry g) {
        return g.outputWidth() >= L && g.kernelHeight() == 2 && g.kernelWidth() == 2 && g.strideHeight() == 2
                && g.strideWidth() == 2
                && g.paddingHeight() == 0 && g.paddingWidth() == 0;
    }

    /** The maxima of one plane and their places. */
    static void forwardPlane(Pool2dGeometry g, float[] x, int xOffset, float[] y, int yOffset,
            byte[] indices, int firstIndex) {
        int outWidth = g.outputWidth();
        for (int u = 0; u < g.outputHeight(); u++) {
            int top = xOffset + 2 * u * g.width();
            vectorsOfWindows(outWidth, x, top, top + g.width(), y, yOffset + u * outWidth, indices,
                    firstIndex + u * outWidth);
        }
    }

    private static void vectorsOfWindows(int n, float[] x, int row0, int row1, float[] y, int yOffset,
            byte[] indices, int firstIndex) {
        for (int next = 0; next < n; next += L) {
            int i = Math.min(next, n - L); // the last vector takes some windows again
            FloatVector top0 = FloatVector.fromArray(S, x, row0 + 2 * i);
            FloatVector top1 = FloatVector.fromArray(S, x, row0 + 2 * i + L);
            FloatVector bottom0 = FloatVector.fromArray(S, x, row1 + 2 * i);
            FloatVector bottom1 = FloatVector.fromArray(S, x, row1 + 2 * i + L);
            FloatVector topLeft = top0.rearrange(EVEN, top1);
            FloatVector topRight = top0.rearrange(ODD, top1);
            FloatVector bottomLeft = bottom0.rearrange(EVEN, bottom1);
            FloatVector bottomRight = bottom0.rearrange(ODD, bottom1);

            VectorMask<Float> takeTopRight = wins(topRight, topLeft);
            FloatVector top = topLeft.blend(topRight, takeTopRight);
            VectorMask<Float> takeBottomRight = wins(bottomRight, bottomLeft);
            FloatVector bottom = bottomLeft.blend(bottomRight, takeBottomRight);
            VectorMask<Float> takeBottom = wins(bottom, top);
            top.blend(bottom, takeBottom).intoArray(y, yOffset + i);

            long low = takeBottom.toLong();
            long right = (takeBottomRight.toLong() & low) | (takeTopRight.toLong() & ~low);
            storePlaces(low, right, indices, firstIndex + i);
        }
    }

    /** Where the later value is taken: it is greater, or it is NaN. */
    private static VectorMask<Float> wins(FloatVector later, FloatVector earlier) {
        return later.compare(VectorOperators.GT, earlier).or(later.test(VectorOperators.IS_NAN));
    }

    /** The place 2*bottom + right of each lane, one byte each. */
    private static void storePlaces(long bottom, long right, byte[] indices, int at) {
        long first = places(bottom, right);
        if (L == 4) {
            INT.set(indices, at, (int) first);
        } else {
            LONG.set(indices, at, first);
        }
        if (L == 16) {
            LONG.set(indices, at + 8, places(bottom >>> 8, right >>> 8));
        }
    }

    private static long places(long bottom, long right) {
        return Long.expand(bottom, LOWEST_BITS << 1) | Long.expand(right, LOWEST_BITS);
    }

    /** dX of one plane := dY at the place of each maximum, else 0. */
    static void backwardPlane(Pool2dGeometry g, byte[] indices, int firstIndex, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        int outWidth = g.outputWidth();
        for (int u = 0; u < g.outputHeight(); u++) {
            int top = dXOffset + 2 * u * g.width();
            int bottom = top + g.width();
            vectorsOfGradients(outWidth, indices, firstIndex + u * outWidth, dY, dYOffset + u * outWidth, dX, top,
                    bottom);
            Arrays.fill(dX, top + 2 * outWidth, bottom, 0);
            Arrays.fill(dX, bottom + 2 * outWidth, bottom + g.width(), 0);
        }
        Arrays.fill(dX, dXOffset + 2 * g.outputHeight() * g.width(), dXOffset + g.height() * g.width(), 0);
    }

    private static void vectorsOfGradients(int n, byte[] indices, int firstIndex, float[] dY, int dYOffset,
            float[] dX, int row0, int row1) {
        FloatVector zero = FloatVector.zero(S);
        for (int next = 0; next < n; next += L) {
            int i = Math.min(next, n - L);
            // 0 + dY: the bits of a sum, where -0 becomes 0
            FloatVector gradient = FloatVector.fromArray(S, dY, dYOffset + i).add(0);
            FloatVector left = gradient.rearrange(LOW);
            FloatVector right = gradient.rearrange(HIGH);
            long low = loadBits(indices, firstIndex + i, LOWEST_BITS << 1);
            long odd = loadBits(indices, firstIndex + i, LOWEST_BITS);
            long top = pixels(~low, odd);
            long bottom = pixels(low, odd);
            zero.blend(left, VectorMask.fromLong(S, top)).intoArray(dX, row0 + 2 * i);
            zero.blend(right, VectorMask.fromLong(S, top >>> L)).intoArray(dX, row0 + 2 * i + L);
            zero.blend(left, VectorMask.fromLong(S, bottom)).intoArray(dX, row1 + 2 * i);
            zero.blend(right, VectorMask.fromLong(S, bottom >>> L)).intoArray(dX, row1 + 2 * i + L);
        }
    }

    /** One bit of the place of each lane. */
    private static long loadBits(byte[] indices, int at, long bit) {
        if (L == 4) {
            return Long.compress((int) INT.get(indices, at), bit & 0xffffffffL);
        }
        long first = Long.compress((long) LONG.get(indices, at), bit);
        return L == 8 ? first : first | Long.compress((long) LONG.get(indices, at + 8), bit) << 8;
    }

    /** The pixels of a row whose window has its maximum in this row, and there: two bits for each window. */
    private static long pixels(long row, long odd) {
        return Long.expand(row & ~odd, EVEN_BITS) | Long.expand(row & odd, EVEN_BITS << 1);
    }
}
