package org.lanewise.kernels.reference;

import org.lanewise.kernels.Reduction;

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

    /** A number of n elements, which are a step apart. */
    public static double reduce(Reduction reduction, int n, float[] x, int xOffset, int step) {
        double sum = 0;
        double squares = 0;
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            float v = x[xOffset + i * step];
            sum += v;
            squares += (double) v * v;
            max = Math.max(max, v);
        }
        return switch (reduction) {
            case SUM -> sum;
            case MEAN -> sum / n;
            case MAX -> max;
            case VARIANCE -> deviations(sum / n, n, x, xOffset, step) / (n - 1);
            case POPULATION_VARIANCE -> deviations(sum / n, n, x, xOffset, step) / n;
            case NORM -> Math.sqrt(squares);
        };
    }

    /** The sum of (x - mean)^2; of no numbers NaN, as the mean. */
    private static double deviations(double mean, int n, float[] x, int xOffset, int step) {
        double sum = 0 * mean;
        for (int i = 0; i < n; i++) {
            double d = x[xOffset + i * step] - mean;
            sum += d * d;
        }
        return sum;
    }

    /** The first place of the largest element or, if there is one, of NaN. */
    public static int argmax(int n, float[] x, int xOffset, int step) {
        int best = 0;
        for (int i = 1; i < n; i++) {
            float champion = x[xOffset + best * step];
            float v = x[xOffset + i * step];
            if (!Float.isNaN(champion) && !(v <= champion)) {
                best = i;
            }
        }
        return best;
    }
}
