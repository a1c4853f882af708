package org.lanewise.kernels.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.reference.ReferenceMaxPool2d;
import org.lanewise.kernels.vector.Lanes;

/**
 * Max pooling with windows of 2x2, stride 2 and no padding, the shape of nearly every classic network: two vectors of each of
 * two rows are split into even and odd columns, and three comparisons give a vector of maxima and the two bits of their places.
 * All other shapes go through the scalar loops.
 */
public final class VectorMaxPool2d {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(S, i -> 2 * i % (2 * L));
    private static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(S, i -> (2 * i + 1) % (2 * L));

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    /** Spreads the bits of a mask over the lowest bits of eight bytes. */
    private static final long LOWEST_BITS = 0x0101010101010101L;

    private VectorMaxPool2d() {
    }

    /** The maxima of one plane and their places. */
    public static void forwardPlane(Pool2dGeometry g, float[] x, int xOffset, float[] y, int yOffset,
            byte[] indices, int firstIndex) {
        boolean twoByTwo = g.kernelHeight() == 2 && g.kernelWidth() == 2 && g.strideHeight() == 2
                && g.strideWidth() == 2
                && g.paddingHeight() == 0 && g.paddingWidth() == 0;
        if (!twoByTwo) {
            ReferenceMaxPool2d.forwardPlane(g, x, xOffset, y, yOffset, indices, firstIndex);
            return;
        }
        int outWidth = g.outputWidth();
        for (int u = 0; u < g.outputHeight(); u++) {
            int row = xOffset + 2 * u * g.width();
            rowOfWindows(outWidth, x, row, row + g.width(), y, yOffset + u * outWidth, indices,
                    firstIndex + u * outWidth);
        }
    }

    private static void rowOfWindows(int n, float[] x, int row0, int row1, float[] y, int yOffset,
            byte[] indices, int firstIndex) {
        int i = 0;
        for (; i + L <= n; i += L) {
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
        for (; i < n; i++) {
            windowAt(x, row0 + 2 * i, row1 + 2 * i, y, yOffset + i, indices, firstIndex + i);
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

    private static void windowAt(float[] x, int row0, int row1, float[] y, int iy, byte[] indices, int at) {
        float max = x[row0];
        int place = 0;
        float value = x[row0 + 1];
        if (value > max || Float.isNaN(value)) {
            max = value;
            place = 1;
        }
        value = x[row1];
        if (value > max || Float.isNaN(value)) {
            max = value;
            place = 2;
        }
        value = x[row1 + 1];
        if (value > max || Float.isNaN(value)) {
            max = value;
            place = 3;
        }
        y[iy] = max;
        indices[at] = (byte) place;
    }
}
