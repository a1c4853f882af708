package org.lanewise.bench.compare;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import org.lanewise.kernels.Backend;
import org.lanewise.kernels.Dgemm;
import org.lanewise.kernels.DoubleEpilogue;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Gemm;
import org.lanewise.kernels.MachineLimits;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Transpose;

/**
 * {@code bench/guard}: has a micro-kernel fallen off the inlining cliff? If the compiler gives up inlining its vector operations,
 * every vector becomes an object, and the product is ten times slower while all its answers stay right. It depends on the order in
 * which a JVM compiles, so the command runs this in three fresh JVMs, each with another order.
 *
 * <p>
 * Exit code 1 if a product allocates, or one that multiplication bounds stays below half of the peak of fused multiply-adds, 2 if
 * nothing could be measured.
 */
public final class InliningGuard {

    /** A product far above the cliff, which leaves a tenth, and far below what a loaded machine takes away. */
    static final double LEAST_SHARE = 0.5;

    /** Where memory, or what surrounds the kernel, is the limit: only the allocation tells. */
    private static final double NONE = 0;

    private static final int ROUNDS = 20_000;
    private static final long WARM_UP_NANOS = 1_000_000_000;
    private static final double SAMPLE_FLOPS = 1e8;
    private static final int SAMPLES = 25;

    /** Products of each way and kind of kernel, with edges in most. */
    private static List<Product> products() {
        List<Product> all = new ArrayList<>();
        all.add(new Product("packed", Transpose.NO, Transpose.NO, 256, 256, 256, 1, LEAST_SHARE));
        all.add(new Product("B transposed", Transpose.NO, Transpose.YES, 250, 250, 250, 1, LEAST_SHARE));
        all.add(new Product("A transposed", Transpose.YES, Transpose.NO, 240, 240, 160, 1, LEAST_SHARE));
        all.add(new Product("blocks of rows", Transpose.NO, Transpose.NO, 500, 430, 300, 1, LEAST_SHARE));
        all.add(new Product("direct", Transpose.NO, Transpose.NO, 66, 64, 64, 1, NONE));
        all.add(new Product("direct, deep", Transpose.NO, Transpose.NO, 241, 45, 200, 1, NONE));
        all.add(new Product("one vector", Transpose.NO, Transpose.NO, 13, 13, 13, 1, NONE));
        all.add(new Product("half a vector", Transpose.NO, Transpose.NO, 8, 8, 8, 1, NONE));
        all.add(new Product("dot products", Transpose.NO, Transpose.YES, 5, 200, 600, 1, NONE));
        all.add(new Product("added rows", Transpose.NO, Transpose.NO, 5, 1100, 1100, 1, NONE));
        all.add(new Product("added columns", Transpose.YES, Transpose.NO, 300, 5, 300, 1, NONE));
        all.add(new Product("row", Transpose.NO, Transpose.NO, 1, 300, 300, 1, NONE));
        all.add(new Product("column", Transpose.NO, Transpose.NO, 300, 1, 300, 1, NONE));
        all.add(new Product("outer", Transpose.NO, Transpose.NO, 200, 300, 1, 1, NONE));
        all.add(new Product("packed, overwrites", Transpose.NO, Transpose.NO, 250, 250, 250, 0, LEAST_SHARE));
        all.add(new Product("one vector, overwrites", Transpose.NO, Transpose.NO, 13, 13, 13, 0, NONE));
        all.add(new Product("outer, overwrites", Transpose.NO, Transpose.NO, 200, 300, 1, 0, NONE));
        return all;
    }

    /**
     * C := relu(op(A)*op(B) + beta*C + bias).
     *
     * @param leastShare of the peak
     */
    private record Product(String name, Transpose transA, Transpose transB, int m, int n, int k, float beta,
            double leastShare) {

        Runnable floats() {
            float[] a = new float[m * k];
            float[] b = new float[k * n];
            float[] c = new float[m * n];
            Epilogue epilogue = new Epilogue(Epilogue.Bias.COLUMN, new float[n], 0, true);
            return () -> Gemm.sgemm(transA, transB, m, n, k, 1, a, 0, transA == Transpose.NO ? k : m, b, 0,
                    transB == Transpose.NO ? n : k,
                    beta, c, 0, n, epilogue, Parallelism.serial());
        }

        Runnable doubles() {
            double[] a = new double[m * k];
            double[] b = new double[k * n];
            double[] c = new double[m * n];
            DoubleEpilogue epilogue = new DoubleEpilogue(DoubleEpilogue.Bias.COLUMN, new double[n], 0, true);
            return () -> Dgemm.dgemm(transA, transB, m, n, k, 1, a, 0, transA == Transpose.NO ? k : m, b, 0,
                    transB == Transpose.NO ? n : k,
                    beta, c, 0, n, epilogue, Parallelism.serial());
        }
    }

    /**
     * What was seen of a product.
     *
     * @param bytes bytes that a call allocates
     * @param share its speed by the peak
     * @param leastShare what it must be
     */
    record Seen(String product, long bytes, double share, double leastShare) {

        boolean isFine() { return bytes == 0 && share >= leastShare; }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%-26s allocates %d bytes a call, runs at %.2f of the peak: %s", product,
                    bytes, share, isFine() ? "fine" : "it must be 0 bytes, and at least " + leastShare);
        }
    }

    /** The compiler drops what nobody keeps. */
    @SuppressWarnings("unused")
    private static volatile float kept;

    /** The fastest so far, flops a nanosecond. */
    private static double peak;

    private InliningGuard() {
    }

    /**
     * The command.
     *
     * @param arguments a number: the order of the products is shuffled with it
     */
    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            System.err.println("bench/guard takes no arguments");
            System.exit(2);
        }
        if (!Backend.current().vectorized()) {
            System.err.println("bench/guard: this JVM runs the " + Backend.current());
            System.exit(2);
        }
        List<Product> products = products();
        Collections.shuffle(products, new Random(Long.parseLong(arguments[0])));
        List<Seen> all = new ArrayList<>();
        for (Product product : products) {
            all.add(measure("float", product, product.floats(), 1));
            all.add(measure("double", product, product.doubles(), 2));
        }
        all.forEach(System.out::println);
        System.exit(all.stream().allMatch(Seen::isFine) ? 0 : 1);
    }

    /**
     * Measures a product.
     *
     * @param slower how many times the peak of floats is that of this type
     */
    private static Seen measure(String type, Product product, Runnable call, int slower) {
        double flops = 2.0 * product.m * product.n * product.k;
        int calls = (int) Math.max(4, SAMPLE_FLOPS / flops);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = Long.MAX_VALUE;
        double best = 0;
        long start = System.nanoTime();
        int samples = 0;
        while (samples < SAMPLES) {
            long before = threads.getCurrentThreadAllocatedBytes();
            long from = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                call.run();
            }
            best = Math.max(best, flops * calls / (System.nanoTime() - from));
            bytes = Math.min(bytes, (threads.getCurrentThreadAllocatedBytes() - before) / calls);
            peak = Math.max(peak, peak());
            samples = System.nanoTime() - start < WARM_UP_NANOS || !JitCompiler.idle() ? 0 : samples + 1;
        }
        String name = type + ' ' + product.name();
        return new Seen(name, bytes, best * slower / peak, product.leastShare);
    }

    /** Flops a nanosecond. */
    private static double peak() {
        long from = System.nanoTime();
        kept = MachineLimits.multiplyAdds(ROUNDS, 1e-3f, 1e-3f);
        return 2.0 * ROUNDS * MachineLimits.multiplyAddsPerRound() / (System.nanoTime() - from);
    }
}
