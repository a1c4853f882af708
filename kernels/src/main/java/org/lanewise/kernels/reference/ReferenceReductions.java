package org.lanewise.kernels.reference;

/** The meaning of {@link org.lanewise.kernels.Reductions}. */
public final class ReferenceReductions {

    private ReferenceReductions() {
    }

    /** The sum of x. */
    public static double sum(int n, float[] x, int xOffset) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[xOffset + i];
        }
        return sum;
    }

    /** The sum of (a - b)^2. */
    public static double sumOfSquaredDifferences(int n, float[] a, int aOffset, float[] b, int bOffset) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double difference = (double) a[aOffset + i] - b[bOffset + i];
            sum += difference * difference;
        }
        return sum;
    }

    /** y(j) := sum over i of A(i, j) + beta*y(j). */
    public static void columnSums(int m, int n, float[] a, int aOffset, int lda, float beta, float[] y, int yOffset) {
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int i = 0; i < m; i++) {
                sum += a[aOffset + i * lda + j];
            }
            y[yOffset + j] = (float) (beta == 0 ? sum : sum + (double) beta * y[yOffset + j]);
        }
    }

    /** y(c) := sum over b and p of x(b, c, p) + beta*y(c). */
    public static void channelSums(int batch, int channels, int pixels, float[] x, int xOffset,
            float beta, float[] y, int yOffset) {
        for (int c = 0; c < channels; c++) {
            double sum = beta == 0 ? 0 : (double) beta * y[yOffset + c];
            for (int b = 0; b < batch; b++) {
                sum += sum(pixels, x, xOffset + (b * channels + c) * pixels);
            }
            y[yOffset + c] = (float) sum;
        }
    }
}
