package org.lanewise.kernels.conv;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.Operand;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.MUL;
import static jdk.incubator.vector.VectorOperators.SUB;

/**
 * Filters of 3x3 taps as tiles of 4x4, U = G g G^T, packed as the left operands of sixteen products.
 *
 * <pre>
 *       | 1    0    0  |
 *   G = | 1/2  1/2  1/2|
 *       | 1/2 -1/2  1/2|
 *       | 0    0    1  |
 * </pre>
 *
 * The taps are packed into panels first, so that the lines of a panel lie side by side and are transformed together.
 */
final class WinogradFilters {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final int MR = BlockedGemm.PANEL_ROWS;
    private static final int TAPS = 9;

    /**
     * Steps of turned filters that are transformed at a time for all lines: their lines stand side by side in memory, but their steps
     * far apart. By data of 8x512x7 with 512 filters 1.13 times the speed of all steps at a time.
     */
    private static final int TURNED_AT_ONCE = 32;

    private static final FloatVector ONE = FloatVector.broadcast(S, 1);

    private WinogradFilters() {
    }

    /** Floats from one position to the next. */
    static int stride(int lines, int steps) {
        return WinogradTiles.stride(padded(lines), steps);
    }

    /** Floats of all positions. */
    static long size(int lines, int steps) {
        return WinogradTiles.size(padded(lines), steps);
    }

    /** Lines, padded to whole panels. */
    static int padded(int lines) {
        return Math.ceilDiv(lines, MR) * MR;
    }

    /**
     * The length of an array that keeps them.
     *
     * @throws IllegalArgumentException if that is more than an array holds
     */
    static int arraySize(int lines, int steps) {
        long size = size(lines, steps) + Workspace.ALIGNED;
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    lines + " filters of " + steps + " channels need 16*" + lines + "*" + steps
                            + " floats when they are transformed, but an array holds at most " + Integer.MAX_VALUE);
        }
        return (int) size;
    }

    /**
     * Transforms some lines.
     *
     * @param taps    lines are outputs of a product, steps are (channel, tap)
     * @param turned  whether the taps are turned by 180 degrees
     * @param to      written from {@link Workspace#ALIGNED} on
     */
    static void transform(Operand taps, int firstLine, int lines, int steps, boolean turned, float[] to) {
        int padded = padded(lines);
        int stride = stride(lines, steps);
        int depth = WinogradTiles.depth(steps);
        float[] panel = Workspace.current().floats(Slot.TAPS, MR * TAPS * depth + L);
        float[] kept = Workspace.current().floats(Slot.TILE, WinogradTiles.POSITIONS * L);
        for (int p = 0; p < steps; p += depth) {
            int count = Math.min(depth, steps - p);
            int some = turned ? Math.min(count, TURNED_AT_ONCE) : count;
            for (int q = 0; q < count; q += some) {
                int n = Math.min(some, count - q);
                for (int line = 0; line < lines; line += MR) {
                    taps.pack(firstLine + line, Math.min(MR, lines - line), TAPS * (p + q), TAPS * n, MR, panel, 0);
                    int at = Workspace.ALIGNED + p * padded + line * count + q * MR;
                    // beyond the last step of a panel stands the first of the next one, which was written before
                    boolean overlaps = q > 0 && q + n == count && line + MR < lines;
                    if (overlaps) {
                        copy(to, at + n * MR, stride, kept, 0, L);
                    }
                    transformPanel(n, panel, turned, to, at, stride);
                    if (overlaps) {
                        copy(kept, 0, L, to, at + n * MR, stride);
                    }
                }
            }
        }
    }

    /** Copies a vector of each position. */
    private static void copy(float[] from, int at, int step, float[] to, int out, int outStep) {
        for (int position = 0; position < WinogradTiles.POSITIONS; position++) {
            System.arraycopy(from, at + position * step, to, out + position * outStep, L);
        }
    }

    private static void transformPanel(int count, float[] taps, boolean turned, float[] to, int out,
            int stride) {
        int right = turned ? -MR : MR;
        int below = 3 * right;
        // from the last lanes to the first: what a vector writes beyond a panel's lines, the first lanes of the next step overwrite
        for (int lane = (MR - 1) / L * L; lane >= 0; lane -= L) {
            int first = (turned ? 8 * MR : 0) + lane;
            outer(count, taps, first, right, to, out + lane, stride);
            inner(count, 0.5f, taps, first, below, right, to, out + lane + 4 * stride, stride);
            inner(count, -0.5f, taps, first, below, right, to, out + lane + 8 * stride, stride);
            outer(count, taps, first + 2 * below, right, to, out + lane + 12 * stride, stride);
        }
    }

    /** The first or last row of U: a row of taps, transformed along it. */
    private static void outer(int count, float[] taps, int first, int right, float[] to, int out, int stride) {
        for (int i = 0, at = first, o = out; i < count; i++, at += TAPS * MR, o += MR) {
            FloatVector a = FloatVector.fromArray(S, taps, at);
            FloatVector b = FloatVector.fromArray(S, taps, at + right);
            FloatVector c = FloatVector.fromArray(S, taps, at + 2 * right);
            FloatVector ends = a.lanewise(ADD, c);
            ONE.lanewise(MUL, a).intoArray(to, o);
            ends.lanewise(ADD, b).lanewise(MUL, 0.5f).intoArray(to, o + stride);
            ends.lanewise(SUB, b).lanewise(MUL, 0.5f).intoArray(to, o + 2 * stride);
            ONE.lanewise(MUL, c).intoArray(to, o + 3 * stride);
        }
    }

    /** A row between, where the middle taps count by {@code middle}, half or minus half of them. */
    private static void inner(int count, float middle, float[] taps, int first, int below, int right, float[] to,
            int out, int stride) {
        for (int i = 0, at = first, o = out; i < count; i++, at += TAPS * MR, o += MR) {
            FloatVector a = FloatVector.fromArray(S, taps, at)
                    .lanewise(ADD, FloatVector.fromArray(S, taps, at + 2 * below)).lanewise(MUL, 0.5f)
                    .lanewise(ADD, FloatVector.fromArray(S, taps, at + below).lanewise(MUL, middle));
            FloatVector b = FloatVector.fromArray(S, taps, at + right)
                    .lanewise(ADD, FloatVector.fromArray(S, taps, at + right + 2 * below)).lanewise(MUL, 0.5f)
                    .lanewise(ADD, FloatVector.fromArray(S, taps, at + right + below).lanewise(MUL, middle));
            FloatVector c = FloatVector.fromArray(S, taps, at + 2 * right)
                    .lanewise(ADD, FloatVector.fromArray(S, taps, at + 2 * right + 2 * below)).lanewise(MUL, 0.5f)
                    .lanewise(ADD, FloatVector.fromArray(S, taps, at + 2 * right + below).lanewise(MUL, middle));
            FloatVector ends = a.lanewise(ADD, c);
            ONE.lanewise(MUL, a).intoArray(to, o);
            ends.lanewise(ADD, b).lanewise(MUL, 0.5f).intoArray(to, o + stride);
            ends.lanewise(SUB, b).lanewise(MUL, 0.5f).intoArray(to, o + 2 * stride);
            ONE.lanewise(MUL, c).intoArray(to, o + 3 * stride);
        }
    }
}
