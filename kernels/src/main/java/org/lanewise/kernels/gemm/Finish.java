package org.lanewise.kernels.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Epilogue.Bias;
import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.LT;

/**
 * The epilogue of a product on a part of C: C(i, j) := f(C(i, j) + bias(i or j)).
 *
 * <p>
 * Not in the micro-kernel: a scalar or a branch that lives across its loop takes a register from it. Here the tiles of a
 * block of rows are finished together, right after they were written and while they are in the L2 cache at the latest.
 */
public final class Finish {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private Finish() {
    }

    /**
     * Finishes {@code rows} x {@code columns} elements.
     *
     * @param i       row of C that the first one stands in
     * @param j       its column
     * @param cOffset its index
     */
    public static void apply(Epilogue epilogue, int i, int j, int rows, int columns, float[] c, int cOffset, int ldc) {
        Bias bias = epilogue.bias();
        if (bias == Bias.NONE && !epilogue.relu()) {
            return;
        }
        float[] values = epilogue.values();
        int whole = columns / L * L;
        if (whole > 0) {
            if (bias == Bias.ROW) {
                addRowBias(rows, whole, values, epilogue.offset() + i, c, cOffset, ldc);
            } else if (bias == Bias.COLUMN) {
                addColumnBias(rows, whole, values, epilogue.offset() + j, c, cOffset, ldc);
            }
            if (epilogue.relu()) {
                relu(rows, whole, c, cOffset, ldc);
            }
        }
        if (whole < columns) {
            finishRest(epilogue, i, j, rows, whole, columns, c, cOffset, ldc);
        }
    }

    private static void addRowBias(int rows, int columns, float[] bias, int first, float[] c, int cOffset, int ldc) {
        for (int i = 0, row = cOffset; i < rows; i++, row += ldc) {
            FloatVector b = FloatVector.broadcast(S, bias[first + i]);
            for (int j = 0; j < columns; j += L) {
                FloatVector.fromArray(S, c, row + j).lanewise(ADD, b).intoArray(c, row + j);
            }
        }
    }

    private static void addColumnBias(int rows, int columns, float[] bias, int first, float[] c, int cOffset, int ldc) {
        for (int j = 0; j < columns; j += L) {
            FloatVector b = FloatVector.fromArray(S, bias, first + j);
            for (int i = 0, at = cOffset + j; i < rows; i++, at += ldc) {
                FloatVector.fromArray(S, c, at).lanewise(ADD, b).intoArray(c, at);
            }
        }
    }

    private static void relu(int rows, int columns, float[] c, int cOffset, int ldc) {
        for (int i = 0, row = cOffset; i < rows; i++, row += ldc) {
            for (int j = 0; j < columns; j += L) {
                // v < 0 is false for NaN, so NaN stays; max(v, 0) needs more instructions for that
                FloatVector v = FloatVector.fromArray(S, c, row + j);
                v.blend(0f, v.compare(LT, 0f)).intoArray(c, row + j);
            }
        }
    }

    private static void finishRest(Epilogue epilogue, int firstRow, int firstColumn, int rows, int from, int to,
            float[] c, int cOffset, int ldc) {
        Bias bias = epilogue.bias();
        for (int i = 0, row = cOffset; i < rows; i++, row += ldc) {
            for (int j = from; j < to; j++) {
                float v = c[row + j];
                if (bias != Bias.NONE) {
                    v += epilogue.values()[epilogue.offset() + (bias == Bias.ROW ? firstRow + i : firstColumn + j)];
                }
                c[row + j] = epilogue.relu() && v < 0 ? 0 : v;
            }
        }
    }
}
