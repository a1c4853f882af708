package org.lanewise.bench;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;

import org.lanewise.bench.Answer.Expected;
import org.lanewise.kernels.Arithmetic;
import org.lanewise.kernels.BatchNorm;
import org.lanewise.kernels.Dropout;
import org.lanewise.kernels.Elementwise;
import org.lanewise.kernels.Exponentials;
import org.lanewise.kernels.LayerNorm;
import org.lanewise.kernels.LinearUnits;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Reduction;
import org.lanewise.kernels.Reductions;

/** The functions of {@link MathBenchmark} beyond the oldest: units, quotients, reductions and normalisations. */
record MoreMath(int rows, int columns, boolean scalar, float[] x, float[] grid, float[] y, Parallelism team) {

    private static final float EPS = 1e-5f;

    /** Flops an element of a normalisation: a sum, a difference and its square, then a difference, a product and a sum. */
    private static final double NORM_FLOPS = 6;

    private static final double DROPPED = 0.5;

    /** Elements of which the share is counted that is left out. */
    private static final int DROPPED_BLOCK = 256;

    /** A loop of ours from x to y. */
    @FunctionalInterface
    private interface Loop {
        void run(int n, float[] x, int xOffset, float[] y, int yOffset, Parallelism team);
    }

    Workload workload(String function) {
        int n = x.length;
        return switch (function) {
            case "exp" -> unit(function, Exponentials::exp, Math::exp, 1);
            case "log" -> {
                for (int i = 0; i < n; i++) {
                    x[i] = Math.abs(x[i]) + Float.MIN_NORMAL;
                }
                yield unit(function, Exponentials::log, Math::log, 1);
            }
            case "gelu" -> unit(function, LinearUnits::gelu, v -> v * ScalarMath.normal(v), 8);
            case "gelu-tanh" -> unit(function, LinearUnits::geluTanh, v -> v / (1 + Math.exp(-gate(v))), 200);
            case "silu" -> unit(function, LinearUnits::silu, v -> v / (1 + Math.exp(-v)), 3);
            case "softplus" -> unit(function,
                    (count, from, fromOffset, to, toOffset, threads) -> LinearUnits
                            .softplus(count, 1, 20, from, fromOffset, to, toOffset, threads),
                    v -> Math.log1p(Math.exp(v)), 3);
            case "elu" -> unit(function,
                    (count, from, fromOffset, to, toOffset, threads) -> LinearUnits
                            .elu(count, 1, from, fromOffset, to, toOffset, threads),
                    v -> v > 0 ? v : Math.expm1(v), 3);
            case "gelu-backward" -> backward(function,
                    () -> LinearUnits.geluBackward(n, x, 0, grid, 0, y, 0, team),
                    v -> ScalarMath.normal(v) + v * Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI));
            case "silu-backward" -> backward(function, () -> LinearUnits.siluBackward(n, x, 0, grid, 0, y, 0, team),
                    v -> (1 + v / (1 + Math.exp(v))) / (1 + Math.exp(-v)));
            case "divide" -> binary(() -> ScalarMath.divide(grid, x, y),
                    () -> Elementwise.divide(n, grid, 0, x, 0, y, 0, team), 2, i -> grid[i] / x[i]);
            case "add-row" -> binary(() -> ScalarMath.addRow(x, grid, columns, y),
                    () -> Elementwise.broadcast(Arithmetic.ADD, rows, columns, 1, x, 0, grid, 0, y, 0, team), 1,
                    i -> x[i] + grid[i % columns]);
            case "row-max" -> reduction(Reduction.MAX);
            case "row-variance" -> reduction(Reduction.VARIANCE);
            case "norm" -> {
                float[] norm = new float[1];
                yield new Workload(
                        scalar
                                ? () -> norm[0] = (float) ScalarMath.norm(x)
                                : () -> norm[0] = (float) Reductions.reduce(Reduction.NORM, n, x, 0),
                        2.0 * n, Workload.floats(n), Float.BYTES,
                        new Answer("norm", norm, i -> Expected.rounded(ScalarMath.norm(x), 600)));
            }
            case "layer-norm" -> layerNorm();
            case "batch-norm" -> batchNorm();
            case "dropout" -> new Workload(
                    scalar
                            ? () -> ScalarMath.dropout(x, y)
                            : () -> Dropout.apply(n, DROPPED, 1, x, 0, y, 0, team),
                    n, Workload.floats(n), Workload.floats(n),
                    new Answer("dropout", y, this::dropped));
            default -> throw Parameters.unknown("function", function, "those of MathBenchmark");
        };
    }

    /**
     * Which elements are left out is the generator's matter; but of some hundred side by side it is about half. (Of 256, fewer than a
     * quarter or more than three quarters have a probability of 2e-16.)
     */
    private Expected dropped(int i) {
        int from = i / DROPPED_BLOCK * DROPPED_BLOCK;
        int to = Math.min(x.length, from + DROPPED_BLOCK);
        int kept = 0;
        for (int k = from; k < to; k++) {
            kept += y[k] != 0 ? 1 : 0;
        }
        boolean half = to - from < DROPPED_BLOCK || (4 * kept >= DROPPED_BLOCK && 4 * kept <= 3 * DROPPED_BLOCK);
        double value = y[i] == 0 ? 0 : x[i] / (1 - DROPPED);
        return Expected.exactly(half ? value : Double.NaN);
    }

    private static double gate(double v) {
        return 2 * Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v);
    }

    private Workload unit(String name, Loop ours, DoubleUnaryOperator function, double ulps) {
        int n = x.length;
        return new Workload(
                scalar ? () -> ScalarMath.map(function, x, y) : () -> ours.run(n, x, 0, y, 0, team),
                n, Workload.floats(n), Workload.floats(n), new Answer(name, y, i -> {
                    double value = function.applyAsDouble(x[i]);
                    return new Expected(value, ulps * Math.ulp((float) value));
                }));
    }

    private Workload backward(String name, Runnable ours, DoubleUnaryOperator slope) {
        int n = x.length;
        return new Workload(scalar ? () -> ScalarMath.mapTimes(slope, x, grid, y) : ours, n, 2 * Workload.floats(n),
                Workload.floats(n), new Answer(name, y,
                        i -> new Expected(grid[i] * slope.applyAsDouble(x[i]), 6 * Answer.UNIT_ROUNDOFF)));
    }

    private Workload binary(Runnable plain, Runnable ours, int operands, IntFunction<Float> value) {
        int n = x.length;
        return new Workload(scalar ? plain : ours, n, operands * Workload.floats(n), Workload.floats(n),
                new Answer("y", y, i -> Expected.exactly(value.apply(i))));
    }

    private Workload reduction(Reduction reduction) {
        float[] result = new float[rows];
        boolean max = reduction == Reduction.MAX;
        return new Workload(
                scalar
                        ? () -> ScalarMath.rows(max, rows, columns, x, result)
                        : () -> Reductions.rows(reduction, rows, columns, x, 0, columns, result, 0, team),
                (max ? 1.0 : 4.0) * x.length, Workload.floats(x.length), Workload.floats(rows),
                new Answer(reduction.name(), result, i -> {
                    float[] exact = new float[1];
                    ScalarMath.rows(max, 1, columns, Arrays.copyOfRange(x, i * columns, (i + 1) * columns),
                            exact);
                    return max ? Expected.exactly(exact[0]) : Expected.rounded(exact[0], 600);
                }));
    }

    private Workload layerNorm() {
        float[] mean = new float[rows];
        float[] rstd = new float[rows];
        return norm(() -> LayerNorm.forward(rows, columns, x, 0, grid, 0, grid, 0, EPS, y, 0, mean, 0, rstd, 0, team),
                false);
    }

    private Workload batchNorm() {
        float[] mean = new float[columns];
        float[] var = new float[columns];
        float[] rstd = new float[columns];
        return norm(() -> BatchNorm.forward(rows, columns, 1, x, 0, grid, 0, grid, 0, EPS, y, 0, mean, var, rstd, team),
                true);
    }

    private Workload norm(Runnable ours, boolean byColumn) {
        int n = x.length;
        return new Workload(
                scalar ? () -> ScalarMath.normalize(rows, columns, byColumn, EPS, x, grid, y) : ours, NORM_FLOPS * n,
                Workload.floats(n), Workload.floats(n), new Answer("normalised", y, i -> {
                    int from = byColumn ? i % columns : i / columns * columns;
                    double h = ScalarMath.normalized(byColumn ? rows : columns, byColumn ? columns : 1, from, i, EPS,
                            x);
                    float w = grid[i % columns];
                    return new Expected(h * w + w, 2000 * Answer.UNIT_ROUNDOFF);
                }));
    }
}
