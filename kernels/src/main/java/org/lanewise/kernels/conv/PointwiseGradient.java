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
 * The gradient by weights of 1x1, with the smaller of x and dY in lanes, and the other read where it stands:
 *
 * <pre>
 *   dW   (K, C) = sum over images of dY (K, P) * X^T  (P, C) + beta*dW       if C is not greater than K
 *   dW^T (C, K) = sum over images of X  (C, P) * dY^T (P, K) + beta*dW^T     otherwise
 * </pre>
 *
 * What is larger passes by once, pixel by pixel, and only the smaller one is transposed.
 */
final class PointwiseGradient extends SharedLoop {

    /**
     * Pixels whose panel stays in the second cache. The lines pass by in runs of so many: with 256, 8x64x56 with 256 filters took 1.6
     * times as long where x and dY came from memory, for which long runs are fetched ahead.
     */
    private static final int PIXELS = 4 * Blocking.KC;

    /** See {@link #fits}. */
    private static final int MIN_PIXELS = 196;
    private static final int MAX_WEIGHTS = 64 * 1024;

    private static final ThreadLocal<PointwiseGradient> CURRENT = ThreadLocal.withInitial(PointwiseGradient::new);
    private static final float[] EMPTY = {};

    private final StoredOperand stored = new StoredOperand();

    private Conv2dGeometry g = Conv2dGeometry.square(0, 0, 1, 1, 0, 1, 1, 0);
    private int groups;
    private boolean channelsInLanes;
    private int lines;
    private int columns;
    private int[] offsets = {};
    private float[] rows = EMPTY;
    private int rowsOffset;
    private float[] transposed = EMPTY;
    private int transposedOffset;
    private float beta;
    private float[] dW = EMPTY;
    private int dWOffset;
    private int linesOfPart;
    private int parts;

    private PointwiseGradient() {
    }

    static PointwiseGradient current() {
        return CURRENT.get();
    }

    /**
     * {@return whether this is the faster way: if the smaller side fills the lanes, and sums stay in the second cache} Ratios of the
     * time of {@link PatchGradient} to this one's for images, channels, height and filters: 8x64x56 256 1.31, 8x256x56 64 1.28, 16x24x56
     * 144 1.6, 16x32x14 192 1.39, 8x128x28 512 1.0; 8x256x14 1024 0.88, 8x512x7 2048 0.46.
     */
    static boolean fits(Conv2dGeometry g) {
        return LineSums.fills(Math.min(g.inChannels(), g.outChannels())) && g.outputPixels() >= MIN_PIXELS
                && g.weightSize() <= MAX_WEIGHTS;
    }

    /**
     * The whole gradient.
     *
     * @param one   the geometry of one group: see {@link ConvPlan#ofGroup}
     * @param count groups
     * @param lineOffsets where channels of x or of dY begin in an image
     */
    void run(Conv2dGeometry one, int count, int[] lineOffsets, float[] x, int xOffset, float[] dY, int dYOffset,
            float factor, float[] result, int resultOffset, Parallelism parallelism) {
        g = one;
        groups = count;
        channelsInLanes = g.inChannels() <= g.outChannels();
        lines = channelsInLanes ? g.outChannels() : g.inChannels();
        columns = channelsInLanes ? g.inChannels() : g.outChannels();
        rows = channelsInLanes ? dY : x;
        rowsOffset = channelsInLanes ? dYOffset : xOffset;
        transposed = channelsInLanes ? x : dY;
        transposedOffset = channelsInLanes ? xOffset : dYOffset;
        beta = factor;
        dW = result;
        dWOffset = resultOffset;
        offsets = lineOffsets;
        int wanted = Math.ceilDiv(parallelism.threads(), groups);
        linesOfPart = Blocking.evenPart(lines, Math.ceilDiv(lines, wanted), LineSums6x4.LINES);
        parts = Math.ceilDiv(lines, linesOfPart);
        try {
            share(groups * parts, 1, parallelism);
        } finally {
            rows = EMPTY;
            transposed = EMPTY;
            dW = EMPTY;
        }
    }

    @Override
    protected void run(int from, int to) {
        PointwiseGradient mine = current();
        try {
            for (int task = from; task < to; task++) {
                int line = task % parts * linesOfPart;
                part(task / parts, line, Math.min(linesOfPart, lines - line), mine.stored);
            }
        } finally {
            mine.stored.clear();
        }
    }

    /**
     * The lines [first, first + count) of one group.
     *
     * @param operand of this thread
     */
    private void part(int group, int first, int count, StoredOperand operand) {
        Workspace workspace = Workspace.current();
        int size = LineSums.size(count);
        int floats = LineSums.size(count, columns);
        float[] panel = workspace.aligned(Slot.TRANSPOSED_PLANES, PIXELS * LineSums.WIDE);
        float[] sums = workspace.aligned(Slot.TAPS, floats);
        Arrays.fill(sums, 0, Workspace.ALIGNED + floats, 0);
        int pixels = g.outputPixels();
        for (int image = group; image < g.batch(); image += groups) {
            int at = rowsOffset + image * lines * pixels;
            operand.set(transposed, transposedOffset + image * columns * pixels, pixels, 1, 1);
            for (int p = 0; p < pixels; p += PIXELS) {
                int n = Math.min(PIXELS, pixels - p);
                for (int column = 0, to = Workspace.ALIGNED; column < columns; column += LineSums.WIDE, to += size) {
                    int lanes = LineSums.lanes(columns - column);
                    operand.pack(column, Math.min(lanes, columns - column), p, n, lanes, panel, Workspace.ALIGNED);
                    LineSums.add(n, rows, at + p, offsets, first, count, panel, lanes, sums, to);
                }
            }
        }
        int to = dWOffset + group * g.weightSize();
        if (channelsInLanes) {
            LineSums.finish(sums, count, columns, beta, dW, to + first * columns, columns, 1);
        } else {
            LineSums.finish(sums, count, columns, beta, dW, to + first, 1, lines);
        }
    }
}
