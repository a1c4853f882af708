package org.lanewise.bench;

import java.util.Arrays;

import org.lanewise.bench.Answer.Expected;
import org.lanewise.kernels.Gemm;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Transpose;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * C := A*B for A of shape (M, K) and B of shape (K, N).
 */
public class GemmBenchmark extends Suite {

    /** MxKxN. */
    @Param({"32x32x32", "64x64x64", "128x128x128", "256x256x256", "512x512x512", "1024x1024x1024",
        "mlp-fc1:128x784x512", "cnn-fc1:64x3136x128", "cnn-fc1:1x3136x128", "conv3x3:64x576x196",
        "lstm-hidden:32x256x1024"})
    public String shape;

    /** {@code lanewise}, or {@code scalar} for three plain loops. */
    @Param({"lanewise", "scalar"})
    public String implementation;

    /** One product. */
    @Benchmark
    public void gemm(Flops flops) {
        flops.gflop += run();
    }

    @Override
    Workload prepare(Parallelism parallelism) {
        int[] sizes = Parameters.sizes(shape, "MxKxN");
        int m = sizes[0];
        int k = sizes[1];
        int n = sizes[2];
        var data = new RandomData();
        float[] a = data.grid(m * k);
        float[] b = data.grid(k * n);
        float[] c = new float[m * n];
        Runnable kernel = switch (implementation) {
            case "lanewise" -> () -> Gemm
                    .sgemm(Transpose.NO, Transpose.NO, m, n, k, 1, a, 0, k, b, 0, n, 0, c, 0, n, parallelism);
            case "scalar" -> () -> scalar(m, n, k, a, b, c);
            default -> throw Parameters.unknown("implementation", implementation, "lanewise, scalar");
        };
        return new Workload(kernel, 2.0 * m * n * k, new Answer("C", c, index -> {
            double sum = 0;
            for (int p = 0; p < k; p++) {
                sum += (double) a[index / n * k + p] * b[p * n + index % n];
            }
            return Expected.exactly(sum);
        }));
    }

    /** Along rows in the innermost loop, so that memory is read in order. No difference was seen with -XX:-UseSuperWord. */
    private static void scalar(int m, int n, int k, float[] a, float[] b, float[] c) {
        Arrays.fill(c, 0);
        for (int i = 0; i < m; i++) {
            for (int p = 0; p < k; p++) {
                float factor = a[i * k + p];
                for (int j = 0; j < n; j++) {
                    c[i * n + j] += factor * b[p * n + j];
                }
            }
        }
    }
}
