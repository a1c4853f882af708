package org.lanewise.kernels.conv;

import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.gemm.Scaling;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.math.VectorElementwise;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The gradient by data as a product and a scatter, image by image, with P = OH*OW output pixels and D = C*R*S taps:
 *
 * <pre>
 *   T  (D, P)     = W^T (D, K) * dY (K, P)
 *   dX (c, h, w) += T((c, r, s), (u, v))      where h = u*strideH + r*dilationH - paddingH, likewise w
 * </pre>
 *
 * Every multiply-add counts here, whatever the stride. The other way, to let each input pixel gather the outputs that it went into,
 * multiplies zeros at all but one in strideH*strideW of its taps, wastes the tile where C is small, and
 * counts each pixel of the input where this counts those of the output; otherwise it is the faster one: see {@link ConvPlan}.
 *
 * <p>
 * T is made for some rows of output pixels at a time, and added while it is in the cache.
 */
public final class Col2im {

    /** Floats of T that are made at a time, if one row of output pixels is not more than that: half a usual level-2 cache. */
    private static final int BLOCK = 64 * 1024;

    private final Conv2dGeometry g;
    private final PackedOperand weights;
    private final float[] dY;
    private final float[] dX;
    private final float beta;

    private Col2im(Conv2dGeometry g, PackedOperand weights, float[] dY, float beta, float[] dX) {
        this.g = g;
        this.weights = weights;
        this.dY = dY;
        this.beta = beta;
        this.dX = dX;
    }

    /** dX := the transposed convolution of dY, + beta*dX. */
    public static void backwardData(Conv2dGeometry g, float[] weight, int weightOffset, float[] dY, int dYOffset,
            float beta, float[] dX, int dXOffset, Parallelism parallelism) {
        PackedOperand packed = ImplicitGemmConv2d.pack(g.taps(), g.outChannels(),
                new StoredOperand(weight, weightOffset, 1, g.taps(), 1));
        Col2im call = new Col2im(g, packed, dY, beta, dX);
        int width = channelsOfPart(g, parallelism.threads());
        int parts = Math.ceilDiv(g.inChannels(), width);
        parallelism.forEach(g.batch() * parts, task -> {
            int image = task / parts;
            int channel = task % parts * width;
            call.channels(channel, Math.min(g.inChannels(), channel + width),
                    dYOffset + image * g.outChannels() * g.outputPixels(),
                    dXOffset + image * g.inChannels() * g.height() * g.width());
        });
    }

    /**
     * Input channels that one thread computes: all if there are images enough. Otherwise so many that the taps of a part begin
     * where a panel of packed weights does.
     */
    private static int channelsOfPart(Conv2dGeometry g, int threads) {
        if (g.batch() == 0 || g.batch() >= threads) {
            return g.inChannels();
        }
        int unit = PackedOperand.panelsBegin(g.kernelHeight() * g.kernelWidth());
        int parts = Math.ceilDiv(threads, g.batch());
        return Math.ceilDiv(Math.ceilDiv(g.inChannels(), parts), unit) * unit;
    }

    /** The channels [c0, c1) of one image. */
    private void channels(int c0, int c1, int dYImage, int dXImage) {
        int firstTap = c0 * g.kernelHeight() * g.kernelWidth();
        int lastTap = c1 * g.kernelHeight() * g.kernelWidth();
        int plane = g.height() * g.width();
        int pixels = g.outputPixels();
        int rowsAtOnce = Math.clamp(BLOCK / ((long) g.taps() * g.outputWidth()), 1, g.outputHeight());
        int columns = rowsAtOnce * g.outputWidth();
        float[] taps = Workspace.current().floats(Slot.TAPS, (lastTap - firstTap) * columns);
        StoredOperand outputs = new StoredOperand(dY, dYImage, 1, pixels, 1);
        Scaling.scale(beta, dX, dXImage + c0 * plane, 1, (c1 - c0) * plane, 0);
        for (int u = 0; u < g.outputHeight(); u += rowsAtOnce) {
            int rows = Math.min(rowsAtOnce, g.outputHeight() - u);
            int first = u * g.outputWidth();
            // The product counts from the first tap and the first pixel of the image; T holds only this block.
            BlockedGemm.block(firstTap, lastTap, first, first + rows * g.outputWidth(), g.outChannels(), weights,
                    outputs, 0, taps, -firstTap * columns - first, columns);
            for (int tap = firstTap; tap < lastTap; tap++) {
                scatter(tap, u, rows, taps, (tap - firstTap) * columns, dXImage);
            }
        }
    }

    /** Adds what one tap contributes: rows [u, u + rows) of output pixels. */
    private void scatter(int tap, int u, int rows, float[] taps, int offset, int dXImage) {
        int s = tap % g.kernelWidth();
        int r = tap / g.kernelWidth() % g.kernelHeight();
        int c = tap / (g.kernelHeight() * g.kernelWidth());
        int shift = s * g.dilationWidth() - g.paddingWidth();
        int from = Math.clamp(Math.ceilDiv(-shift, g.strideWidth()), 0, g.outputWidth());
        int to = Math.clamp(Math.ceilDiv(g.width() - shift, g.strideWidth()), from, g.outputWidth());
        for (int i = 0; i < rows; i++) {
            int h = (u + i) * g.strideHeight() + r * g.dilationHeight() - g.paddingHeight();
            if (h >= 0 && h < g.height()) {
                int line = dXImage + (c * g.height() + h) * g.width() + shift;
                addRow(to - from, taps, offset + i * g.outputWidth() + from, dX, line + from * g.strideWidth(),
                        g.strideWidth());
            }
        }
    }

    private static void addRow(int n, float[] t, int tOffset, float[] x, int xOffset, int stride) {
        if (stride == 1) {
            VectorElementwise.add(n, x, xOffset, t, tOffset, x, xOffset);
            return;
        }
        for (int i = 0, at = xOffset; i < n; i++, at += stride) {
            x[at] += t[tOffset + i];
        }
    }
}
