package org.lanewise.kernels.conv;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.gemm.Finish;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.MUL;
import static jdk.incubator.vector.VectorOperators.SUB;

/**
 * The outputs of a block of tiles, Y = A^T M A, from the sixteen products M.
 *
 * <pre>
 *   A^T = | 1  1  1  0 |
 *         | 0  1 -1 -1 |
 * </pre>
 *
 * By whole vectors of tiles: the four outputs of each are four streams, which are then interleaved to rows of an image and copied to
 * the result, so that nothing but these rows is written there.
 */
final class WinogradOutput {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private WinogradOutput() {
    }

    /**
     * Transforms some lines of the rows [firstRow, firstRow + rows) of tiles: y := f(outputs + beta*z + bias).
     *
     * @param products   {@code lines} lines for each position
     * @param firstLine  plane of an image that the first line is
     * @param planes     planes of an image of y
     * @param z          what is added, as y is laid out; may be y
     */
    static void transform(WinogradTiles tiles, int firstRow, int rows, float[] products, int firstLine, int lines,
            int planes, float beta, float[] z, int zOffset, Epilogue epilogue, float[] y, int yOffset) {
        Workspace workspace = Workspace.current();
        int across = tiles.across();
        int columns = tiles.columns();
        int stride = WinogradTiles.stride(lines, columns);
        int between = columns + L;
        int width = tiles.width();
        float[] streams = workspace.floats(Slot.WINOGRAD_STREAMS, 4 * between);
        float[] pixels = workspace.floats(Slot.WINOGRAD_PIXELS, 2 * rows * width + 2 * L + 2);
        for (int line = 0; line < lines; line++) {
            multiply(rows * across, products, Workspace.ALIGNED + line * columns, stride, streams, between);
            int some;
            for (int row = 0; row < rows; row += some) {
                int image = (firstRow + row) / tiles.down();
                int u = (firstRow + row) % tiles.down();
                some = Math.min(rows - row, tiles.down() - u);
                int count = Math.min(2 * some, tiles.height() - 2 * u) * width;
                int to = yOffset + ((image * planes + firstLine + line) * tiles.height() + 2 * u) * width;
                interleaveRows(some, across, width, streams, row * across, between, pixels);
                if (beta != 0) {
                    add(count, beta, z, zOffset + to - yOffset, pixels);
                }
                Finish.apply(epilogue, firstLine + line, 0, 1, count, pixels, 0, count);
                System.arraycopy(pixels, 0, y, to, count);
            }
        }
    }

    /** A^T M A of all tiles. */
    private static void multiply(int tiles, float[] m, int from, int stride, float[] streams, int between) {
        for (int q = 0, at = from; q < tiles; q += L, at += L) {
            FloatVector middle = FloatVector.fromArray(S, m, at + 4 * stride);
            FloatVector lower = FloatVector.fromArray(S, m, at + 8 * stride);
            FloatVector top0 = FloatVector.fromArray(S, m, at).lanewise(ADD, middle).lanewise(ADD, lower);
            FloatVector bottom0 = middle.lanewise(SUB, lower).lanewise(SUB,
                    FloatVector.fromArray(S, m, at + 12 * stride));
            middle = FloatVector.fromArray(S, m, at + 5 * stride);
            lower = FloatVector.fromArray(S, m, at + 9 * stride);
            FloatVector top1 = FloatVector.fromArray(S, m, at + stride).lanewise(ADD, middle).lanewise(ADD, lower);
            FloatVector bottom1 = middle.lanewise(SUB, lower).lanewise(SUB,
                    FloatVector.fromArray(S, m, at + 13 * stride));
            middle = FloatVector.fromArray(S, m, at + 6 * stride);
            lower = FloatVector.fromArray(S, m, at + 10 * stride);
            FloatVector top2 = FloatVector.fromArray(S, m, at + 2 * stride).lanewise(ADD, middle).lanewise(ADD, lower);
            FloatVector bottom2 = middle.lanewise(SUB, lower).lanewise(SUB,
                    FloatVector.fromArray(S, m, at + 14 * stride));
            middle = FloatVector.fromArray(S, m, at + 7 * stride);
            lower = FloatVector.fromArray(S, m, at + 11 * stride);
            FloatVector top3 = FloatVector.fromArray(S, m, at + 3 * stride).lanewise(ADD, middle).lanewise(ADD, lower);
            FloatVector bottom3 = middle.lanewise(SUB, lower).lanewise(SUB,
                    FloatVector.fromArray(S, m, at + 15 * stride));
            top0.lanewise(ADD, top1).lanewise(ADD, top2).intoArray(streams, q);
            top1.lanewise(SUB, top2).lanewise(SUB, top3).intoArray(streams, q + between);
            bottom0.lanewise(ADD, bottom1).lanewise(ADD, bottom2).intoArray(streams, q + 2 * between);
            bottom1.lanewise(SUB, bottom2).lanewise(SUB, bottom3).intoArray(streams, q + 3 * between);
        }
    }

    /** Rows of tiles to twice as many rows of pixels; what is too much of a row is overwritten by the next. */
    private static void interleaveRows(int rows, int across, int width, float[] streams, int first, int between,
            float[] pixels) {
        for (int i = 0, tile = first, to = 0; i < rows; i++, tile += across) {
            EverySecond.join(across, streams, tile, tile + between, pixels, to);
            to += width;
            EverySecond.join(across, streams, tile + 2 * between, tile + 3 * between, pixels, to);
            to += width;
        }
    }

    private static void add(int count, float beta, float[] z, int from, float[] pixels) {
        int whole = count / L * L;
        for (int i = 0; i < whole; i += L) {
            FloatVector.fromArray(S, z, from + i).lanewise(MUL, beta)
                    .lanewise(ADD, FloatVector.fromArray(S, pixels, i)).intoArray(pixels, i);
        }
        for (int i = whole; i < count; i++) {
            pixels[i] += beta * z[from + i];
        }
    }
}
