package org.lanewise.kernels.reference;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

import org.lanewise.kernels.Pool2dGeometry;

/**
 * The meaning of {@link org.lanewise.kernels.MaxPool2d}, plane by plane. The place of a maximum is its index in the window,
 * r*kernelWidth + s.
 */
public final class ReferenceMaxPool2d {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private ReferenceMaxPool2d() {
    }

    /** The maxima of one plane and their places. Of equal ones the first is taken, of NaNs the last, as PyTorch does. */
    public static void forwardPlane(Pool2dGeometry g, float[] x, int xOffset, float[] y, int yOffset,
            byte[] indices, int firstIndex) {
        boolean narrow = g.bytesPerIndex() == 1;
        int outWidth = g.outputWidth();
        for (int u = 0, out = 0; u < g.outputHeight(); u++) {
            int top = u * g.strideHeight() - g.paddingHeight();
            int fromRow = Math.max(0, -top);
            int toRow = Math.min(g.kernelHeight(), g.height() - top);
            for (int v = 0; v < outWidth; v++, out++) {
                int left = v * g.strideWidth() - g.paddingWidth();
                int fromColumn = Math.max(0, -left);
                int toColumn = Math.min(g.kernelWidth(), g.width() - left);
                float max = Float.NEGATIVE_INFINITY;
                int place = fromRow * g.kernelWidth() + fromColumn;
                for (int r = fromRow; r < toRow; r++) {
                    int row = xOffset + (top + r) * g.width() + left;
                    for (int s = fromColumn; s < toColumn; s++) {
                        float value = x[row + s];
                        if (value > max || Float.isNaN(value)) {
                            max = value;
                            place = r * g.kernelWidth() + s;
                        }
                    }
                }
                y[yOffset + out] = max;
                setPlace(indices, firstIndex + out, narrow, place);
            }
        }
    }

    /**
     * Refuses places that {@link #forwardPlane} cannot have written.
     *
     * @throws IllegalArgumentException naming the first one
     */
    public static void checkIndices(Pool2dGeometry g, byte[] indices) {
        boolean narrow = g.bytesPerIndex() == 1;
        int outHeight = g.outputHeight();
        int outWidth = g.outputWidth();
        for (int i = 0, rows = g.planes() * outHeight; i < rows; i++) {
            int top = i % outHeight * g.strideHeight() - g.paddingHeight();
            for (int v = 0; v < outWidth; v++) {
                int place = place(indices, i * outWidth + v, narrow);
                int left = v * g.strideWidth() - g.paddingWidth();
                if (!inside(g, top, left, place)) {
                    throw new IllegalArgumentException(
                            "indices: the place " + place + " of output " + (i * outWidth + v)
                                    + " is not inside the image");
                }
            }
        }
    }

    /** Whether this place, of a window that begins at this row and column, is a pixel. */
    private static boolean inside(Pool2dGeometry g, int top, int left, int place) {
        if (place < 0 || place >= g.kernelHeight() * g.kernelWidth()) {
            return false;
        }
        if (top >= 0 && top + g.kernelHeight() <= g.height() && left >= 0 && left + g.kernelWidth() <= g.width()) {
            return true; // the whole window is; most are, and two divisions are saved
        }
        int row = top + place / g.kernelWidth();
        int column = left + place % g.kernelWidth();
        return row >= 0 && row < g.height() && column >= 0 && column < g.width();
    }

    /** Reads the place of output i. */
    public static int place(byte[] indices, int i, boolean narrow) {
        return narrow ? Byte.toUnsignedInt(indices[i]) : (int) INT.get(indices, i * Integer.BYTES);
    }

    /** Writes the place of output i. */
    public static void setPlace(byte[] indices, int i, boolean narrow, int place) {
        if (narrow) {
            indices[i] = (byte) place;
        } else {
            INT.set(indices, i * Integer.BYTES, place);
        }
    }

    /** dX of one plane := for each output, dY at the place of its maximum; sums where windows overlap. */
    public static void backwardPlane(Pool2dGeometry g, byte[] indices, int firstIndex, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        boolean narrow = g.bytesPerIndex() == 1;
        int outWidth = g.outputWidth();
        Arrays.fill(dX, dXOffset, dXOffset + g.height() * g.width(), 0);
        for (int u = 0, out = 0; u < g.outputHeight(); u++) {
            int top = u * g.strideHeight() - g.paddingHeight();
            for (int v = 0; v < outWidth; v++, out++) {
                int left = v * g.strideWidth() - g.paddingWidth();
                int place = place(indices, firstIndex + out, narrow);
                int row = top + place / g.kernelWidth();
                int column = left + place % g.kernelWidth();
                dX[dXOffset + row * g.width() + column] += dY[dYOffset + out];
            }
        }
    }
}
