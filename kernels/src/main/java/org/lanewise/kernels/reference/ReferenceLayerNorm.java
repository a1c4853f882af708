package org.lanewise.kernels.reference;

import org.jspecify.annotations.Nullable;

/** The meaning of {@link org.lanewise.kernels.LayerNorm}. */
public final class ReferenceLayerNorm {

    private ReferenceLayerNorm() {
    }

    /** y := (x - mean)*r*weight + bias, mean and r of each row. */
    public static void forward(int rows, int columns, float[] x, int xOffset, float @Nullable [] weight,
            int weightOffset,
            float @Nullable [] bias, int biasOffset, float eps, float[] y, int yOffset, float[] mean, int meanOffset,
            float[] rstd, int rstdOffset) {
        for (int i = 0; i < rows; i++) {
            int at = i * columns;
            double sum = 0;
            for (int j = 0; j < columns; j++) {
                sum += x[xOffset + at + j];
            }
            double middle = sum / columns;
            double squares = 0;
            for (int j = 0; j < columns; j++) {
                double d = x[xOffset + at + j] - middle;
                squares += d * d;
            }
            double r = 1 / Math.sqrt(squares / columns + eps);
            for (int j = 0; j < columns; j++) {
                double h = (x[xOffset + at + j] - middle) * r;
                double weighed = weight == null ? h : h * weight[weightOffset + j];
                y[yOffset + at + j] = (float) (bias == null ? weighed : weighed + bias[biasOffset + j]);
            }
            mean[meanOffset + i] = (float) middle;
            rstd[rstdOffset + i] = (float) r;
        }
    }

    /** dX := r*(g - mean of g - h * mean of g*h) with g = dY*weight. */
    public static void backward(int rows, int columns, float[] x, int xOffset, float @Nullable [] weight,
            int weightOffset, float[] mean, int meanOffset, float[] rstd, int rstdOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        for (int i = 0; i < rows; i++) {
            int at = i * columns;
            double r = rstd[rstdOffset + i];
            double[] g = new double[columns];
            double[] h = new double[columns];
            double sum = 0;
            double dot = 0;
            for (int j = 0; j < columns; j++) {
                g[j] = weight == null
                        ? dY[dYOffset + at + j]
                        : (double) dY[dYOffset + at + j] * weight[weightOffset + j];
                h[j] = ((double) x[xOffset + at + j] - mean[meanOffset + i]) * r;
                sum += g[j];
                dot += g[j] * h[j];
            }
            for (int j = 0; j < columns; j++) {
                dX[dXOffset + at + j] = (float) (r * (g[j] - sum / columns - h[j] * dot / columns));
            }
        }
    }

    /** dWeight(j) := sum over i of dY(i, j)*h(i, j). */
    public static void backwardWeight(int rows, int columns, float[] x, int xOffset, float[] mean, int meanOffset,
            float[] rstd, int rstdOffset, float[] dY, int dYOffset, float[] dWeight, int dWeightOffset) {
        for (int j = 0; j < columns; j++) {
            double sum = 0;
            for (int i = 0; i < rows; i++) {
                double h = ((double) x[xOffset + i * columns + j] - mean[meanOffset + i]) * rstd[rstdOffset + i];
                sum += h * dY[dYOffset + i * columns + j];
            }
            dWeight[dWeightOffset + j] = (float) sum;
        }
    }
}
