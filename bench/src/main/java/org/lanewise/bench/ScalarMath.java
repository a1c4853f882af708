package org.lanewise.bench;

import java.util.Arrays;

/** The functions of {@link MathBenchmark} as plain loops. */
final class ScalarMath {

    private ScalarMath() {
    }

    /** A function of one float. */
    @FunctionalInterface
    interface Unary {
        float of(float x);
    }

    /** A function of two floats. */
    @FunctionalInterface
    interface Binary {
        float of(float a, float b);
    }

    static void map(float[] x, float[] y, Unary function) {
        for (int i = 0; i < x.length; i++) {
            y[i] = function.of(x[i]);
        }
    }

    static void combine(float[] a, float[] b, float[] y, Binary function) {
        for (int i = 0; i < a.length; i++) {
            y[i] = function.of(a[i], b[i]);
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
}
