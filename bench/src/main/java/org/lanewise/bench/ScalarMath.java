package org.lanewise.bench;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/** The functions of {@link MathBenchmark} as plain loops. */
final class ScalarMath {

    private ScalarMath() {
    }

    // One loop for each function, repeated on purpose: a loop that calls a lambda is vectorised only while it has seen one lambda.

    static void relu(float[] x, float[] y) {
        for (int i = 0; i < x.length; i++) {
            y[i] = Math.max(x[i], 0);
        }
    }

    static void tanh(float[] x, float[] y) {
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) Math.tanh(x[i]);
        }
    }

    static void sigmoid(float[] x, float[] y) {
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) (1 / (1 + Math.exp(-x[i])));
        }
    }

    static void add(float[] a, float[] b, float[] y) {
        for (int i = 0; i < a.length; i++) {
            y[i] = a[i] + b[i];
        }
    }

    static void multiply(float[] a, float[] b, float[] y) {
        for (int i = 0; i < a.length; i++) {
            y[i] = a[i] * b[i];
        }
    }

    static float sum(float[] x) {
        float sum = 0;
        for (float value : x) {
            sum += value;
        }
        return sum;
    }

    static void columnSums(int rows, int columns, float[] a, float[] sums) {
        Arrays.fill(sums, 0);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                sums[j] += a[i * columns + j];
            }
        }
    }

    static void softmax(int rows, int columns, float[] x, float[] y, boolean logarithm) {
        for (int i = 0; i < rows; i++) {
            int row = i * columns;
            float max = Float.NEGATIVE_INFINITY;
            for (int j = row; j < row + columns; j++) {
                max = Math.max(max, x[j]);
            }
            float sum = 0;
            for (int j = row; j < row + columns; j++) {
                y[j] = (float) Math.exp(x[j] - max);
                sum += y[j];
            }
            float logSum = (float) Math.log(sum);
            for (int j = row; j < row + columns; j++) {
                y[j] = logarithm ? x[j] - max - logSum : y[j] / sum;
            }
        }
    }

    // What Math takes for a value hides the call of a lambda.

    static void map(DoubleUnaryOperator function, float[] x, float[] y) {
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) function.applyAsDouble(x[i]);
        }
    }

    static void mapTimes(DoubleUnaryOperator slope, float[] x, float[] dY, float[] dX) {
        for (int i = 0; i < x.length; i++) {
            dX[i] = (float) (dY[i] * slope.applyAsDouble(x[i]));
        }
    }

    static void divide(float[] a, float[] b, float[] y) {
        for (int i = 0; i < a.length; i++) {
            y[i] = a[i] / b[i];
        }
    }

    static void addRow(float[] x, float[] row, int columns, float[] y) {
        for (int i = 0; i < x.length; i += columns) {
            for (int j = 0; j < columns; j++) {
                y[i + j] = x[i + j] + row[j];
            }
        }
    }

    static double norm(float[] x) {
        double sum = 0;
        for (float v : x) {
            sum += (double) v * v;
        }
        return Math.sqrt(sum);
    }

    /** The maximum of each row, or the unbiased variance. */
    static void rows(boolean max, int rows, int columns, float[] x, float[] result) {
        for (int i = 0; i < rows; i++) {
            int row = i * columns;
            double sum = 0;
            float largest = Float.NEGATIVE_INFINITY;
            for (int j = row; j < row + columns; j++) {
                sum += x[j];
                largest = Math.max(largest, x[j]);
            }
            double squares = 0;
            for (int j = row; j < row + columns && !max; j++) {
                squares += (x[j] - sum / columns) * (x[j] - sum / columns);
            }
            result[i] = max ? largest : (float) (squares / (columns - 1));
        }
    }

    /** Each line of n elements, a step apart, by its mean and variance, times the weight of the column and plus it. */
    static void normalize(int rows, int columns, boolean byColumn, float eps, float[] x, float[] weight, float[] y) {
        int lines = byColumn ? columns : rows;
        int n = byColumn ? rows : columns;
        int step = byColumn ? columns : 1;
        for (int line = 0; line < lines; line++) {
            int from = byColumn ? line : line * columns;
            double mean = mean(n, step, from, x);
            double r = 1 / Math.sqrt(variance(n, step, from, mean, x) + eps);
            for (int i = 0, at = from; i < n; i++, at += step) {
                float w = weight[at % columns];
                y[at] = (float) ((x[at] - mean) * r * w + w);
            }
        }
    }

    /** The normalised element at one place of such a line. */
    static double normalized(int n, int step, int from, int place, float eps, float[] x) {
        double mean = mean(n, step, from, x);
        return (x[place] - mean) / Math.sqrt(variance(n, step, from, mean, x) + eps);
    }

    private static double mean(int n, int step, int from, float[] x) {
        double sum = 0;
        for (int i = 0, at = from; i < n; i++, at += step) {
            sum += x[at];
        }
        return sum / n;
    }

    private static double variance(int n, int step, int from, double mean, float[] x) {
        double sum = 0;
        for (int i = 0, at = from; i < n; i++, at += step) {
            sum += (x[at] - mean) * (x[at] - mean);
        }
        return sum / n;
    }

    /** By the generator of the JDK that is made for it. */
    static void dropout(float[] x, float[] y) {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < x.length; i++) {
            y[i] = random.nextInt() < 0 ? 0 : 2 * x[i];
        }
    }

    /** P(X <= x) of a standard normal X: a series near 0, a continued fraction beyond. */
    static double normal(double x) {
        double z = Math.abs(x) / Math.sqrt(2);
        double tail;
        if (z < 2.5) {
            double term = z;
            double sum = z;
            for (int k = 1; term > 0x1p-55 * sum; k++) {
                term *= 2 * z * z / (2 * k + 1);
                sum += term;
            }
            tail = 0.5 - Math.exp(-z * z) * sum / Math.sqrt(Math.PI);
        } else {
            double rest = 0;
            for (int k = 100; k > 0; k--) {
                rest = k / 2.0 / (z + rest);
            }
            tail = Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + rest) / 2;
        }
        return x < 0 ? tail : 1 - tail;
    }
}
