package org.lanewise.kernels.conv;

import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.Blocking;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The gradient by weights of a 3x3 convolution with stride 1, F(3x3, 2x2): the derivative of {@link WinogradConv2d} by its filters,
 * with 16 multiplications for each 36 too.
 *
 * <pre>
 *   dW(k, c) = G^T [ sum over tiles of (A dY(k) A^T) .* (B^T x(c) B) ] G
 *
 *   for some filters                              threads share them; all channels
 *     for each block of tiles                     in order, whatever the threads
 *       V := transformed inputs                   16 x (tiles, channels)
 *       D := transformed gradients                16 x (filters, tiles)
 *       U += D * V                                16 x (filters, channels)
 *     dW := taps of U + beta*dW
 * </pre>
 */
final class WinogradWeightGradient extends SharedLoop {

    /** Floats of sums that a thread holds: 6 MB. Only the deepest layers have more, whose inputs are then transformed again. */
    private static final int SUMS = Blocking.property("lanewise.conv.winogradSums", 3 * 512 * 1024, 1 << 30);

    /** Floats of the transformed inputs of a block: 8 MB. */
    private static final int INPUTS = 2 * 1024 * 1024;

    /** See {@link #wins}. */
    private static final int MIN_TILES = 96;
    private static final int MIN_CHANNELS = 24;
    private static final int MAX_PAIRS = 512 * 512;

    private static final int ROWS = BlockedGemm.PANEL_ROWS;
    private static final int COLUMNS = BlockedGemm.PANEL_COLUMNS;

    private static final ThreadLocal<WinogradWeightGradient> CURRENT = ThreadLocal
            .withInitial(WinogradWeightGradient::new);
    private static final float[] EMPTY = {};

    private final TransposedTiles inputTiles = new TransposedTiles(true, COLUMNS);
    private final TransposedTiles gradientTiles = new TransposedTiles(false, ROWS);
    private final PositionPanels left = new PositionPanels();
    private final PositionPanels right = new PositionPanels();

    private Conv2dGeometry g = Conv2dGeometry.square(0, 0, 3, 3, 0, 3, 1, 0);
    private WeightTiles plan = WeightTiles.NONE;
    private float[] x = EMPTY;
    private int xOffset;
    private float[] dY = EMPTY;
    private int dYOffset;
    private float beta;
    private float[] dW = EMPTY;
    private int dWOffset;
    private int linesOfPart;

    private WinogradWeightGradient() {
    }

    static WinogradWeightGradient current() {
        return CURRENT.get();
    }

    /** {@return whether this can compute it: a row of tiles is one block of steps, and a thread keeps its bounds of memory} */
    static boolean fits(Conv2dGeometry g) {
        long across = Math.ceilDiv(g.outputWidth(), 2);
        return across <= Blocking.KC && g.inChannels() > 0
                && WinogradTiles.POSITIONS * (long) g.inChannels() * ROWS <= SUMS
                && WinogradTiles.POSITIONS * (g.inChannels() + (long) COLUMNS)
                        * Math.max(across, WeightTiles.MOST_TILES) <= INPUTS;
    }

    /**
     * {@return whether this is faster than summing tap by tap} Not with few tiles, few channels or filters, nor with so many of both
     * that inputs are transformed again and again. Ratios for images, channels, height and filters: 1x32x14 64 0.97, 1x256x14 256
     * 1.09, 8x512x7 512 1.06, 64x64x5 64 1.4; 8x32x28 32 0.99, 8x24x28 48 0.93, 64x32x14 64 0.93, 8x64x28 64 1.31, 32x64x56 64 1.13,
     * 32x128x28 128 1.31, 16x256x14 256 1.65; 4x1024x7 1024 0.77.
     */
    static boolean wins(Conv2dGeometry g) {
        long tiles = (long) g.batch() * Math.ceilDiv(g.outputWidth(), 2) * Math.ceilDiv(g.outputHeight(), 2);
        long pairs = (long) g.inChannels() * g.outChannels();
        return WinogradConv2d.ENABLED && tiles >= MIN_TILES
                && pairs >= MIN_CHANNELS * ((long) g.inChannels() + g.outChannels())
                && pairs <= MAX_PAIRS
                && 2 * tiles <= (long) g.batch() * g.outputPixels();
    }

    /** The whole gradient. */
    void run(Conv2dGeometry geometry, WeightTiles blocks, float[] in, int inOffset, float[] out, int outOffset,
            float factor,
            float[] result, int resultOffset, Parallelism parallelism) {
        g = geometry;
        x = in;
        xOffset = inOffset;
        dY = out;
        dYOffset = outOffset;
        beta = factor;
        dW = result;
        dWOffset = resultOffset;
        plan = blocks;
        int lines = Math.min(SUMS / (WinogradTiles.POSITIONS * g.inChannels()),
                Math.ceilDiv(g.outChannels(), parallelism.threads()));
        linesOfPart = Blocking.evenPart(g.outChannels(), Math.max(Math.ceilDiv(lines, ROWS), 1) * ROWS, ROWS);
        try {
            share(Math.ceilDiv(g.outChannels(), linesOfPart), 1, parallelism);
        } finally {
            x = EMPTY;
            dY = EMPTY;
            dW = EMPTY;
        }
    }

    @Override
    protected void run(int from, int to) {
        WinogradWeightGradient mine = current();
        for (int part = from; part < to; part++) {
            int line = part * linesOfPart;
            part(line, Math.min(linesOfPart, g.outChannels() - line), mine);
        }
    }

    /**
     * The filters [line, line + lines).
     *
     * @param mine has the operands of this thread
     */
    private void part(int line, int lines, WinogradWeightGradient mine) {
        WinogradTiles tiles = plan.tiles();
        Workspace workspace = Workspace.current();
        int channels = g.inChannels();
        int most = tiles.perBlock() * tiles.across();
        int inputStride = WinogradTiles.stride(padded(channels, COLUMNS), most);
        int gradientStride = WinogradTiles.stride(padded(lines, ROWS), most);
        int sumStride = lines * channels + Workspace.ALIGNED;
        float[] inputs = workspace.aligned(Slot.WINOGRAD_INPUTS, WinogradTiles.POSITIONS * inputStride);
        float[] gradients = workspace.floats(Slot.WINOGRAD_GRADIENTS,
                Workspace.ALIGNED + WinogradTiles.POSITIONS * gradientStride);
        float[] sums = workspace.aligned(Slot.PACKED_WEIGHTS, WinogradTiles.POSITIONS * sumStride + COLUMNS);
        for (int row = 0; row < tiles.rows(); row += tiles.perBlock()) {
            int rows = Math.min(tiles.perBlock(), tiles.rows() - row);
            mine.inputTiles.pack(tiles, plan.input(), row, rows, x, xOffset, channels, g.height() * g.width(), 0,
                    channels,
                    inputs, inputStride);
            mine.gradientTiles.pack(tiles, plan.gradient(), row, rows, dY, dYOffset, g.outChannels(), g.outputPixels(),
                    line,
                    lines, gradients, gradientStride);
            for (int position = 0; position < WinogradTiles.POSITIONS; position++) {
                mine.left.set(gradients, Workspace.ALIGNED + position * gradientStride, 0);
                mine.right.set(inputs, Workspace.ALIGNED + position * inputStride, 0);
                BlockedGemm.block(0, lines, 0, channels, rows * tiles.across(), mine.left, mine.right,
                        row == 0 ? 0 : 1, sums, Workspace.ALIGNED + position * sumStride, channels);
            }
        }
        WinogradTaps.store(lines, channels, sums, sumStride, beta, dW, dWOffset + line * channels * 9);
    }

    private static int padded(int lines, int width) {
        return Math.ceilDiv(lines, width) * width;
    }
}
