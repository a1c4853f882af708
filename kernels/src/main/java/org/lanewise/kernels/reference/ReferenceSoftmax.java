package org.lanewise.kernels.reference;

/** The meaning of {@link org.lanewise.kernels.Softmax}, row by row. */
public final class ReferenceSoftmax {

    private ReferenceSoftmax() {
    }

    /** Softmax of all rows, or its logarithm. */
    public static void forward(boolean log, int rows, int columns, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0, row = 0; i < rows; i++, row += columns) {
            if (log) {
                logSoftmaxRow(columns, x, xOffset + row, y, yOffset + row);
            } else {
                softmaxRow(columns, x, xOffset + row, y, yOffset + row);
            }
        }
    }

    /** The gradient of one of them. */
    public static void backward(boolean log, int rows, int columns, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        for (int i = 0, row = 0; i < rows; i++, row += columns) {
            if (log) {
                logSoftmaxRowBackward(columns, y, yOffset + row, dY, dYOffset + row, dX, dXOffset + row);
            } else {
                softmaxRowBackward(columns, y, yOffset + row, dY, dYOffset + row, dX, dXOffset + row);
            }
        }
    }

    /** y(j) := exp(x(j)) / sum of exp(x); returns the logarithm of the sum. */
    public static double softmaxRow(int n, float[] x, int xOffset, float[] y, int yOffset) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < n; j++) {
            max = Math.max(max, x[xOffset + j]);
        }
        double sum = 0;
        for (int j = 0; j < n; j++) {
            sum += StrictMath.exp(x[xOffset + j] - max);
        }
        for (int j = 0; j < n; j++) {
            y[yOffset + j] = (float) (StrictMath.exp(x[xOffset + j] - max) / sum);
        }
        return max + StrictMath.log(sum);
    }

    /** y(j) := x(j) - log(sum of exp(x)). */
    public static void logSoftmaxRow(int n, float[] x, int xOffset, float[] y, int yOffset) {
        double logSum = softmaxRow(n, x, xOffset, y, yOffset);
        for (int j = 0; j < n; j++) {
            y[yOffset + j] = (float) (x[xOffset + j] - logSum);
        }
    }

    /** dX(j) := y(j) * (dY(j) - sum of dY*y). */
    public static void softmaxRowBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        double dot = 0;
        for (int j = 0; j < n; j++) {
            dot += (double) dY[dYOffset + j] * y[yOffset + j];
        }
        for (int j = 0; j < n; j++) {
            dX[dXOffset + j] = (float) (y[yOffset + j] * (dY[dYOffset + j] - dot));
        }
    }

    /** dX(j) := dY(j) - exp(y(j)) * sum of dY. */
    public static void logSoftmaxRowBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        double sum = 0;
        for (int j = 0; j < n; j++) {
            sum += dY[dYOffset + j];
        }
        for (int j = 0; j < n; j++) {
            dX[dXOffset + j] = (float) (dY[dYOffset + j] - StrictMath.exp(y[yOffset + j]) * sum);
        }
    }
}
