package org.lanewise.bench.compare;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a run of {@code bench/compare} has measured; written as JSON, read by {@code bench/report}.
 *
 * @param suite   the suite
 * @param threads threads of every implementation
 * @param quick   whether it was measured in a hurry
 * @param filter  the text that cases had to contain; null if all were measured
 * @param date    when it ended
 * @param machine where
 * @param limits  what this machine can do
 * @param peers   the libraries that ran
 * @param missing the libraries that did not
 * @param cases   the results
 * @param summary about all of them; null if no case had a peer
 */
public record Comparison(String suite, int threads, boolean quick, @Nullable String filter, Instant date,
        Machine machine,
        Limits limits, List<PeerVersion> peers, List<Missing> missing, List<Case> cases, @Nullable Summary summary) {

    /**
     * The machine and the JVM.
     *
     * @param cpu     the CPU's name
     * @param cores   processors of the JVM
     * @param os      operating system
     * @param jdk     version of the JVM
     * @param backend the kernels that ran, and why
     */
    public record Machine(String cpu, int cores, String os, String jdk, String backend) {
    }

    /**
     * Limits, with as many threads as the suite.
     *
     * @param fmaGflops         the peak of the fused multiply-adds, 10^9 flops a second
     * @param fmaGflopsAllCores the same on all cores
     * @param levels            bandwidths, from the nearest cache to memory
     */
    public record Limits(double fmaGflops, double fmaGflopsAllCores, List<Level> levels) {
    }

    /**
     * Bandwidths in 10^9 bytes a second.
     *
     * @param name  L1, L2, L3 or memory
     * @param bytes the largest working set of one thread that is counted to this level
     * @param read  of a sum
     * @param write of a fill
     * @param triad of a := b + s*c
     */
    public record Level(String name, long bytes, double read, double write, double triad) {
    }

    /**
     * A library that ran.
     *
     * @param name    its name
     * @param version its version, and what it chose for this CPU
     */
    public record PeerVersion(String name, String version) {
    }

    /**
     * A library that did not run.
     *
     * @param name    its name
     * @param reason  why
     * @param install the command that installs it
     */
    public record Missing(String name, String reason, String install) {
    }

    /**
     * One case.
     *
     * @param name         the parameters in short
     * @param parameters   the parameters of the benchmark
     * @param flops        of one call
     * @param bytes        that one call must move
     * @param ours         our time
     * @param peers        the peers' times
     * @param skipped      peers that were not measured in this case, and why
     * @param limit        what bounds this case: {@code FMA peak}, or a level and kind of bandwidth such as {@code L2 triad}
     * @param shareOfLimit the time that the limit would allow, by ours
     */
    public record Case(String name, Map<String, String> parameters, double flops, double bytes, Timing ours,
            List<PeerTiming> peers, List<Skipped> skipped, String limit, double shareOfLimit) {

        /**
         * {@return the peer with the smallest ratio, or null if there is none} Not the one of the least time: peers are measured
         * one after the other, each beside us, and the machine drifts in between.
         */
        public @Nullable PeerTiming bestPeer() {
            return peers.stream().min((a, b) -> Double.compare(a.ratio(), b.ratio())).orElse(null);
        }
    }

    /**
     * Our time.
     *
     * @param micros         of one call, in microseconds: the median of the rounds
     * @param allocatedBytes of one call
     */
    public record Timing(double micros, double allocatedBytes) {
    }

    /**
     * A peer's time.
     *
     * @param name   the peer
     * @param micros of one call: the median of the rounds
     * @param ratio  its time by ours, the median over pairs of neighbouring measurements: above 1 we are faster
     */
    public record PeerTiming(String name, double micros, double ratio) {
    }

    /**
     * A peer that was not measured in a case.
     *
     * @param name   the peer
     * @param reason why
     */
    public record Skipped(String name, String reason) {
    }

    /**
     * All cases against the best peer of each.
     *
     * @param cases    cases with a peer
     * @param minRatio the smallest ratio
     * @param minCase  its case
     * @param geomean  geometric mean of the ratios
     */
    public record Summary(int cases, double minRatio, String minCase, double geomean) {

        /** Of the cases with a peer; null if there is none. */
        static @Nullable Summary of(List<Case> all) {
            int cases = 0;
            double logarithms = 0;
            double minRatio = Double.POSITIVE_INFINITY;
            String minCase = "";
            for (Case one : all) {
                PeerTiming best = one.bestPeer();
                if (best != null) {
                    cases++;
                    logarithms += Math.log(best.ratio());
                    if (best.ratio() < minRatio) {
                        minRatio = best.ratio();
                        minCase = one.name();
                    }
                }
            }
            return cases == 0 ? null : new Summary(cases, minRatio, minCase, Math.exp(logarithms / cases));
        }
    }
}
