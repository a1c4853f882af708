package org.lanewise.kernels.conv;

import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.gemm.Scaling;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.math.VectorElementwise;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The gradient by data as a product and a scatter, image by image, with P = OH*OW output pixels and D = C*R*S taps:
 *
 * <pre>
 *   T  (D, P)     = W^T (D, K) * dY (K, P)
 *   dX (c, h, w) += T((c, r, s), (u, v))      where h = u*strideH + r*dilationH - paddingTop, likewise w
 * </pre>
 *
 * The other way, to let each input pixel gather the outputs that it went into (with strides, {@link PhaseGradient}), wastes the tile
 * where C is small, and counts each pixel of the input where this counts those of the output; otherwise it is the faster one: see
 * {@link ConvPlan}.
 *
 * <p>
 * T is made for some rows of output pixels at a time, and added while it is in the cache.
 */
final class Col2im extends SharedLoop {

    /** Floats of T that are made at a time, if one row of output pixels is not more than that: half a usual level-2 cache. */
    private static final int BLOCK = 64 * 1024;

    private static final ThreadLocal<Col2im> CURRENT = ThreadLocal.withInitial(Col2im::new);
    private static final float[] EMPTY = {};
    private static final PackedOperand NO_WEIGHTS = new PackedOperand();

    /** Operands of the thread that computes a part. */
    private final StoredOperand outputs = new StoredOperand();
    private final PackedOperand ofGroup = new PackedOperand();

    private Conv2dGeometry g = Conv2dGeometry.square(0, 0, 1, 1, 0, 1, 1, 0);
    private int groups;
    private PackedOperand weights = NO_WEIGHTS;
    private float[] dY = EMPTY;
    private int dYOffset;
    private float beta;
    private float[] dX = EMPTY;
    private int dXOffset;
    private int channelsOfPart;
    private int parts;

    private Col2im() {
    }

    static Col2im current() {
        return CURRENT.get();
    }

    /**
     * dX := the transposed convolution of dY, + beta*dX.
     *
     * @param one   the geometry of one group: see {@link ConvPlan#ofGroup}
     * @param count groups
     */
    void run(Conv2dGeometry one, int count, float[] weight, int weightOffset, float[] gradient, int gradientOffset,
            float factor, float[] result, int resultOffset, Parallelism parallelism) {
        g = one;
        groups = count;
        weights = ImplicitGemmConv2d.pack(count, g.taps(), g.outChannels(),
                new FilterLines(weight, weightOffset, g.outChannels(), g.taps(), 1));
        dY = gradient;
        dYOffset = gradientOffset;
        beta = factor;
        dX = result;
        dXOffset = resultOffset;
        channelsOfPart = channelsOfPart(g, parallelism.threads());
        parts = Math.ceilDiv(g.inChannels(), channelsOfPart);
        try {
            share(g.batch() * parts, 1, parallelism);
        } finally {
            weights = NO_WEIGHTS;
            dY = EMPTY;
            dX = EMPTY;
        }
    }

    @Override
    protected void run(int from, int to) {
        Col2im mine = current();
        try {
            for (int task = from; task < to; task++) {
                int image = task / parts;
                int channel = task % parts * channelsOfPart;
                mine.ofGroup.set(weights, image % groups);
                channels(channel, Math.min(g.inChannels(), channel + channelsOfPart), image, mine);
            }
        } finally {
            mine.ofGroup.clear();
            mine.outputs.clear();
        }
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

    /**
     * The channels [c0, c1) of one image.
     *
     * @param mine has the operands of this thread
     */
    private void channels(int c0, int c1, int image, Col2im mine) {
        int firstTap = c0 * g.kernelHeight() * g.kernelWidth();
        int lastTap = c1 * g.kernelHeight() * g.kernelWidth();
        int plane = g.height() * g.width();
        int pixels = g.outputPixels();
        int rowsAtOnce = Math.clamp(BLOCK / ((long) g.taps() * g.outputWidth()), 1, g.outputHeight());
        int columns = rowsAtOnce * g.outputWidth();
        float[] taps = Workspace.current().floats(Slot.TAPS, (lastTap - firstTap) * columns);
        int dXImage = dXOffset + image * g.inChannels() * plane;
        mine.outputs.set(dY, dYOffset + image * g.outChannels() * pixels, 1, pixels, 1);
        Scaling.scale(beta, dX, dXImage + c0 * plane, 1, (c1 - c0) * plane, 0);
        // lines of the weights count through all groups
        int line = firstTap + image % groups * g.taps();
        for (int u = 0; u < g.outputHeight(); u += rowsAtOnce) {
            int rows = Math.min(rowsAtOnce, g.outputHeight() - u);
            int first = u * g.outputWidth();
            // The product counts from the first tap and the first pixel of the image; T holds only this block.
            BlockedGemm.block(line, line + lastTap - firstTap, first, first + rows * g.outputWidth(), g.outChannels(),
                    mine.ofGroup, mine.outputs, 0, taps, -line * columns - first, columns);
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
        int shift = s * g.dilationWidth() - g.paddingLeft();
        int from = Math.clamp(Math.ceilDiv(-shift, g.strideWidth()), 0, g.outputWidth());
        int to = Math.clamp(Math.ceilDiv(g.width() - shift, g.strideWidth()), from, g.outputWidth());
        for (int i = 0; i < rows; i++) {
            int h = (u + i) * g.strideHeight() + r * g.dilationHeight() - g.paddingTop();
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
