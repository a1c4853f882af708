package org.lanewise.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.lanewise.bench.compare.Comparison.Level;
import org.lanewise.bench.compare.Comparison.Limits;
import org.lanewise.kernels.MachineLimits;

/**
 * Times the loops of {@link MachineLimits}: the fastest of several samples, because a limit is what is never passed. Each thread has
 * arrays of its own; the rates of all that run together are added. Each sample of a
 * small cache has new arrays, because where the JVM puts an array
 * decides whether its vectors cross cache lines, which halves the bandwidth of the first cache.
 */
final class LimitsProbe {

    private static final int SAMPLES = 12;
    /** Bytes: larger arrays take long to make, and are too far away to notice how they lie. */
    private static final long LARGEST_ANEW = 1 << 20;
    private static final long WARM_UP_NANOS = 40_000_000;
    private static final int FLOPS = 2;
    private static final int ROUNDS = 10_000;
    /** Streams run over whole multiples of so many floats. */
    private static final int BLOCK = 128;

    private final long sampleNanos;

    /** Stands before the arrays that are allocated next. */
    @SuppressWarnings("unused") // read by nobody, on purpose: what nobody keeps may not be allocated at all
    private volatile byte[] padding = {};

    LimitsProbe(boolean quick) {
        sampleNanos = quick ? 4_000_000 : 20_000_000;
    }

    Limits measure(int threads) {
        compile();
        List<Level> levels = new ArrayList<>();
        long last = 0;
        for (Caches.Cache cache : Caches.ofThisMachine()) {
            // In the middle of the level: beyond the cache before, and with room for what else is there.
            long share = cache.bytes() / Math.min(threads, cache.cores());
            levels.add(level(cache.name(), share, Math.max(2 * last, Math.min(share / 2, 8L << 20)), threads));
            last = share;
        }
        levels.add(level("memory", Long.MAX_VALUE, Math.clamp(4 * last, 64L << 20, 256L << 20), threads));
        return new Limits(multiplyAdds(threads), multiplyAdds(Runtime.getRuntime().availableProcessors()), levels);
    }

    /** Many short calls: the first long one would run interpreted to its end, which takes seconds. */
    private void compile() {
        float[] x = new float[BLOCK];
        float[] y = new float[BLOCK];
        float[] z = new float[BLOCK];
        do {
            for (int i = 0; i < 10_000; i++) {
                z[0] = MachineLimits.multiplyAdds(4, 1, 1) + MachineLimits.read(BLOCK, x);
                MachineLimits.write(BLOCK, 1, x);
                MachineLimits.triad(BLOCK, 1, x, y, z);
            }
        } while (!JitCompiler.idle());
    }

    private double multiplyAdds(int threads) {
        return fastest(threads, false, () -> {
            float[] sum = new float[1]; // an answer that is kept: the compiler drops what nobody needs
            return () -> {
                sum[0] = MachineLimits.multiplyAdds(ROUNDS, 1e-3f, 1e-3f);
                return (long) FLOPS * ROUNDS * MachineLimits.multiplyAddsPerRound();
            };
        });
    }

    private Level level(String name, long upTo, long bytes, int threads) {
        int one = elements(bytes);
        int three = elements(bytes / 3);
        boolean anew = bytes <= LARGEST_ANEW;
        double read = fastest(threads, anew, () -> {
            float[] x = new float[one];
            float[] sum = new float[1];
            return () -> {
                sum[0] = MachineLimits.read(one, x);
                return (long) Float.BYTES * one;
            };
        });
        double write = fastest(threads, anew, () -> {
            float[] x = new float[one];
            return () -> {
                MachineLimits.write(one, 1, x);
                return (long) Float.BYTES * one;
            };
        });
        double triad = fastest(threads, anew, () -> {
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
    private double fastest(int threads, boolean anew, Supplier<LongSupplier> work) {
        double[][] rates = new double[SAMPLES][threads];
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Thread> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int thread = t;
            running.add(Thread.ofPlatform().daemon().start(() -> {
                LongSupplier first = work.get();
                do {
                    rate(first, WARM_UP_NANOS);
                } while (!JitCompiler.idle());
                for (double[] sample : rates) {
                    LongSupplier mine = first;
                    if (anew) {
                        padding = new byte[Long.BYTES * ThreadLocalRandom.current().nextInt(8)];
                        mine = work.get();
                    }
                    rate(mine, 1); // the first pass meets pages that are not there yet
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

    /** In batches that double: a pass over the first cache takes no longer than some looks at the clock. */
    private static double rate(LongSupplier work, long nanos) {
        long start = System.nanoTime();
        long done = 0;
        long elapsed = 0;
        for (long batch = 1; elapsed < nanos; batch *= elapsed < nanos / 4 ? 2 : 1) {
            for (long i = 0; i < batch; i++) {
                done += work.getAsLong();
            }
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
