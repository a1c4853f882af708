package org.lanewise.kernels.conv;

import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.Blocking;

/**
 * The tiles of a {@link WinogradWeightGradient}, and how planes are copied before they are transposed.
 *
 * @param tiles    the blocks of tiles
 * @param input    some channels of x
 * @param gradient some filters of dY
 */
record WeightTiles(WinogradTiles tiles, PaddedPlanes input, PaddedPlanes gradient) {

    /** Of no convolution. */
    static final WeightTiles NONE = new WeightTiles(new WinogradTiles(0, 0, 0, 1), PaddedPlanes.NONE,
            PaddedPlanes.NONE);

    /**
     * Tiles of a block. More make sums less exact than those tap by tap, whose blocks have 256 steps: with 128 tiles the error was up
     * to 1.6 times theirs, with 64 up to 1.4, but the time of 32x64x56 and 32x128x28 1.1 times as long.
     */
    static final int MOST_TILES = Math.min(96, Blocking.KC);

    static WeightTiles of(Conv2dGeometry g) {
        WinogradTiles tiles = WinogradTiles.even(g.batch(), g.outputHeight(), g.outputWidth(), MOST_TILES);
        return new WeightTiles(tiles,
                layout(BlockedGemm.PANEL_COLUMNS, 2, g.height(), g.width(), g.paddingTop(), g.paddingLeft(), tiles),
                layout(BlockedGemm.PANEL_ROWS, 0, g.outputHeight(), g.outputWidth(), 0, 0, tiles));
    }

    private static PaddedPlanes layout(int channels, int more, int height, int width, int paddingTop, int paddingLeft,
            WinogradTiles tiles) {
        return new PaddedPlanes(channels, new Sweep(height, 2 * tiles.down() + more, 1, 1, 1, -paddingTop),
                new Sweep(width, 2 * tiles.across() + more, 1, 1, 1, -paddingLeft),
                2 * Math.min(tiles.perBlock(), tiles.down()) + more);
    }
}
