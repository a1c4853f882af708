package org.lanewise.bench.compare;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;
import org.lanewise.bench.Workload;

/** A contender in this JVM. It is checked before it is timed, and again when all is done. */
final class InProcess implements Contender {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final String name;
    private final Workload workload;
    private final long firstCallNanos;

    InProcess(String name, Workload workload) {
        this.name = name;
        this.workload = workload;
        long start = System.nanoTime();
        workload.kernel().run();
        firstCallNanos = System.nanoTime() - start;
        workload.check();
    }

    /** How long the first call took, which is checked and not counted. */
    long firstCallNanos() {
        return firstCallNanos;
    }

    Workload workload() {
        return workload;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double nanosPerCall(double seconds) {
        Runnable kernel = workload.kernel();
        // In batches that double: the clock takes as long as the smallest kernels.
        long limit = (long) (seconds * 1e9);
        long calls = 0;
        long start = System.nanoTime();
        long elapsed = 0;
        for (long batch = 1; elapsed < limit || calls == 0; batch *= elapsed < limit / 4 ? 2 : 1) {
            for (long i = 0; i < batch; i++) {
                kernel.run();
            }
            calls += batch;
            elapsed = System.nanoTime() - start;
        }
        return (double) elapsed / calls;
    }

    /** Bytes that the calling thread allocates for one call. */
    double allocatedBytes(int calls) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < calls; i++) {
            workload.kernel().run();
        }
        return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / calls;
    }

    @Override
    public void close() {
        workload.check();
    }
}
