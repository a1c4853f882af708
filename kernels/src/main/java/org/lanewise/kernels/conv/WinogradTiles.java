package org.lanewise.kernels.conv;

import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.Blocking;
import org.lanewise.kernels.vector.Lanes;

/**
 * How the outputs of a batch of images are cut into tiles of 2x2 outputs, and these into blocks that are computed together.
 *
 * <p>
 * A tile sees 4x4 inputs, and its neighbours begin two further. Rows of tiles are counted through all images, so that the columns
 * of a product are filled by several small images. A block is some whole rows of tiles; its columns are padded to whole panels.
 *
 * @param images   images
 * @param height   rows of the outputs
 * @param width    columns of the outputs
 * @param perBlock rows of tiles in a block
 */
record WinogradTiles(int images, int height, int width, int perBlock) {

    /** Positions of a tile, 4x4. */
    static final int POSITIONS = 16;

    private static final int MAX_DEPTH = Math.min(128, Blocking.KC);

    /**
     * Channels that are summed in registers before a product is touched: half as many as elsewhere, because more make sums of a
     * channel's tiles less exact than sums tap by tap, whose blocks are cut shorter by their nine taps a channel. Error for 256
     * channels, Gaussian data, as a ratio to that of summing tap by tap: 1.78 with 256 channels, 1.3 with 128. Time 1.00; with 64,
     * 1.1.
     */
    static int depth(int channels) {
        return Blocking.evenPart(channels, MAX_DEPTH, 1);
    }

    /** Floats from one position to the next of a matrix at each: sixteen streams must not share the ways of a cache set. */
    static int stride(int lines, int columns) {
        return (int) wideStride(lines, columns);
    }

    /** Floats of all positions. */
    static long size(int lines, int columns) {
        return POSITIONS * wideStride(lines, columns) + Lanes.COUNT;
    }

    private static long wideStride(long lines, long columns) {
        return Math.ceilDiv(lines * columns, Lanes.COUNT) * Lanes.COUNT + Lanes.COUNT;
    }

    /** Tiles in a row. */
    int across() {
        return across(width);
    }

    /** Rows of tiles in an image. */
    int down() {
        return Math.ceilDiv(height, 2);
    }

    /** Rows of tiles in all images. */
    int rows() {
        return images * down();
    }

    /** Blocks of all images. */
    int blocks() {
        return Math.ceilDiv(rows(), perBlock);
    }

    /** Columns of the products of a block, tiles padded to whole panels. */
    int columns() {
        return columns(perBlock, across());
    }

    private static int across(int width) {
        return Math.ceilDiv(width, 2);
    }

    private static int columns(int rows, int across) {
        return Math.ceilDiv(rows * across, BlockedGemm.PANEL_COLUMNS) * BlockedGemm.PANEL_COLUMNS;
    }

    /**
     * The cut with the fewest columns altogether that has no more than {@code mostColumns} in a block, or one row of tiles, and as
     * many blocks as there are threads if there are rows enough.
     */
    static WinogradTiles of(int images, int height, int width, int mostColumns, int threads) {
        int across = across(width);
        int rows = images * Math.ceilDiv(height, 2);
        int most = Math.clamp(Math.min(mostColumns / across, Math.ceilDiv(rows, threads)), 1, rows);
        int best = 1;
        long fewest = Long.MAX_VALUE;
        for (int perBlock = most; perBlock >= Math.ceilDiv(most, 2); perBlock--) {
            long all = (long) (rows / perBlock) * columns(perBlock, across) + columns(rows % perBlock, across);
            if (all < fewest) {
                fewest = all;
                best = perBlock;
            }
        }
        return new WinogradTiles(images, height, width, best);
    }

    /** Blocks of equal rows, but the last one, with no more than {@code most} tiles, or one row of them. */
    static WinogradTiles even(int images, int height, int width, int most) {
        int rows = images * Math.ceilDiv(height, 2);
        return new WinogradTiles(images, height, width,
                Blocking.evenPart(rows, Math.max(most / Math.max(across(width), 1), 1), 1));
    }
}
