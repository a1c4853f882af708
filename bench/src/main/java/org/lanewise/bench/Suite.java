package org.lanewise.bench;

import java.util.concurrent.TimeUnit;

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

    private static final double GIGA = 1e9;

    /** Threads that a kernel may use. */
    @Param("1")
    public int threads;

    private Parallelism team;
    private Workload workload;
    private double gigaWork;

    /** The kernel and operands that the parameters ask for; nothing has run yet. */
    abstract Workload prepare(Parallelism parallelism);

    /** Prepares, runs once and checks. */
    @Setup
    public void setUp() {
        team = Parallelism.of(threads);
        workload = prepare(team);
        gigaWork = workload.work() / GIGA;
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
        workload.answers().forEach(Answer::check);
    }

    /** Runs the kernel once; returns its work in units of 10^9. */
    final double run() {
        workload.kernel().run();
        return gigaWork;
    }

    /** Shown as {@code :gflop} in "ops/s", which is GFLOP/s. */
    @AuxCounters
    @State(Scope.Thread)
    public static class Flops {
        /** Flops so far, in 10^9. */
        public double gflop;
    }

    /** Shown as {@code :gbyte} in "ops/s", which is GB/s. */
    @AuxCounters
    @State(Scope.Thread)
    public static class Bytes {
        /** Bytes so far, in 10^9: each operand once, however often the caches miss. */
        public double gbyte;
    }
}
