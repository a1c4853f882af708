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
    static final int LINES = 24;

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

    /** {@return the floats of sums} */
    static int size(int lines, int lanes) {
        return Math.ceilDiv(lines, LINES) * LINES * lanes;
    }

    /**
     * Adds some pixels.
     *
     * @param aOffset of the first pixel, added to the offsets
     * @param first   the first of the lines
     * @param panel   from {@link Workspace#ALIGNED} on
     * @param lanes   of it: see {@link #lanes}
     * @param from    index of the first of {@link #size} sums
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
}
