package org.lanewise.kernels.reference;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;

/**
 * The meaning of {@link org.lanewise.kernels.MaxPool2d}, plane by plane. The place of a maximum is its index in the window,
 * r*kernelWidth + s.
 */
public final class ReferenceMaxPool2d {

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private ReferenceMaxPool2d() {
    }

    /** The maxima of one plane and their places. Of equal ones the first is taken, of NaNs the last, as PyTorch does. */
    public static void forwardPlane(Pool2dGeometry g, float[] x, int xOffset, float[] y, int yOffset,
            byte[] indices, int firstIndex) {
        Pool2dWindow w = g.window();
        int bytes = g.bytesPerIndex();
        int outHeight = g.outputHeight();
        int outWidth = g.outputWidth();
        for (int u = 0, out = 0; u < outHeight; u++) {
            int top = u * w.strideHeight() - w.paddingHeight();
            int fromRow = PoolTaps.first(top, w.dilationHeight());
            int toRow = PoolTaps.end(top, w.kernelHeight(), w.dilationHeight(), g.height());
            for (int v = 0; v < outWidth; v++, out++) {
                int left = v * w.strideWidth() - w.paddingWidth();
                int fromColumn = PoolTaps.first(left, w.dilationWidth());
                int toColumn = PoolTaps.end(left, w.kernelWidth(), w.dilationWidth(), g.width());
                float max = Float.NEGATIVE_INFINITY;
                int place = fromRow * w.kernelWidth() + fromColumn;
                for (int r = fromRow; r < toRow; r++) {
                    int row = xOffset + (top + r * w.dilationHeight()) * g.width() + left;
                    for (int s = fromColumn; s < toColumn; s++) {
                        float value = x[row + s * w.dilationWidth()];
                        if (value > max || Float.isNaN(value)) {
                            max = value;
                            place = r * w.kernelWidth() + s;
                        }
                    }
                }
                y[yOffset + out] = max;
                setPlace(indices, firstIndex + out, bytes, place);
            }
        }
    }

    /**
     * Refuses places in one plane that {@link #forwardPlane} cannot have written.
     *
     * @throws IllegalArgumentException naming the first one
     */
    public static void checkIndices(Pool2dGeometry g, byte[] indices, int firstIndex) {
        Pool2dWindow w = g.window();
        int bytes = g.bytesPerIndex();
        int outHeight = g.outputHeight();
        int outWidth = g.outputWidth();
        for (int u = 0, out = firstIndex; u < outHeight; u++) {
            int top = u * w.strideHeight() - w.paddingHeight();
            for (int v = 0; v < outWidth; v++, out++) {
                int place = place(indices, out, bytes);
                if (!inside(g, top, v * w.strideWidth() - w.paddingWidth(), place)) {
                    throw new IllegalArgumentException(
                            "indices: the place " + place + " of output " + out + " is not inside the image");
                }
            }
        }
    }

    /** Whether this place, of a window that begins at this row and column, is a pixel. */
    public static boolean inside(Pool2dGeometry g, int top, int left, int place) {
        Pool2dWindow w = g.window();
        if (place < 0 || place >= w.area()) {
            return false;
        }
        int row = place / w.kernelWidth();
        int column = place % w.kernelWidth();
        return row >= PoolTaps.first(top, w.dilationHeight())
                && row < PoolTaps.end(top, w.kernelHeight(), w.dilationHeight(), g.height())
                && column >= PoolTaps.first(left, w.dilationWidth())
                && column < PoolTaps.end(left, w.kernelWidth(), w.dilationWidth(), g.width());
    }

    /** Reads the place of output i. */
    public static int place(byte[] indices, int i, int bytes) {
        return switch (bytes) {
            case 1 -> Byte.toUnsignedInt(indices[i]);
            case Short.BYTES -> Short.toUnsignedInt((short) SHORT.get(indices, i * Short.BYTES));
            default -> (int) INT.get(indices, i * Integer.BYTES);
        };
    }

    /** Writes the place of output i. */
    public static void setPlace(byte[] indices, int i, int bytes, int place) {
        switch (bytes) {
            case 1 -> indices[i] = (byte) place;
            case Short.BYTES -> SHORT.set(indices, i * Short.BYTES, (short) place);
            default -> INT.set(indices, i * Integer.BYTES, place);
        }
    }

    /** dX of one plane := for each output, dY at the place of its maximum; sums where windows overlap; + beta*dX. */
    public static void backwardPlane(Pool2dGeometry g, byte[] indices, int firstIndex, float[] dY, int dYOffset,
            float beta, float[] dX, int dXOffset) {
        Pool2dWindow w = g.window();
        int bytes = g.bytesPerIndex();
        int outHeight = g.outputHeight();
        int outWidth = g.outputWidth();
        Scaled.by(beta, dX, dXOffset, g.inputPixels());
        for (int u = 0, out = 0; u < outHeight; u++) {
            int top = u * w.strideHeight() - w.paddingHeight();
            for (int v = 0; v < outWidth; v++, out++) {
                int left = v * w.strideWidth() - w.paddingWidth();
                int place = place(indices, firstIndex + out, bytes);
                int row = top + place / w.kernelWidth() * w.dilationHeight();
                int column = left + place % w.kernelWidth() * w.dilationWidth();
                dX[dXOffset + row * g.width() + column] += dY[dYOffset + out];
            }
        }
    }
}
