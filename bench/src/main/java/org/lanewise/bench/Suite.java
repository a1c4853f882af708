package org.lanewise.bench;

import java.util.concurrent.TimeUnit;

import org.lanewise.bench.peers.Peers;
import org.lanewise.kernels.Parallelism;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What all benchmarks share: how is measured, and that a wrong answer has no speed.
 *
 * <p>
 * The mode is throughput per second, because only there a counter of flops becomes flops per second.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class Suite {

    /** The name of our own kernels among the implementations. */
    public static final String OURS = "lanewise";

    /** The name of plain loops among the implementations. */
    public static final String SCALAR = "scalar";

    private static final double GIGA = 1e9;

    /** Threads that a kernel may use. */
    @Param("1")
    public int threads;

    private Parallelism team;
    private Workload workload;

    /**
     * The kernel and operands that the parameters ask for; nothing has run yet.
     *
     * @param parallelism the threads for our own kernels
     * @return the kernel with its work and its answers
     * @throws IllegalArgumentException if a parameter has a value that this suite does not know
     */
    public abstract Workload prepare(Parallelism parallelism);

    /** {@return who is measured} */
    protected abstract String implementation();

    /** Prepares, runs once and checks. */
    @Setup
    public void setUp() {
        team = Parallelism.of(threads);
        if (threads > 1 && implementation().equals(SCALAR)) {
            throw new IllegalArgumentException("threads=" + threads + ": plain loops have one thread");
        }
        Peers.threads(implementation(), threads);
        workload = prepare(team);
        workload.kernel().run();
        check();
    }

    /** Checks again: by now another compiler has made the code. */
    @TearDown
    public void tearDown() {
        check();
        team.close();
    }

    private void check() {
        workload.check();
    }

    /** Runs the kernel once and counts its work. */
    final void run(Work work) {
        workload.kernel().run();
        work.gflop += workload.flops() / GIGA;
        work.gbyte += workload.bytes() / GIGA;
    }

    /** Shown as {@code :gflop} and {@code :gbyte} in "ops/s", which are GFLOP/s and GB/s. */
    @AuxCounters
    @State(Scope.Thread)
    public static class Work {
        /** Flops so far, in 10^9. */
        public double gflop;
        /** Bytes so far, in 10^9: each operand once, however often the caches miss. */
        public double gbyte;
    }
}
