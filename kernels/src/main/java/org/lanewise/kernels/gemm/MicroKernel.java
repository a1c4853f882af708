package org.lanewise.kernels.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/**
 * The micro-kernel that fits the registers of this CPU, and the shape of its tile.
 */
final class MicroKernel {

    /** Rows of a tile, and of a packed panel of A. */
    static final int MR = Lanes.REGISTERS >= 32 ? MicroKernel12x2.ROWS : MicroKernel6x2.ROWS;

    /** Columns of a tile, and of a packed panel of B: two vectors. */
    static final int NR = 2 * Lanes.COUNT;

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private MicroKernel() {
    }

    /** A whole tile: c := a*b, or c += a*b. */
    static void run(int depth, float[] a, int aOffset, float[] b, int bOffset, int bStep,
            float[] c, int cOffset, int ldc, boolean add) {
        if (MR == MicroKernel12x2.ROWS) {
            MicroKernel12x2.run(depth, a, aOffset, b, bOffset, bStep, c, cOffset, ldc, add);
        } else {
            MicroKernel6x2.run(depth, a, aOffset, b, bOffset, bStep, c, cOffset, ldc, add);
        }
    }

    /** A tile of which only {@code rows} x {@code columns} lie inside C: computed whole beside C, then copied or added. */
    static void runEdge(int depth, float[] a, int aOffset, float[] b, int bOffset, int bStep,
            float[] c, int cOffset, int ldc, boolean add, int rows, int columns, float[] tile) {
        run(depth, a, aOffset, b, bOffset, bStep, tile, 0, NR, false);
        for (int i = 0, row = cOffset; i < rows; i++, row += ldc) {
            copyRow(columns, tile, i * NR, c, row, add);
        }
    }

    private static void copyRow(int columns, float[] tile, int from, float[] c, int to, boolean add) {
        int j = 0;
        for (; j + L <= columns; j += L) {
            FloatVector v = FloatVector.fromArray(S, tile, from + j);
            (add ? FloatVector.fromArray(S, c, to + j).add(v) : v).intoArray(c, to + j);
        }
        for (; j < columns; j++) {
            c[to + j] = add ? c[to + j] + tile[from + j] : tile[from + j];
        }
    }
}
