package org.lanewise.bench.compare;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.sun.management.ThreadMXBean;
import org.lanewise.kernels.Backend;
import org.lanewise.kernels.Gemm;
import org.lanewise.kernels.MachineLimits;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Transpose;

/**
 * {@code bench/guard}: has a micro-kernel fallen off the inlining cliff? If the compiler gives up inlining its vector operations,
 * every vector becomes an object, and the product is ten times slower while all its answers stay right. It depends on the order in
 * which a JVM compiles, so each run is a fresh JVM: this one.
 *
 * <p>
 * Exit code 1 if a product allocates or stays below half of the peak of fused multiply-adds, 2 if nothing could be measured.
 */
public final class InliningGuard {

    /** A product far above the cliff, which leaves a tenth, and far below what a loaded machine takes away. */
    static final double LEAST_SHARE = 0.5;

    private static final int ROUNDS = 20_000;
    private static final long WARM_UP_NANOS = 2_000_000_000;
    private static final int SAMPLES = 25;

    /** A product of each kind of micro-kernel. */
    private enum Product {
        PACKED(Transpose.NO, 256), PACKED_TRANSPOSED(Transpose.YES, 256), IN_PLACE(Transpose.NO, 128), DIRECT(
                Transpose.NO,
                64);

        final Transpose transB;
        final int size;

        Product(Transpose transB, int size) {
            this.transB = transB;
            this.size = size;
        }
    }

    /**
     * What was seen of a product.
     *
     * @param bytes bytes that a call allocates
     * @param share its speed by the peak
     */
    record Seen(String product, long bytes, double share) {

        boolean isFine() { return bytes == 0 && share >= LEAST_SHARE; }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%-18s allocates %d bytes a call, runs at %.2f of the peak: %s", product,
                    bytes,
                    share, isFine() ? "fine" : "it must be 0 bytes, and at least " + LEAST_SHARE);
        }
    }

    /** The compiler drops what nobody keeps. */
    @SuppressWarnings("unused")
    private static volatile float kept;

    private InliningGuard() {
    }

    /**
     * The command.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        if (!Backend.current().vectorized()) {
            System.err.println("bench/guard: this JVM runs the " + Backend.current());
            System.exit(2);
        }
        List<Seen> all = new ArrayList<>();
        for (Product product : Product.values()) {
            all.add(measure(product));
        }
        all.forEach(System.out::println);
        System.exit(all.stream().allMatch(Seen::isFine) ? 0 : 1);
    }

    private static Seen measure(Product product) {
        int n = product.size;
        float[] a = new float[n * n];
        float[] b = new float[n * n];
        float[] c = new float[n * n];
        Runnable call = () -> Gemm.sgemm(Transpose.NO, product.transB, n, n, n, 1, a, 0, n, b, 0, n, 0, c, 0, n,
                Parallelism.serial());
        int calls = Math.max(1, 256 * 256 * 256 / (n * n * n)) * 4;
        long start = System.nanoTime();
        while (System.nanoTime() - start < WARM_UP_NANOS || !JitCompiler.idle()) {
            call.run();
            peak();
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = Long.MAX_VALUE;
        double best = 0;
        double peak = 0;
        for (int sample = 0; sample < SAMPLES; sample++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            long from = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                call.run();
            }
            best = Math.max(best, 2.0 * n * n * n * calls / (System.nanoTime() - from));
            bytes = Math.min(bytes, (threads.getCurrentThreadAllocatedBytes() - before) / calls);
            peak = Math.max(peak, peak());
        }
        return new Seen(product.name().toLowerCase(Locale.ROOT).replace('_', ' '), bytes, best / peak);
    }

    /** Flops a nanosecond. */
    private static double peak() {
        long from = System.nanoTime();
        kept = MachineLimits.multiplyAdds(ROUNDS, 1e-3f, 1e-3f);
        return 2.0 * ROUNDS * MachineLimits.multiplyAddsPerRound() / (System.nanoTime() - from);
    }
}
