package org.lanewise.kernels.math;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Reduction;
import org.lanewise.kernels.vector.Lanes;

/**
 * Rows shorter than a vector. They are transposed, some hundred at a time, and what is computed of each is computed of columns, with
 * a row in each lane.
 */
final class ShortRows {

    private static final int L = Lanes.COUNT;

    /** Rows that are transposed together: with at most 15 columns they stay in the L1 cache. */
    private static final int ROWS = 256;

    /** Fewer rows leave lanes empty, and a scalar loop is as fast. */
    private static final int LEAST_ROWS = L / 2;

    private static final ThreadLocal<ShortRows> CURRENT = ThreadLocal.withInitial(ShortRows::new);

    // Arrays of one size, 35 KB: no slots of the workspace, which grow.

    /** The rows, transposed: that of column j begins at j*width. */
    private final float[] block = new float[L * ROWS];
    private final float[] exponentials = new float[L * ROWS];

    // Numbers of each row.
    private final float[] first = new float[ROWS];
    private final float[] second = new float[ROWS];
    private final float[] zeros = new float[ROWS];

    private ShortRows() {
    }

    /** The scratch of the calling thread. */
    static ShortRows current() {
        return CURRENT.get();
    }

    /** Whether rows go this way. */
    static boolean suit(int rows, int columns) {
        return columns < L && columns > 1 && rows >= LEAST_ROWS;
    }

    /** y(i) := a number of row i. */
    void reduce(Reduction reduction, int rows, int columns, float[] x, int xOffset, int stride, float[] y,
            int yOffset) {
        for (int from = 0; from < rows; from += ROWS) {
            int count = Math.min(ROWS, rows - from);
            int width = read(count, columns, x, xOffset + from * stride, stride);
            ReductionLoop.columns(reduction, columns, width, block, 0, width, first, 0, Parallelism.serial());
            System.arraycopy(first, 0, y, yOffset + from, count);
        }
    }

    /** Softmax of each row, or its logarithm; and log(sum of exp(x)), if asked for. */
    void softmax(boolean log, int rows, int columns, float[] x, int xOffset, float[] y, int yOffset,
            double @Nullable [] logSums, int logSumsOffset) {
        for (int from = 0; from < rows; from += ROWS) {
            int count = Math.min(ROWS, rows - from);
            int width = read(count, columns, x, xOffset + from * columns, columns);
            float[] max = first;
            float[] sum = second;
            ColumnMaxima.max(columns, width, block, 0, width, max, 0);
            for (int j = 0; j < columns; j++) {
                VectorElementwise.subtract(width, block, j * width, max, 0, block, j * width);
            }
            VectorSoftmax.expOfDifference(columns * width, block, 0, 0, exponentials, 0);
            ColumnLoop.current().sums(columns, width, exponentials, 0, width, 0, sum, 0, Parallelism.serial());
            if (!log) {
                for (int j = 0; j < columns; j++) {
                    VectorElementwise.divide(width, exponentials, j * width, sum, 0, block, j * width);
                }
            }
            if (log || logSums != null) {
                VectorExponentials.log(width, sum, 0, sum, 0);
            }
            for (int j = 0; log && j < columns; j++) {
                VectorElementwise.subtract(width, block, j * width, sum, 0, block, j * width);
            }
            for (int i = 0; logSums != null && i < count; i++) {
                logSums[logSumsOffset + from + i] = (double) max[i] + sum[i];
            }
            write(count, columns, width, y, yOffset + from * columns);
        }
    }

    /** y := (x - mean)*r*weight + bias, with mean and r of each row. */
    void layerNorm(int rows, int columns, float[] x, int xOffset, float @Nullable [] weight, int weightOffset,
            float @Nullable [] bias, int biasOffset, float eps, float[] y, int yOffset, float[] mean, int meanOffset,
            float[] rstd, int rstdOffset) {
        for (int from = 0; from < rows; from += ROWS) {
            int count = Math.min(ROWS, rows - from);
            int width = read(count, columns, x, xOffset + from * columns, columns);
            ReductionLoop.means(columns, width, block, 0, width, first, 0, Parallelism.serial());
            ReductionLoop.squares(columns, width, block, 0, width, first, 0, second, 0, Parallelism.serial());
            VectorElementwise.divide(width, second, 0, columns, second, 0);
            VectorNorms.reciprocalRoots(width, second, eps, second);
            System.arraycopy(first, 0, mean, meanOffset + from, count);
            System.arraycopy(second, 0, rstd, rstdOffset + from, count);
            for (int j = 0; j < columns; j++) {
                VectorNorms.normalize(width, block, j * width, first, 0, second, zeros, block, j * width);
                VectorElementwise.affine(width, weight == null ? 1 : weight[weightOffset + j], block, j * width,
                        bias == null ? 0 : bias[biasOffset + j], block, j * width);
            }
            write(count, columns, width, y, yOffset + from * columns);
        }
    }

    /** Transposes rows into the block, with rows of zeros behind them up to a whole vector; returns how many it then has. */
    private int read(int count, int columns, float[] x, int xOffset, int stride) {
        int width = Math.ceilDiv(count, L) * L;
        for (int j = 0; j < columns; j++) {
            for (int i = 0, at = xOffset + j; i < count; i++, at += stride) {
                block[j * width + i] = x[at];
            }
            Arrays.fill(block, j * width + count, (j + 1) * width, 0);
        }
        return width;
    }

    private void write(int count, int columns, int width, float[] y, int yOffset) {
        for (int j = 0; j < columns; j++) {
            for (int i = 0, at = yOffset + j; i < count; i++, at += columns) {
                y[at] = block[j * width + i];
            }
        }
    }
}
