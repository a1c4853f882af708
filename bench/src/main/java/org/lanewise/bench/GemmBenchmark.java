package org.lanewise.bench;

import java.util.Arrays;

import org.lanewise.bench.Answer.Expected;
import org.lanewise.bench.peers.GemmPeer;
import org.lanewise.bench.peers.GemmPeer.Product;
import org.lanewise.bench.peers.Peers;
import org.lanewise.kernels.Gemm;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Transpose;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * C := op(A)*op(B) for op(A) of shape (M, K) and op(B) of shape (K, N).
 *
 * <p>
 * A linear layer with input X, weights W and gradient dY makes three products: X*W^T forward, dY*W by data, dY^T*X by weights.
 */
public class GemmBenchmark extends Suite {

    /** MxKxN, then N or T for A and for B; without them both are as they are stored. */
    @Param({"8x8x8", "16x16x16", "32x32x32", "64x64x64", "128x128x128", "256x256x256", "512x512x512", "768x768x768",
        "1024x1024x1024", "2048x2048x2048",
        "256x256x256:NT", "256x256x256:TN", "256x256x256:TT", "1024x1024x1024:NT", "1024x1024x1024:TN",
        "1024x1024x1024:TT",
        "mlp-fc1:128x784x512:NT", "mlp-fc1-by-data:128x512x784", "mlp-fc1-by-weights:512x128x784:TN",
        "cnn-fc1:64x3136x128:NT", "cnn-fc1-by-data:64x128x3136", "cnn-fc1-by-weights:128x64x3136:TN",
        "cnn-fc1-one:1x3136x128:NT", "cnn-fc1-one-by-data:1x128x3136", "cnn-fc1-one-by-weights:128x1x3136:TN",
        "conv3x3:64x576x196", "conv3x3-by-data:576x64x196:TN", "conv3x3-by-weights:64x196x576:NT",
        "lstm-hidden:32x256x1024:NT", "lstm-hidden-by-data:32x1024x256", "lstm-hidden-by-weights:1024x32x256:TN",
        "lstm-input:2048x128x1024:NT", "lstm-input-by-data:2048x1024x128", "lstm-input-by-weights:1024x2048x128:TN",
        "lstm-hidden-one:1x256x1024:NT", "row:1x1024x1024", "gemv:1024x1024x1", "gemv:1024x1024x1:TN",
        "few-rows:4x1024x1024", "few-rows:4x1024x1024:NT", "few-columns:1024x1024x4", "few-columns:1024x1024x4:TN",
        "outer:1024x1x1024", "conv1:32x9x784", "k9:1024x9x1024", "conv1-rgb:64x27x12544", "k27:1024x27x1024"})
    public String shape;

    /** {@code lanewise}, {@code scalar} for three plain loops, or a library of {@code bench/peers}. */
    @Param({OURS, SCALAR})
    public String implementation;

    /** One product. */
    @Benchmark
    public void gemm(Work work) {
        run(work);
    }

    @Override
    protected String implementation() {
        return implementation;
    }

    @Override
    public Workload prepare(Parallelism parallelism) {
        int[] sizes = Parameters.sizes(shape, "MxKxN");
        int m = sizes[0];
        int k = sizes[1];
        int n = sizes[2];
        String transposes = Parameters.suffix(shape, "NN");
        if (!transposes.matches("[NT][NT]")) {
            throw Parameters.unknown("shape", shape, "MxKxN, MxKxN:NT, MxKxN:TN, MxKxN:TT");
        }
        var data = new RandomData();
        var product = new Product(transposes.charAt(0) == 'T', transposes.charAt(1) == 'T', m, n, k,
                data.grid(m * k), data.grid(k * n), new float[m * n]);
        Runnable kernel = switch (implementation) {
            case OURS -> () -> ours(product, parallelism);
            case SCALAR -> () -> scalar(product);
            default -> Peers.find(GemmPeer.class, implementation, "lanewise, scalar").gemm(product);
        };
        return new Workload(kernel, 2.0 * m * n * k, Workload.floats((double) m * k + (double) k * n),
                Workload.floats((double) m * n),
                new Answer("C", product.c(), index -> definition(product, index / n, index % n)));
    }

    private static Expected definition(Product p, int i, int j) {
        double sum = 0;
        for (int l = 0; l < p.k(); l++) {
            sum += (double) p.a()[p.transA() ? l * p.m() + i : i * p.k() + l]
                    * p.b()[p.transB() ? j * p.k() + l : l * p.n() + j];
        }
        return Expected.exactly(sum);
    }

    private static void ours(Product p, Parallelism parallelism) {
        Gemm.sgemm(p.transA() ? Transpose.YES : Transpose.NO, p.transB() ? Transpose.YES : Transpose.NO,
                p.m(), p.n(), p.k(), 1, p.a(), 0, p.transA() ? p.m() : p.k(), p.b(), 0, p.transB() ? p.k() : p.n(),
                0, p.c(), 0, p.n(), parallelism);
    }

    /** Along rows of B in the innermost loop, so that memory is read in order: sums of rows, or dot products if B is transposed. */
    private static void scalar(Product p) {
        int m = p.m();
        int n = p.n();
        int k = p.k();
        float[] a = p.a();
        float[] b = p.b();
        float[] c = p.c();
        int rowOfA = p.transA() ? 1 : k;
        int columnOfA = p.transA() ? m : 1;
        Arrays.fill(c, 0);
        for (int i = 0; i < m; i++) {
            if (p.transB()) {
                for (int j = 0; j < n; j++) {
                    float sum = 0;
                    for (int l = 0; l < k; l++) {
                        sum += a[i * rowOfA + l * columnOfA] * b[j * k + l];
                    }
                    c[i * n + j] = sum;
                }
            } else {
                for (int l = 0; l < k; l++) {
                    float factor = a[i * rowOfA + l * columnOfA];
                    for (int j = 0; j < n; j++) {
                        c[i * n + j] += factor * b[l * n + j];
                    }
                }
            }
        }
    }
}
