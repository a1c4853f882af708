package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.Blocking;
import org.lanewise.kernels.gemm.Operand;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * Convolution with 3x3 taps, stride 1 and no dilation by Winograd's minimal filtering F(2x2, 3x3): tiles of 4x4 inputs give 2x2
 * outputs with 16 multiplications in place of 36.
 *
 * <pre>
 *   Y(k) = A^T [ sum over c of (G g(k, c) G^T) .* (B^T d(c) B) ] A
 * </pre>
 *
 * The sum over channels is a product of matrices for each of the 16 positions of a tile:
 *
 * <pre>
 *   for some filters                             transformed once, all positions at most FILTERS floats; or kept, all of them
 *     for each block of tiles                    threads share them
 *       V := transformed inputs                  16 x (channels, tiles)
 *       for some of the filters
 *         M := U * V                             16 x (filters, tiles)
 *         result := transformed M
 * </pre>
 *
 * @see <a href="https://arxiv.org/abs/1509.09308">Lavin, Gray: Fast Algorithms for Convolutional Neural Networks, 2015</a>
 */
final class WinogradConv2d extends SharedLoop {

    /** Floats of transformed filters that are held: 6 MB. All but those of the deepest layers fit. */
    private static final int FILTERS = Blocking.property("lanewise.conv.winogradFilters", 3 * 512 * 1024, 1 << 30);

    /**
     * Floats of transformed inputs that a block may take, if a panel of columns is not more than that; and those of its products:
     * 512 KB each, half of a server's L2 cache together. Milliseconds of 8x64x56 with 64 filters for a quarter of it, half, this,
     * twice and four times as many inputs: 11.7 9.3 9.8 9.5 10.2; a panel is better than half of it, and more than one no better
     * for 8x512x7.
     */
    private static final int INPUTS = Blocking.property("lanewise.conv.winogradInputs", 128 * 1024, 1 << 30);
    private static final int PRODUCTS = Blocking.property("lanewise.conv.winogradProducts", 128 * 1024, 1 << 30);

    /** Columns of a block, so that few channels make many blocks for threads to share. */
    private static final int COLUMNS = 256;

    /** Whether it is ever chosen by itself. */
    static final boolean ENABLED = Boolean
            .parseBoolean(System.getProperty("lanewise.conv.winograd", "true"));

    /** See {@link #wins}. */
    private static final int MIN_TILES = 48;
    private static final int MIN_CHANNELS = 8;
    private static final int MIN_PRODUCTS = 32 * 1024;

    /** Floats of a row of tiles at each position, so that a thread keeps no more than 4 MB of inputs. */
    private static final int MAX_ROW = 64 * 1024;

    /** Taps of a filter in a row. */
    private static final int SIDE = 3;

    /** What an array holds, with slack. */
    private static final int MAX_FLOATS = Integer.MAX_VALUE - 1024;

    private static final int PANEL = BlockedGemm.PANEL_ROWS;

    private static final ThreadLocal<WinogradConv2d> CURRENT = ThreadLocal.withInitial(WinogradConv2d::new);
    private static final float[] EMPTY = {};

    private final PositionPanels left = new PositionPanels();
    private final PositionPanels right = new PositionPanels();
    private final StoredOperand stored = new StoredOperand();

    private WinogradTiles tiles = new WinogradTiles(0, 0, 0, 1);
    private TileRows split = new TileRows(0, 0, 0, 0, 0);
    private int channels;
    private int planes;
    private float[] filters = EMPTY;
    private int firstLine;
    private int lines;
    private float[] x = EMPTY;
    private int xOffset;
    private float beta;
    private Epilogue epilogue = Epilogue.NONE;
    private float[] z = EMPTY;
    private int zOffset;
    private float[] y = EMPTY;
    private int yOffset;
    private int parts;
    private int linesOfPart;

    private WinogradConv2d() {
    }

    static WinogradConv2d current() {
        return CURRENT.get();
    }

    /**
     * {@return whether this is faster than summing tap by tap} Not with few tiles, to which the filters are transformed in vain, nor few
     * channels or filters, where the tiles are. Ratios for images, channels, height and filters: 1x512x7 512 0.79, 1x128x8 128 0.71,
     * 1x256x14 256 1.3; 8x3x56 64 0.44, 8x8x28 8 0.91, 8x16x28 16 1.09, 8x32x28 32 1.23; 1x16x16 16 0.86, 1x32x14 64 1.11;
     * 64x64x5 64 1.04.
     */
    static boolean wins(int images, int inputs, int outputs, int height, int width) {
        long across = Math.ceilDiv(width, 2);
        long tiles = images * across * Math.ceilDiv(height, 2);
        return ENABLED && tiles >= MIN_TILES && (long) inputs * outputs >= MIN_CHANNELS * ((long) inputs + outputs)
                && tiles * inputs * outputs >= MIN_PRODUCTS && 2 * tiles <= (long) images * height * width
                && Math.max(across, BlockedGemm.PANEL_COLUMNS) * inputs <= MAX_ROW;
    }

    /** Y := f(W * X + factor*Z + bias), with the transformed filters that are kept for W; Z may be Y. */
    void forward(Conv2dGeometry g, float[] input, int inputOffset, KeptWeights weights, Epilogue last, float factor,
            float[] added, int addedOffset, float[] output, int outputOffset, Parallelism parallelism) {
        seeInput(g);
        z = added;
        zOffset = addedOffset;
        run(g.batch(), g.outputHeight(), g.outputWidth(), null, weights.filters(g), false, input, inputOffset, factor,
                last, output, outputOffset, parallelism);
    }

    private void seeInput(Conv2dGeometry g) {
        channels = g.inChannels();
        planes = g.outChannels();
        split = new TileRows(g.height(), g.width(), g.paddingTop(), g.paddingLeft(), Math.ceilDiv(g.outputWidth(), 2));
    }

    /** Y := f(W * X + factor*Y + bias). */
    void forward(Conv2dGeometry g, float[] input, int inputOffset, float[] weight, int weightOffset, Epilogue last,
            float factor, float[] output, int outputOffset, Parallelism parallelism) {
        seeInput(g);
        z = output;
        zOffset = outputOffset;
        stored.set(weight, weightOffset, g.taps(), 1, 1);
        run(g.batch(), g.outputHeight(), g.outputWidth(), stored, EMPTY, false, input, inputOffset, factor, last,
                output,
                outputOffset, parallelism);
    }

    /** dX := the transposed convolution of dY, + factor*dX: a convolution of dY with turned filters. */
    void backwardData(Conv2dGeometry g, float[] weight, int weightOffset, float[] dY, int dYOffset, float factor,
            float[] dX, int dXOffset, Parallelism parallelism) {
        channels = g.outChannels();
        planes = g.inChannels();
        z = dX;
        zOffset = dXOffset;
        split = new TileRows(g.outputHeight(), g.outputWidth(), SIDE - 1 - g.paddingTop(),
                SIDE - 1 - g.paddingLeft(), Math.ceilDiv(g.width(), 2));
        run(g.batch(), g.height(), g.width(),
                new FilterLines(weight, weightOffset, g.outChannels(), g.inChannels(), SIDE * SIDE), EMPTY, true, dY,
                dYOffset, factor, Epilogue.NONE, dX, dXOffset, parallelism);
    }

    /**
     * The images of the result.
     *
     * @param taps   the filters, or null if they are kept
     * @param kept   all filters, transformed; not looked at if there are taps
     * @param turned whether the taps are turned by 180 degrees
     */
    private void run(int images, int rows, int columns, @Nullable Operand taps, float[] kept, boolean turned,
            float[] input, int inputOffset, float factor, Epilogue last, float[] output, int outputOffset,
            Parallelism parallelism) {
        x = input;
        xOffset = inputOffset;
        beta = factor;
        epilogue = last;
        y = output;
        yOffset = outputOffset;
        long floatsOfChannel = WinogradTiles.POSITIONS * Math.max(channels, 1L);
        tiles = WinogradTiles.of(images, rows, columns,
                Math.clamp(INPUTS / floatsOfChannel, BlockedGemm.PANEL_COLUMNS, COLUMNS), parallelism.threads());
        int some = taps == null ? planes : Blocking.evenPart(planes, panels((int) (FILTERS / floatsOfChannel)), PANEL);
        try {
            // refused here, before anything is written
            floats(WinogradTiles.size(channels, tiles.columns()));
            floats(WinogradTiles.size(linesOfProducts(some), tiles.columns()));
            filters = taps == null
                    ? kept
                    : Workspace.current().aligned(Slot.PACKED_WEIGHTS, floats(WinogradFilters.size(some, channels)));
            for (firstLine = 0; firstLine < planes; firstLine += some) {
                lines = Math.min(some, planes - firstLine);
                if (taps != null) {
                    WinogradFilters.transform(taps, firstLine, lines, channels, turned, filters);
                }
                int partsOfBlock = Math.max(1, parallelism.threads() / tiles.blocks());
                // no fewer, or inputs would be transformed for another part
                linesOfPart = WinogradFilters.padded(Math.ceilDiv(lines, partsOfBlock));
                parts = Math.ceilDiv(lines, linesOfPart);
                share(tiles.blocks() * parts, 1, parallelism);
            }
        } finally {
            stored.clear();
            filters = EMPTY;
            x = EMPTY;
            y = EMPTY;
            z = EMPTY;
            epilogue = Epilogue.NONE;
        }
    }

    /** Lines whose products are held at a time. */
    private int linesOfProducts(int all) {
        return Blocking.evenPart(all, panels(PRODUCTS / WinogradTiles.POSITIONS / tiles.columns()), PANEL);
    }

    /** The length of an array. */
    private int floats(long size) {
        if (size > MAX_FLOATS) {
            throw new IllegalArgumentException("tiles of " + channels + " channels, " + tiles.across()
                    + " in a row, need " + size + " floats, but an array holds at most " + MAX_FLOATS);
        }
        return (int) size;
    }

    /** Lines in whole panels, not more than {@code most} but one panel. */
    private static int panels(int most) {
        return Math.max(most / PANEL, 1) * PANEL;
    }

    @Override
    protected void run(int from, int to) {
        WinogradConv2d mine = current();
        for (int task = from; task < to; task++) {
            int line = task % parts * linesOfPart;
            block(task / parts * tiles.perBlock(), line, Math.min(lines, line + linesOfPart), mine);
        }
    }

    /**
     * The lines [from, to) of a block.
     *
     * @param mine has the operands of this thread
     */
    private void block(int firstRow, int from, int to, WinogradConv2d mine) {
        Workspace workspace = Workspace.current();
        int rows = Math.min(tiles.perBlock(), tiles.rows() - firstRow);
        int columns = tiles.columns();
        float[] inputs = workspace.aligned(Slot.WINOGRAD_INPUTS,
                floats(WinogradTiles.size(channels, columns)));
        WinogradInput.transform(tiles, split, firstRow, rows, x, xOffset, channels, inputs);
        int some = linesOfProducts(to - from);
        float[] products = workspace.aligned(Slot.WINOGRAD_PRODUCTS,
                floats(WinogradTiles.size(some, columns)));
        for (int line = from; line < to; line += some) {
            int count = Math.min(some, to - line);
            multiply(line, count, columns, inputs, products, mine);
            WinogradOutput.transform(tiles, firstRow, rows, products, firstLine + line, count, planes, beta, z, zOffset,
                    epilogue, y, yOffset);
        }
    }

    private void multiply(int line, int count, int columns, float[] inputs, float[] products, WinogradConv2d mine) {
        int filterStride = WinogradFilters.stride(lines, channels);
        int inputStride = WinogradTiles.stride(channels, columns);
        int productStride = WinogradTiles.stride(count, columns);
        int padded = WinogradFilters.padded(lines);
        int depth = WinogradTiles.depth(channels);
        for (int position = 0; position < WinogradTiles.POSITIONS; position++) {
            int product = Workspace.ALIGNED + position * productStride - line * columns;
            for (int c = 0; c == 0 || c < channels; c += depth) {
                mine.left.set(filters, Workspace.ALIGNED + position * filterStride + c * padded, padded);
                mine.right.set(inputs, Workspace.ALIGNED + position * inputStride + c * columns, columns);
                BlockedGemm.block(line, line + count, 0, columns, Math.min(depth, channels - c), mine.left, mine.right,
                        c == 0 ? 0 : 1, products, product, columns);
            }
        }
    }
}
