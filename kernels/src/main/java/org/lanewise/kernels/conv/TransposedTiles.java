package org.lanewise.kernels.conv;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.MUL;
import static jdk.incubator.vector.VectorOperators.NEG;
import static jdk.incubator.vector.VectorOperators.SUB;

/**
 * Tiles as operands of products that sum over tiles: their steps are tiles, their lines channels, which lie side by side. So planes
 * are transposed first, a panel of channels at a time, and each vector of a tile is a vector of channels.
 *
 * <pre>
 *   inputs    V = B^T d B                  d: 4x4 pixels, 2 from one tile to the next
 *   outputs   D = A dy A^T                 dy: 2x2 pixels, 0 beyond the image
 * </pre>
 *
 * B and A are those of {@link WinogradInput} and {@link WinogradOutput}. The factor on the left is multiplied into whole rows of
 * pixels, the one on the right tile by tile.
 */
final class TransposedTiles {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final FloatVector ONE = FloatVector.broadcast(S, 1);

    private final boolean inputs;
    private final int width;
    private final StoredOperand planes = new StoredOperand();

    /**
     * Tiles of one kind.
     *
     * @param inputs whether of inputs, else of outputs
     * @param width  channels of a panel
     */
    TransposedTiles(boolean inputs, int width) {
        this.inputs = inputs;
        this.width = width;
    }

    /** Pixels of a side of a tile. */
    private int side() {
        return inputs ? 4 : 2;
    }

    /**
     * Packs the rows [firstRow, firstRow + rows) of tiles of some channels.
     *
     * @param x       images with {@code channels} planes of {@code planeSize} pixels
     * @param first   the first channel
     * @param lines   how many
     * @param to      written from {@link Workspace#ALIGNED} on: positions {@code stride} floats apart, in them panels
     */
    void pack(WinogradTiles tiles, PaddedPlanes layout, int firstRow, int rows, float[] x, int xOffset, int channels,
            int planeSize, int first, int lines, float[] to, int stride) {
        Workspace workspace = Workspace.current();
        int across = tiles.across();
        int size = layout.channelSize();
        float[] copy = workspace.floats(Slot.PADDED_PLANES, layout.floats());
        float[] pixels = workspace.floats(Slot.TRANSPOSED_PLANES, Workspace.ALIGNED + size * width + L);
        float[] line = workspace.floats(Slot.WINOGRAD_STREAMS, 4 * layout.pitch() * width + L);
        int steps = rows * across;
        for (int c = 0; c < lines; c += width) {
            int present = Math.min(width, lines - c);
            int some;
            for (int row = 0; row < rows; row += some) {
                int image = (firstRow + row) / tiles.down();
                int u = (firstRow + row) % tiles.down();
                some = Math.min(rows - row, tiles.down() - u);
                int count = 2 * some + side() - 2;
                layout.load(x, xOffset + (image * channels + first + c) * planeSize, present, 2 * u, count, copy);
                planes.set(copy, 0, size, 1, 1);
                planes.pack(0, present, 0, count * layout.pitch(), width, pixels, Workspace.ALIGNED);
                planes.clear();
                int out = Workspace.ALIGNED + c * steps + row * across * width;
                transform(some, across, layout.pitch() * width, pixels, line, to, out, stride);
            }
        }
    }

    private void transform(int rows, int across, int pitch, float[] pixels, float[] line, float[] to, int start,
            int stride) {
        for (int i = 0, from = Workspace.ALIGNED, out = start; i < rows; i++) {
            if (inputs) {
                inputRows(pitch, pixels, from, pitch, line);
            } else {
                outputRows(pitch, pixels, from, from + pitch, line);
            }
            // from the last lanes to the first: what a vector writes beyond a panel, the next tile overwrites
            for (int lane = (width - 1) / L * L; lane >= 0; lane -= L) {
                for (int j = 0; j < 4; j++) {
                    if (inputs) {
                        inputTiles(across, width, line, j * pitch + lane, to, out + lane + 4 * j * stride, stride);
                    } else {
                        outputTiles(across, width, line, j * pitch + lane, to, out + lane + 4 * j * stride, stride);
                    }
                }
            }
            from += 2 * pitch;
            out += across * width;
        }
    }

    /** B^T d for a row of pixels. */
    private static void inputRows(int n, float[] pixels, int from, int below, float[] line) {
        for (int i = 0; i < n; i += L) {
            FloatVector d0 = FloatVector.fromArray(S, pixels, from + i);
            FloatVector d1 = FloatVector.fromArray(S, pixels, from + below + i);
            FloatVector d2 = FloatVector.fromArray(S, pixels, from + 2 * below + i);
            FloatVector d3 = FloatVector.fromArray(S, pixels, from + 3 * below + i);
            d0.lanewise(SUB, d2).intoArray(line, i);
            d1.lanewise(ADD, d2).intoArray(line, n + i);
            d2.lanewise(SUB, d1).intoArray(line, 2 * n + i);
            d1.lanewise(SUB, d3).intoArray(line, 3 * n + i);
        }
    }

    /** (d0, d1, d2, d3) B of the tiles in a row. */
    private static void inputTiles(int tiles, int width, float[] line, int from, float[] to, int out, int stride) {
        for (int v = 0, at = from, o = out; v < tiles; v++, at += 2 * width, o += width) {
            FloatVector d0 = FloatVector.fromArray(S, line, at);
            FloatVector d1 = FloatVector.fromArray(S, line, at + width);
            FloatVector d2 = FloatVector.fromArray(S, line, at + 2 * width);
            FloatVector d3 = FloatVector.fromArray(S, line, at + 3 * width);
            d0.lanewise(SUB, d2).intoArray(to, o);
            d1.lanewise(ADD, d2).intoArray(to, o + stride);
            d2.lanewise(SUB, d1).intoArray(to, o + 2 * stride);
            d1.lanewise(SUB, d3).intoArray(to, o + 3 * stride);
        }
    }

    /** A dy for a row of pixels. */
    private static void outputRows(int n, float[] pixels, int top, int bottom, float[] line) {
        for (int i = n - 1 - (n - 1) % L; i >= 0; i -= L) {
            FloatVector a = FloatVector.fromArray(S, pixels, top + i);
            FloatVector b = FloatVector.fromArray(S, pixels, bottom + i);
            b.lanewise(NEG).intoArray(line, 3 * n + i);
            a.lanewise(SUB, b).intoArray(line, 2 * n + i);
            a.lanewise(ADD, b).intoArray(line, n + i);
            ONE.lanewise(MUL, a).intoArray(line, i);
        }
    }

    /** (a, b) A^T of the tiles in a row. */
    private static void outputTiles(int tiles, int width, float[] line, int from, float[] to, int out, int stride) {
        for (int v = 0, at = from, o = out; v < tiles; v++, at += 2 * width, o += width) {
            FloatVector a = FloatVector.fromArray(S, line, at);
            FloatVector b = FloatVector.fromArray(S, line, at + width);
            ONE.lanewise(MUL, a).intoArray(to, o);
            a.lanewise(ADD, b).intoArray(to, o + stride);
            a.lanewise(SUB, b).intoArray(to, o + 2 * stride);
            b.lanewise(NEG).intoArray(to, o + 3 * stride);
        }
    }
}
