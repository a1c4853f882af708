package org.lanewise.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.lanewise.bench.compare.Comparison.Level;
import org.lanewise.bench.compare.Comparison.Limits;
import org.lanewise.kernels.MachineLimits;

/**
 * Times the loops of {@link MachineLimits}: the fastest of several samples, because a limit is what is never passed. Each thread has
 * arrays of its own; the rates of all that run together are added.
 */
final class LimitsProbe {

    private static final int SAMPLES = 8;
    private static final long WARM_UP_NANOS = 40_000_000;
    private static final int FLOPS = 2;
    private static final int ROUNDS = 10_000;
    /** Streams run over whole multiples of so many floats. */
    private static final int BLOCK = 128;

    /** Keeps the compiler from dropping sums that nobody needs. */
    private volatile float sink;

    private final long sampleNanos;

    LimitsProbe(boolean quick) {
        sampleNanos = quick ? 4_000_000 : 20_000_000;
    }

    Limits measure(int threads) {
        compile();
        List<Level> levels = new ArrayList<>();
        long last = 0;
        for (Caches.Cache cache : Caches.ofThisMachine()) {
            // In the middle of the level: beyond the cache before, and with room for what else is there.
            levels.add(level(cache.name(), cache.bytes(), Math.max(2 * last, Math.min(cache.bytes() / 2, 8L << 20)),
                    threads));
            last = cache.bytes();
        }
        levels.add(level("memory", Long.MAX_VALUE, Math.clamp(4 * last, 64L << 20, 256L << 20) / threads, threads));
        return new Limits(multiplyAdds(threads), multiplyAdds(Runtime.getRuntime().availableProcessors()), levels);
    }

    /** Many short calls: the first long one would run interpreted to its end, which takes seconds. */
    private void compile() {
        float[] x = new float[BLOCK];
        float[] y = new float[BLOCK];
        float[] z = new float[BLOCK];
        do {
            for (int i = 0; i < 10_000; i++) {
                sink = MachineLimits.multiplyAdds(4, 1, 1) + MachineLimits.read(BLOCK, x);
                MachineLimits.write(BLOCK, 1, x);
                MachineLimits.triad(BLOCK, 1, x, y, z);
            }
        } while (!JitCompiler.idle());
    }

    private double multiplyAdds(int threads) {
        return fastest(threads, () -> () -> {
            sink = MachineLimits.multiplyAdds(ROUNDS, 1e-3f, 1e-3f);
            return (long) FLOPS * ROUNDS * MachineLimits.multiplyAddsPerRound();
        });
    }

    private Level level(String name, long upTo, long bytes, int threads) {
        int one = elements(bytes);
        int three = elements(bytes / 3);
        double read = fastest(threads, () -> {
            float[] x = new float[one];
            return () -> {
                sink = MachineLimits.read(one, x);
                return (long) Float.BYTES * one;
            };
        });
        double write = fastest(threads, () -> {
            float[] x = new float[one];
            return () -> {
                MachineLimits.write(one, 1, x);
                return (long) Float.BYTES * one;
            };
        });
        double triad = fastest(threads, () -> {
            float[] a = new float[three];
            float[] b = new float[three];
            float[] c = new float[three];
            return () -> {
                MachineLimits.triad(three, 0.5f, b, c, a);
                return 3L * Float.BYTES * three;
            };
        });
        return new Level(name, upTo, read, write, triad);
    }

    private static int elements(long bytes) {
        return (int) (bytes / Float.BYTES / BLOCK) * BLOCK;
    }

    /** Units of work a nanosecond, of all threads together. Each makes its own work, so its arrays are near to it. */
    private double fastest(int threads, Supplier<LongSupplier> work) {
        double[][] rates = new double[SAMPLES][threads];
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Thread> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int thread = t;
            running.add(Thread.ofPlatform().daemon().start(() -> {
                LongSupplier mine = work.get();
                do {
                    rate(mine, WARM_UP_NANOS);
                } while (!JitCompiler.idle());
                for (double[] sample : rates) {
                    await(together);
                    sample[thread] = rate(mine, sampleNanos);
                }
            }));
        }
        double fastest = 0;
        try {
            for (Thread thread : running) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotMeasure("interrupted while the limits were measured");
        }
        for (double[] sample : rates) {
            double sum = 0;
            for (double rate : sample) {
                sum += rate;
            }
            fastest = Math.max(fastest, sum);
        }
        return fastest;
    }

    private static double rate(LongSupplier work, long nanos) {
        long start = System.nanoTime();
        long done = 0;
        long elapsed = 0;
        while (elapsed < nanos) {
            done += work.getAsLong();
            elapsed = System.nanoTime() - start;
        }
        return (double) done / elapsed;
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }
}
