package org.lanewise.bench;

import org.lanewise.bench.Answer.Expected;
import org.lanewise.kernels.Activations;
import org.lanewise.kernels.Elementwise;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Reductions;
import org.lanewise.kernels.Softmax;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Functions of a matrix: element by element, by row (softmax), by column, and the sum of all elements.
 */
public class MathBenchmark extends Suite {

    /** Tails of tanh and sigmoid included. */
    private static final double BOUND = 8;

    /** Of an element: the comparison for the maximum, its subtraction, exp, the sum, and the quotient or the second difference. */
    private static final double SOFTMAX_FLOPS = 5;

    /** RxC: rows and columns. */
    @Param({"1x1024", "32x1024", "1024x1024", "4096x1024", "mlp-logits:128x10"})
    public String shape;

    /** The function. */
    @Param({"relu", "tanh", "sigmoid", "softmax", "log-softmax", "sum", "column-sums", "add", "multiply",
        "exp", "log", "gelu", "gelu-tanh", "silu", "softplus", "elu", "gelu-backward", "silu-backward", "divide",
        "add-row",
        "row-max", "row-variance", "norm", "layer-norm", "batch-norm", "dropout"})
    public String function;

    /** {@code lanewise}, or {@code scalar} for plain loops with the functions of {@link Math}. */
    @Param({OURS, SCALAR})
    public String implementation;

    /** One pass over the matrix. */
    @Benchmark
    public void math(Work work) {
        run(work);
    }

    @Override
    protected String implementation() {
        return implementation;
    }

    @Override
    public Workload prepare(Parallelism parallelism) {
        int[] sizes = Parameters.sizes(shape, "RxC");
        int rows = sizes[0];
        int columns = sizes[1];
        int n = rows * columns;
        double pass = Workload.floats(n);
        boolean scalar = Parameters.scalar(implementation);
        var data = new RandomData();
        float[] x = data.uniform(n, BOUND);
        float[] grid = data.grid(n);
        float[] y = new float[n];
        return switch (function) {
            case "relu" -> new Workload(
                    scalar
                            ? () -> ScalarMath.relu(x, y)
                            : () -> Activations.relu(n, x, 0, y, 0, parallelism),
                    n, pass, pass, new Answer("relu", y, i -> Expected.exactly(Math.max(x[i], 0))));
            case "tanh" -> new Workload(
                    scalar
                            ? () -> ScalarMath.tanh(x, y)
                            : () -> Activations.tanh(n, x, 0, y, 0, parallelism),
                    n, pass, pass, new Answer("tanh", y, i -> withinTwoUlp(Math.tanh(x[i]))));
            case "sigmoid" -> new Workload(
                    scalar
                            ? () -> ScalarMath.sigmoid(x, y)
                            : () -> Activations.sigmoid(n, x, 0, y, 0, parallelism),
                    n, pass, pass, new Answer("sigmoid", y, i -> withinTwoUlp(1 / (1 + Math.exp(-x[i])))));
            case "softmax" -> new Workload(
                    scalar
                            ? () -> ScalarMath.softmax(rows, columns, x, y, false)
                            : () -> Softmax.softmax(rows, columns, x, 0, y, 0, parallelism),
                    SOFTMAX_FLOPS * n, pass, pass, new Answer("softmax", y, i -> softmax(columns, x, i)));
            case "log-softmax" -> new Workload(
                    scalar
                            ? () -> ScalarMath.softmax(rows, columns, x, y, true)
                            : () -> Softmax.logSoftmax(rows, columns, x, 0, y, 0, parallelism),
                    SOFTMAX_FLOPS * n, pass, pass, new Answer("log-softmax", y, i -> logSoftmax(columns, x, i)));
            case "sum" -> {
                float[] sum = new float[1];
                yield new Workload(
                        scalar
                                ? () -> sum[0] = ScalarMath.sum(grid)
                                : () -> sum[0] = (float) Reductions.sum(n, grid, 0),
                        n, pass, Float.BYTES, new Answer("sum", sum, i -> sum(grid, 0, 1, n)));
            }
            case "column-sums" -> {
                float[] sums = new float[columns];
                yield new Workload(
                        scalar
                                ? () -> ScalarMath.columnSums(rows, columns, grid, sums)
                                : () -> Reductions.columnSums(rows, columns, grid, 0, columns, 0, sums, 0, parallelism),
                        n, pass, Workload.floats(columns), new Answer("sums", sums, j -> sum(grid, j, columns, rows)));
            }
            case "add" -> new Workload(
                    scalar
                            ? () -> ScalarMath.add(x, grid, y)
                            : () -> Elementwise.add(n, x, 0, grid, 0, y, 0, parallelism),
                    n, 2 * pass, pass, new Answer("x + y", y, i -> Expected.exactly(x[i] + grid[i])));
            case "multiply" -> new Workload(
                    scalar
                            ? () -> ScalarMath.multiply(x, grid, y)
                            : () -> Elementwise.multiply(n, x, 0, grid, 0, y, 0, parallelism),
                    n, 2 * pass, pass, new Answer("x * y", y, i -> Expected.exactly(x[i] * grid[i])));
            default -> new MoreMath(rows, columns, scalar, x, grid, y, parallelism).workload(function);
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
        return Expected.rounded(Math.exp(x[index] - logSum(columns, x, index)), 4 * BOUND + columns + 8);
    }

    /** The sum's relative error is an absolute one of its logarithm; the difference is rounded. */
    private static Expected logSoftmax(int columns, float[] x, int index) {
        double value = x[index] - logSum(columns, x, index);
        return new Expected(value, (4 * BOUND + columns + 8 + 2 * Math.abs(value)) * Answer.UNIT_ROUNDOFF);
    }

    /** log(sum of exp(x)) over the row of an element. */
    private static double logSum(int columns, float[] x, int index) {
        int row = index / columns * columns;
        double sum = 0;
        for (int j = row; j < row + columns; j++) {
            sum += Math.exp(x[j]);
        }
        return Math.log(sum);
    }

    /** Exact in float in any order: multiples of 1/16. */
    private static Expected sum(float[] x, int from, int step, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[from + i * step];
        }
        return Expected.exactly(sum);
    }
}
