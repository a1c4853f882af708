package org.lanewise.kernels.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.MUL;

/**
 * The micro-kernels that fit the registers of this CPU, and the shape of their tile.
 */
final class MicroKernel {

    private static final boolean MANY_REGISTERS = Lanes.REGISTERS >= 32;

    /** Rows of a tile, and of a packed panel of A. */
    static final int MR = MANY_REGISTERS ? MicroKernel12x2.ROWS : MicroKernel6x2.ROWS;

    /** Columns of a tile, and of a packed panel of B: two vectors. */
    static final int NR = 2 * Lanes.COUNT;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final FloatVector ONE = FloatVector.broadcast(S, 1);

    private MicroKernel() {
    }

    /**
     * The first {@code rows} lines of a packed panel of A times the first {@code columns} of a panel of B.
     *
     * @param add   whether the tile is added to what c holds; otherwise c is overwritten and never read
     * @param tile  scratch of MR x NR floats for what lies at the edge of C
     */
    static void run(int rows, int columns, int depth, float[] a, int aOffset, float[] b, int bOffset,
            float[] c, int cOffset, int ldc, boolean add, float[] tile) {
        int height = height(rows);
        if (rows == height && columns == NR) {
            whole(height, depth, a, aOffset, b, bOffset, c, cOffset, ldc, add);
        } else {
            whole(height, depth, a, aOffset, b, bOffset, tile, 0, NR, false);
            copyTile(rows, columns, tile, NR, c, cOffset, ldc, add);
        }
    }

    /** Rows of the lowest micro-kernel that computes so many at once. */
    private static int height(int rows) {
        if (rows <= MicroKernel4x2.ROWS) {
            return MicroKernel4x2.ROWS;
        }
        return MANY_REGISTERS && rows <= MicroKernel8x2.ROWS ? MicroKernel8x2.ROWS : MR;
    }

    private static void whole(int height, int depth, float[] a, int aOffset, float[] b, int bOffset,
            float[] c, int cOffset, int ldc, boolean add) {
        if (height == MicroKernel4x2.ROWS) {
            MicroKernel4x2.run(depth, a, aOffset, b, bOffset, c, cOffset, ldc, add);
        } else if (!MANY_REGISTERS) {
            MicroKernel6x2.run(depth, a, aOffset, b, bOffset, c, cOffset, ldc, add);
        } else if (height == MicroKernel8x2.ROWS) {
            MicroKernel8x2.run(depth, a, aOffset, b, bOffset, c, cOffset, ldc, add);
        } else {
            MicroKernel12x2.run(depth, a, aOffset, b, bOffset, c, cOffset, ldc, add);
        }
    }

    /** Copies or adds a tile that was computed beside C. Each way has methods of its own: see the rules of the vector package. */
    static void copyTile(int rows, int columns, float[] tile, int width, float[] c, int cOffset, int ldc, boolean add) {
        if (add) {
            int whole = columns / L * L;
            for (int from = 0; from < whole; from += L) {
                addVectors(rows, tile, from, width, c, cOffset + from, ldc);
            }
            if (whole < columns) {
                int inside = rowsInside(rows, c, cOffset + whole, ldc);
                if (inside > 0) {
                    addMasked(inside, columns - whole, tile, whole, width, c, cOffset + whole, ldc);
                }
                for (int i = inside; i < rows; i++) {
                    addScalars(columns - whole, tile, whole + i * width, c, cOffset + whole + i * ldc);
                }
            }
        } else {
            int inside = columns < L ? rowsInside(rows, c, cOffset, ldc) : 0;
            if (inside > 0) {
                storeMasked(inside, columns, tile, width, c, cOffset, ldc);
            }
            for (int i = inside; i < rows; i++) {
                System.arraycopy(tile, i * width, c, cOffset + i * ldc, columns);
            }
        }
    }

    /** The rows in which a masked vector is cheap: where it would reach beyond the end of the array, it is scalar Java and boxes. */
    private static int rowsInside(int rows, float[] c, int cOffset, int ldc) {
        return Lanes.MASKED
                ? Math.clamp(Math.floorDiv(c.length - (long) L - cOffset, Math.max(ldc, 1)) + 1, 0, rows)
                : 0;
    }

    /** One vector of each row. */
    private static void addVectors(int rows, float[] tile, int from, int width, float[] c, int cOffset, int ldc) {
        for (int i = 0, t = from, to = cOffset; i < rows; i++, t += width, to += ldc) {
            FloatVector.fromArray(S, c, to).lanewise(ADD, FloatVector.fromArray(S, tile, t)).intoArray(c, to);
        }
    }

    /** The first floats of one vector of each row. Their mask is made here: as an argument it would be an object. */
    private static void addMasked(int rows, int columns, float[] tile, int from, int width, float[] c, int cOffset,
            int ldc) {
        VectorMask<Float> inside = S.indexInRange(0, columns);
        for (int i = 0, t = from, to = cOffset; i < rows; i++, t += width, to += ldc) {
            FloatVector.fromArray(S, c, to, inside).lanewise(ADD, FloatVector.fromArray(S, tile, t))
                    .intoArray(c, to, inside);
        }
    }

    /** A method of its own, and 1*x for the copy: see the rules of the vector package. */
    private static void storeMasked(int rows, int columns, float[] tile, int width, float[] c, int cOffset, int ldc) {
        VectorMask<Float> inside = S.indexInRange(0, columns);
        for (int i = 0, t = 0, to = cOffset; i < rows; i++, t += width, to += ldc) {
            ONE.lanewise(MUL, FloatVector.fromArray(S, tile, t)).intoArray(c, to, inside);
        }
    }

    private static void addScalars(int columns, float[] tile, int from, float[] c, int to) {
        for (int j = 0; j < columns; j++) {
            c[to + j] += tile[from + j];
        }
    }
}
