package org.lanewise.bench;

import java.util.Arrays;

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
}
