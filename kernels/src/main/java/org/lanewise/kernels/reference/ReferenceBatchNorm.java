package org.lanewise.kernels.reference;

import org.jspecify.annotations.Nullable;

/** The meaning of {@link org.lanewise.kernels.BatchNorm}. */
public final class ReferenceBatchNorm {

    private ReferenceBatchNorm() {
    }

    /** y := (x - mean)*r*weight + bias, and mean, variance and r of each channel. */
    public static void forward(int batch, int channels, int pixels, float[] x, int xOffset, float @Nullable [] weight,
            int weightOffset, float @Nullable [] bias, int biasOffset, float eps, float[] y, int yOffset, float[] mean,
            float[] var, float[] rstd) {
        double n = (double) batch * pixels;
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            for (int k = 0; k < batch * pixels; k++) {
                sum += x[xOffset + place(k, c, channels, pixels)];
            }
            double middle = sum / n;
            double squares = 0;
            for (int k = 0; k < batch * pixels; k++) {
                double d = x[xOffset + place(k, c, channels, pixels)] - middle;
                squares += d * d;
            }
            double r = 1 / Math.sqrt(squares / n + eps);
            double scale = weight == null ? r : r * weight[weightOffset + c];
            for (int k = 0; k < batch * pixels; k++) {
                int at = place(k, c, channels, pixels);
                y[yOffset + at] = (float) ((x[xOffset + at] - middle) * scale
                        + (bias == null ? 0 : bias[biasOffset + c]));
            }
            mean[c] = (float) middle;
            var[c] = (float) (squares / n);
            rstd[c] = (float) r;
        }
    }

    /** dWeight, dBias and dX := weight*r*(dY - dBias/n - h*dWeight/n). */
    public static void backward(int batch, int channels, int pixels, float[] x, int xOffset, float @Nullable [] weight,
            int weightOffset, float[] mean, float[] rstd, float[] dY, int dYOffset, float[] dX, int dXOffset,
            float[] dWeight, float[] dBias) {
        double n = (double) batch * pixels;
        for (int c = 0; c < channels; c++) {
            double r = rstd[c];
            double sum = 0;
            double dot = 0;
            for (int k = 0; k < batch * pixels; k++) {
                int at = place(k, c, channels, pixels);
                sum += dY[dYOffset + at];
                dot += dY[dYOffset + at] * ((double) x[xOffset + at] - mean[c]) * r;
            }
            double scale = weight == null ? r : r * weight[weightOffset + c];
            for (int k = 0; k < batch * pixels; k++) {
                int at = place(k, c, channels, pixels);
                double h = ((double) x[xOffset + at] - mean[c]) * r;
                dX[dXOffset + at] = (float) (scale * (dY[dYOffset + at] - sum / n - h * dot / n));
            }
            dBias[c] = (float) sum;
            dWeight[c] = (float) dot;
        }
    }

    /** Where the k-th element of a channel stands. */
    private static int place(int k, int c, int channels, int pixels) {
        return (k / pixels * channels + c) * pixels + k % pixels;
    }
}
