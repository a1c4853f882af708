package org.lanewise.kernels.conv;

import java.util.Arrays;

import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.Blocking;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The gradient by weights with filters in lanes, and taps read where they stand in padded planes:
 *
 * <pre>
 *   for some taps                                          whose sums stay in the second cache
 *     for each image, for some of its rows of outputs
 *       planes := what they see
 *       for some filters
 *         panel := dY transposed                           (pixels, filters), with zeros between rows
 *         for a few taps
 *           sums(tap, filters) += planes shifted by the tap (1, pixels) * panel (pixels, filters)
 *   dW(k, tap) := sums(tap, k) + beta*dW(k, tap)
 * </pre>
 *
 * Each pixel of dY is transposed once and not once for each tap, and patches are not packed at all. An infinity or NaN of x that
 * stands between the rows that a tap reads is multiplied by those zeros, so it makes NaN of some taps that never read it.
 */
final class PlaneGradient extends SharedLoop {

    /** Floats of sums that are held at a time, if they are not those of a few taps: a quarter of a server's L2 cache. */
    private static final int SUMS = 128 * 1024;

    /** See {@link #fits}. */
    private static final int MIN_PIXELS = 64;
    private static final int MAX_PIXELS = 16 * 1024;
    private static final int MAX_WEIGHTS = 512 * 1024;

    private static final ThreadLocal<PlaneGradient> CURRENT = ThreadLocal.withInitial(PlaneGradient::new);
    private static final float[] EMPTY = {};

    private final StoredOperand stored = new StoredOperand();

    private Conv2dGeometry g = Conv2dGeometry.square(0, 0, 1, 1, 0, 1, 1, 0);
    private int groups;
    private PaddedPlanes layout = PaddedPlanes.NONE;
    private float[] x = EMPTY;
    private int xOffset;
    private float[] dY = EMPTY;
    private int dYOffset;
    private float beta;
    private float[] dW = EMPTY;
    private int dWOffset;
    private int tapsOfPart;
    private int parts;

    private PlaneGradient() {
    }

    static PlaneGradient current() {
        return CURRENT.get();
    }

    /**
     * {@return whether this is the faster way: if filters fill the lanes, and there are pixels enough for the weights} Ratios of the time
     * of {@link PatchGradient} to this one's for images, channels, height and filters: 7x7 with stride 2 1x3x224 64 1.4 and 16x3x224
     * 64 1.5; 3x3 64x1x28 32 1.25, 8x64x12 64 1.0, 8x64x10 64 1.17, with stride 2 8x64x56 128 1.13; with too many weights
     * 8x256x28 256 0.95, 8x256x14 256 0.85.
     */
    static boolean fits(Conv2dGeometry g) {
        return LineSums.fills(g.outChannels()) && g.outputPixels() >= MIN_PIXELS && g.weightSize() <= MAX_WEIGHTS;
    }

    /** {@return whether dY of so many rows may be transposed at a time} */
    static boolean fits(PaddedPlanes planes) {
        return (long) planes.rows() * planes.pitch() <= MAX_PIXELS;
    }

    /**
     * The whole gradient.
     *
     * @param one   the geometry of one group: see {@link ConvPlan#ofGroup}
     * @param count groups
     */
    void run(Conv2dGeometry one, int count, PaddedPlanes planes, float[] input, int inputOffset, float[] gradient,
            int gradientOffset, float factor, float[] result, int resultOffset, Parallelism parallelism) {
        g = one;
        groups = count;
        layout = planes;
        x = input;
        xOffset = inputOffset;
        dY = gradient;
        dYOffset = gradientOffset;
        beta = factor;
        dW = result;
        dWOffset = resultOffset;
        int wanted = Math.ceilDiv(parallelism.threads(), groups);
        int most = Math.min(SUMS / (Math.ceilDiv(g.outChannels(), LineSums.WIDE) * LineSums.WIDE),
                Math.ceilDiv(g.taps(), wanted));
        tapsOfPart = Blocking.evenPart(g.taps(), Math.max(most, LineSums6x4.LINES), LineSums6x4.LINES);
        parts = Math.ceilDiv(g.taps(), tapsOfPart);
        try {
            share(groups * parts, 1, parallelism);
        } finally {
            x = EMPTY;
            dY = EMPTY;
            dW = EMPTY;
        }
    }

    @Override
    protected void run(int from, int to) {
        PlaneGradient mine = current();
        try {
            for (int task = from; task < to; task++) {
                int tap = task % parts * tapsOfPart;
                part(task / parts, tap, Math.min(tapsOfPart, g.taps() - tap), mine.stored);
            }
        } finally {
            mine.stored.clear();
        }
    }

    /**
     * The taps [first, first + taps) of all filters of one group.
     *
     * @param gradients an operand of this thread
     */
    private void part(int group, int first, int taps, StoredOperand gradients) {
        Workspace workspace = Workspace.current();
        int kernel = g.kernelHeight() * g.kernelWidth();
        int c0 = first / kernel;
        int channels = Math.ceilDiv(first + taps, kernel) - c0;
        int size = LineSums.size(taps);
        int floats = LineSums.size(taps, g.outChannels());
        float[] planes = workspace.floats(Slot.PADDED_PLANES, channels * layout.channelSize());
        float[] panel = workspace.aligned(Slot.TRANSPOSED_PLANES, layout.rows() * layout.pitch() * LineSums.WIDE);
        float[] sums = workspace.aligned(Slot.TAPS, floats);
        Arrays.fill(sums, 0, Workspace.ALIGNED + floats, 0);
        int plane = g.height() * g.width();
        for (int image = group; image < g.batch(); image += groups) {
            for (int row = 0; row < g.outputHeight(); row += layout.rows()) {
                int rows = Math.min(layout.rows(), g.outputHeight() - row);
                int pixels = (rows - 1) * layout.pitch() + g.outputWidth();
                layout.load(x, xOffset + (image * g.inChannels() + c0) * plane, channels, row, rows, planes);
                for (int k = 0, to = Workspace.ALIGNED; k < g.outChannels(); k += LineSums.WIDE, to += size) {
                    int lanes = LineSums.lanes(g.outChannels() - k);
                    gradients.set(dY,
                            dYOffset + (image * g.outChannels() + k) * g.outputPixels() + row * g.outputWidth(),
                            g.outputPixels(), 1, 1);
                    transpose(gradients, Math.min(lanes, g.outChannels() - k), rows, lanes, panel);
                    LineSums.add(pixels, planes, -c0 * layout.channelSize(), layout.offsets(), first, taps,
                            panel, lanes, sums, to);
                }
            }
        }
        LineSums.finish(sums, taps, g.outChannels(), beta, dW, dWOffset + group * g.weightSize() + first, 1, g.taps());
    }

    /** Some rows of dY, with zeros between them. */
    private void transpose(StoredOperand gradients, int filters, int rows, int lanes, float[] panel) {
        int columns = g.outputWidth();
        int pitch = layout.pitch();
        for (int i = 0; i < rows; i++) {
            int to = Workspace.ALIGNED + i * pitch * lanes;
            gradients.pack(0, filters, i * columns, columns, lanes, panel, to);
            if (i < rows - 1) {
                Arrays.fill(panel, to + columns * lanes, to + pitch * lanes, 0);
            }
        }
    }
}
