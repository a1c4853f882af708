package org.lanewise.kernels.conv;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.SUB;

/**
 * The inputs of a block of tiles, V = B^T d B, packed as the right operands of sixteen products: their columns are tiles, their steps
 * channels.
 *
 * <pre>
 *         | 1  0 -1  0 |
 *   B^T = | 0  1  1  0 |
 *         | 0 -1  1  0 |
 *         | 0  1  0 -1 |
 * </pre>
 *
 * Channel by channel: some padded rows of the images are split into even and odd columns ({@link TileRows}). Each row is multiplied by B, and stands once
 * for each tile that sees it, in one stream for each position of a tile, without gaps between rows of tiles and between images.
 * From there B^T is multiplied by whole vectors of tiles, where they stand in the panels.
 */
final class WinogradInput {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final int NR = BlockedGemm.PANEL_COLUMNS;

    private WinogradInput() {
    }

    /**
     * Transforms the rows [firstRow, firstRow + rows) of tiles.
     *
     * @param x        images, {@code channels} planes of {@code planeSize} pixels each, from {@code xOffset} on
     * @param to       written from {@link Workspace#ALIGNED} on
     */
    static void transform(WinogradTiles tiles, TileRows split, int firstRow, int rows, float[] x, int xOffset,
            int channels, float[] to) {
        Workspace workspace = Workspace.current();
        int planeSize = split.height() * split.width();
        int across = tiles.across();
        int columns = tiles.columns();
        int between = columns + L;
        int pitch = split.pitch();
        int most = (2 * Math.min(rows, tiles.down()) + 2) * pitch;
        float[] lines = workspace.floats(Slot.PADDED_PLANES, most + L);
        Arrays.fill(lines, 0, most, 0);
        float[] streams = workspace.floats(Slot.WINOGRAD_STREAMS, WinogradTiles.POSITIONS * between);
        int stride = WinogradTiles.stride(channels, columns);
        int depth = WinogradTiles.depth(channels);
        for (int first = 0; first < channels; first += depth) {
            int count = Math.min(depth, channels - first);
            for (int c = 0; c < count; c++) {
                int some;
                for (int row = 0; row < rows; row += some) {
                    int image = (firstRow + row) / tiles.down();
                    int u = (firstRow + row) % tiles.down();
                    some = Math.min(rows - row, tiles.down() - u);
                    split.load(x, xOffset + (image * channels + first + c) * planeSize, 2 * u, 2 * some + 2, lines);
                    multiplyRows(some, across, lines, pitch, split.half(), streams, row * across, between);
                }
                int out = Workspace.ALIGNED + first * columns + c * NR;
                for (int j = 0; j < 4; j++) {
                    multiplyColumns(columns, streams, j * between, 4 * between, to, out + j * stride, 4 * stride,
                            NR * count);
                }
            }
        }
    }

    /** Row i of the tiles sees the lines 2i to 2i + 3. */
    private static void multiplyRows(int rows, int across, float[] lines, int pitch, int half, float[] streams,
            int firstTile, int between) {
        for (int i = 0, tile = firstTile; i < rows; i++, tile += across) {
            for (int r = 0; r < 4; r++) {
                int from = (2 * i + r) * pitch;
                multiplyRow(across, lines, from, from + half, streams, 4 * r * between + tile, between);
            }
        }
    }

    /** (d0, d1, d2, d3) B of each tile in a row. */
    private static void multiplyRow(int tiles, float[] lines, int even, int odd, float[] streams, int to,
            int between) {
        for (int v = 0; v < tiles; v += L) {
            FloatVector d0 = FloatVector.fromArray(S, lines, even + v);
            FloatVector d1 = FloatVector.fromArray(S, lines, odd + v);
            FloatVector d2 = FloatVector.fromArray(S, lines, even + v + 1);
            FloatVector d3 = FloatVector.fromArray(S, lines, odd + v + 1);
            d0.lanewise(SUB, d2).intoArray(streams, to + v);
            d1.lanewise(ADD, d2).intoArray(streams, to + v + between);
            d2.lanewise(SUB, d1).intoArray(streams, to + v + 2 * between);
            d1.lanewise(SUB, d3).intoArray(streams, to + v + 3 * between);
        }
    }

    /** B^T (d0, d1, d2, d3) of one column of all tiles, a panel at a time. */
    private static void multiplyColumns(int columns, float[] streams, int from, int below, float[] to, int out,
            int stride, int panel) {
        for (int q = 0, o = out; q < columns; q += L, o = out + q / NR * panel + q % NR) {
            FloatVector d0 = FloatVector.fromArray(S, streams, from + q);
            FloatVector d1 = FloatVector.fromArray(S, streams, from + q + below);
            FloatVector d2 = FloatVector.fromArray(S, streams, from + q + 2 * below);
            FloatVector d3 = FloatVector.fromArray(S, streams, from + q + 3 * below);
            d0.lanewise(SUB, d2).intoArray(to, o);
            d1.lanewise(ADD, d2).intoArray(to, o + stride);
            d2.lanewise(SUB, d1).intoArray(to, o + 2 * stride);
            d1.lanewise(SUB, d3).intoArray(to, o + 3 * stride);
        }
    }
}
