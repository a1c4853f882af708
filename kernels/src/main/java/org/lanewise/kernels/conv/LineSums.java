package org.lanewise.kernels.conv;

import org.lanewise.kernels.gemm.Blocking;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;

/**
 * A product whose left operand is read where it stands, for gradients by weights:
 *
 * <pre>
 *   sums(line, lane) += sum over pixels i of a(offsets(line) + i) * panel(i, lane)
 * </pre>
 */
final class LineSums {

    /** Lanes of the widest panel. */
    static final int WIDE = LineSums6x4.VECTORS * Lanes.COUNT;

    /** A multiple of the lines of all kernels. */
    private static final int LINES = 24;

    /** Pixels that are summed in registers, as in products: twice as many were 1.0 to 1.07 as fast, but lost more by rounding. */
    private static final int DEPTH = Blocking.KC;

    private LineSums() {
    }

    /** {@return the lanes of a panel for so many columns, or the first of them} */
    static int lanes(int columns) {
        int vectors = Math.ceilDiv(columns, Lanes.COUNT);
        return Math.clamp(vectors, LineSums12x2.VECTORS, LineSums6x4.VECTORS) * Lanes.COUNT;
    }

    /** {@return whether the CPU has the registers, and so many columns leave no more than a quarter of the lanes empty} */
    static boolean fills(int columns) {
        int rest = columns % WIDE;
        int lanes = columns - rest + (rest == 0 ? 0 : lanes(rest));
        return Lanes.REGISTERS >= 32 && 4 * columns >= 3 * lanes;
    }

    /** {@return the floats of the sums of a panel} */
    static int size(int lines) {
        return Math.ceilDiv(lines, LINES) * LINES * WIDE;
    }

    /** {@return the floats of the sums of as many panels as the columns fill} */
    static int size(int lines, int columns) {
        return Math.ceilDiv(columns, WIDE) * size(lines);
    }

    /**
     * Adds some pixels.
     *
     * @param aOffset of the first pixel, added to the offsets
     * @param first   the first of the lines
     * @param panel   from {@link Workspace#ALIGNED} on
     * @param lanes   of it: see {@link #lanes}
     * @param from    index of the first of {@link #size(int)} sums
     */
    static void add(int pixels, float[] a, int aOffset, int[] offsets, int first, int lines, float[] panel, int lanes,
            float[] sums, int from) {
        int vectors = lanes / Lanes.COUNT;
        int some = switch (vectors) {
            case LineSums12x2.VECTORS -> LineSums12x2.LINES;
            case LineSums8x3.VECTORS -> LineSums8x3.LINES;
            default -> LineSums6x4.LINES;
        };
        int depth = Blocking.evenPart(pixels, DEPTH, 1);
        int end = first + lines;
        for (int line = first, to = from; line < end; line += some, to += some * lanes) {
            for (int p = 0; p < pixels; p += depth) {
                int n = Math.min(depth, pixels - p);
                int at = aOffset + p;
                int b = Workspace.ALIGNED + p * lanes;
                switch (vectors) {
                    case LineSums12x2.VECTORS -> LineSums12x2.add(n, a, at, offsets, line, end, panel, b, sums, to);
                    case LineSums8x3.VECTORS -> LineSums8x3.add(n, a, at, offsets, line, end, panel, b, sums, to);
                    default -> LineSums6x4.add(n, a, at, offsets, line, end, panel, b, sums, to);
                }
            }
        }
    }

    /**
     * result(line, column) := the sum + beta*result(line, column).
     *
     * @param sums    of the panels, one behind the other from {@link Workspace#ALIGNED} on
     * @param to      index of the first result
     * @param lineStep   distance of two lines in the result
     * @param columnStep distance of two columns
     */
    static void finish(float[] sums, int lines, int columns, float beta, float[] result, int to, int lineStep,
            int columnStep) {
        for (int column = 0; column < columns; column++) {
            int lane = column % WIDE;
            int lanes = lanes(columns - column + lane);
            int from = Workspace.ALIGNED + column / WIDE * size(lines) + lane;
            int out = to + column * columnStep;
            for (int line = 0; line < lines; line++, from += lanes, out += lineStep) {
                result[out] = beta == 0 ? sums[from] : Math.fma(beta, result[out], sums[from]);
            }
        }
    }
}
