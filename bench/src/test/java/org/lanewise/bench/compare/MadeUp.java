package org.lanewise.bench.compare;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.lanewise.bench.compare.Comparison.Case;
import org.lanewise.bench.compare.Comparison.Level;
import org.lanewise.bench.compare.Comparison.Limits;
import org.lanewise.bench.compare.Comparison.Machine;
import org.lanewise.bench.compare.Comparison.Missing;
import org.lanewise.bench.compare.Comparison.PeerTiming;
import org.lanewise.bench.compare.Comparison.PeerVersion;
import org.lanewise.bench.compare.Comparison.Skipped;
import org.lanewise.bench.compare.Comparison.Summary;
import org.lanewise.bench.compare.Comparison.Timing;

/** Comparisons that nobody has measured. */
final class MadeUp {

    static final Instant DATE = Instant.parse("2026-03-04T05:06:07Z");
    static final String RUDE = "<b>\"x\" & 'y'|z";

    private MadeUp() {
    }

    /** Square products, one of them against a peer that is faster, and one with a rude name and no peer. */
    static Comparison gemm(int threads) {
        List<Case> cases = List.of(
                new Case("64x64x64", Map.of("shape", "64x64x64"), 524288, 49152, new Timing(6, 0),
                        List.of(new PeerTiming("fastblas", 5, 0.85), new PeerTiming("slowblas", 60, 10)), List.of(),
                        "FMA peak", 0.8),
                new Case("128x128x128:TN", Map.of("shape", "128x128x128:TN"), 4194304, 196608,
                        new Timing(45, 12), List.of(new PeerTiming("fastblas", 54, 1.2)), List.of(), "FMA peak", 0.9),
                new Case(RUDE, Map.of("shape", "8x8x1:TN"), 128, 320, new Timing(0.05, 0), List.of(),
                        List.of(new Skipped("fastblas", "no <8>")), "L1 read", 0.1));
        return comparison("gemm", threads, false, null, cases);
    }

    /** No case has a peer; measured in a hurry, and not all. */
    static Comparison math() {
        return comparison("math", 1, true, "<tanh>",
                List.of(new Case("1x1024 tanh", Map.of("shape", "1x1024", "function", "tanh"), 0, 8192,
                        new Timing(0.5, 0),
                        List.of(), List.of(), "L1 triad", 0.25)));
    }

    private static Comparison comparison(String suite, int threads, boolean quick, String filter, List<Case> cases) {
        return new Comparison(suite, threads, quick, filter, DATE,
                new Machine("A CPU <1>", 2, "Linux", "25.0.1", "vector kernels, 256 bits"),
                new Limits(110, 215,
                        List.of(new Level("L1", 32768, 200, 100, 210), new Level("L2", 524288, 90, 60, 80),
                                new Level("L3", 33554432, 60, 30, 40),
                                new Level("memory", Long.MAX_VALUE, 20, 10, 15))),
                List.of(new PeerVersion("fastblas", "1.2 <zen>"), new PeerVersion("slowblas", "3")),
                List.of(new Missing("torch", "not installed", "pip install 'torch'")), cases, Summary.of(cases));
    }
}
