package org.lanewise.bench;

import org.lanewise.bench.Answer.Expected;
import org.lanewise.kernels.Activations;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Reductions;
import org.lanewise.kernels.Softmax;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Functions of a matrix: element by element, by row (softmax), and the sum of all elements.
 */
public class MathBenchmark extends Suite {

    /** Tails of tanh and sigmoid included. */
    private static final double BOUND = 8;

    /** RxC: rows and columns. */
    @Param({"1x1024", "32x1024", "1024x1024", "mlp-logits:128x10"})
    public String shape;

    /** The function. */
    @Param({"tanh", "sigmoid", "softmax", "sum"})
    public String function;

    /** One pass over the matrix. */
    @Benchmark
    public void math(Bytes bytes) {
        bytes.gbyte += run();
    }

    @Override
    Workload prepare(Parallelism parallelism) {
        int[] sizes = Parameters.sizes(shape, "RxC");
        int rows = sizes[0];
        int columns = sizes[1];
        int n = rows * columns;
        double pass = (double) n * Float.BYTES;
        var data = new RandomData();
        float[] x = data.uniform(n, BOUND);
        float[] y = new float[n];
        return switch (function) {
            case "tanh" -> new Workload(() -> Activations.tanh(n, x, 0, y, 0, parallelism), 2 * pass,
                    new Answer("tanh", y, i -> withinTwoUlp(Math.tanh(x[i]))));
            case "sigmoid" -> new Workload(() -> Activations.sigmoid(n, x, 0, y, 0, parallelism), 2 * pass,
                    new Answer("sigmoid", y, i -> withinTwoUlp(1 / (1 + Math.exp(-x[i])))));
            case "softmax" -> new Workload(() -> Softmax.softmax(rows, columns, x, 0, y, 0), 2 * pass,
                    new Answer("softmax", y, i -> softmax(columns, x, i)));
            case "sum" -> {
                float[] grid = data.grid(n);
                float[] sum = new float[1];
                yield new Workload(() -> sum[0] = (float) Reductions.sum(n, grid, 0), pass,
                        new Answer("sum", sum, i -> sum(grid)));
            }
            default -> throw Parameters.unknown("function", function, "tanh, sigmoid, softmax, sum");
        };
    }

    /** What {@link Activations} promises. */
    private static Expected withinTwoUlp(double value) {
        return new Expected(value, 2 * Math.ulp((float) value));
    }

    /**
     * The exponent's argument is a rounded difference of up to 2*BOUND, which gives a relative error of so many roundings; the
     * sum has one for each column; and a few are in exp and the division.
     */
    private static Expected softmax(int columns, float[] x, int index) {
        int row = index / columns * columns;
        double sum = 0;
        for (int j = row; j < row + columns; j++) {
            sum += Math.exp(x[j]);
        }
        return Expected.rounded(Math.exp(x[index]) / sum, 4 * BOUND + columns + 8);
    }

    private static Expected sum(float[] x) {
        double sum = 0;
        for (float value : x) {
            sum += value;
        }
        return Expected.exactly(sum);
    }
}
