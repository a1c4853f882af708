package org.lanewise.bench.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.lanewise.bench.Suite;
import org.lanewise.bench.Workload;
import org.lanewise.bench.compare.Comparison.Limits;
import org.lanewise.bench.compare.Comparison.Missing;
import org.lanewise.bench.compare.Comparison.PeerTiming;
import org.lanewise.bench.compare.Comparison.PeerVersion;
import org.lanewise.bench.compare.Comparison.Skipped;
import org.lanewise.bench.compare.Comparison.Timing;
import org.lanewise.bench.peers.GemmPeer;
import org.lanewise.bench.peers.Peer;
import org.lanewise.bench.peers.Peers;
import org.lanewise.bench.peers.TrainPeer;
import org.lanewise.kernels.Parallelism;

/** Ourselves and all who are measured beside us in a suite. */
final class Opponents implements AutoCloseable {

    private static final int ALLOCATION_CALLS = 20;
    /** Who takes so many times as long as we do is no contender for the fastest peer. */
    private static final double FAR_BEHIND = 4;
    /** First calls may run interpreted. */
    private static final double LONG_FIRST_CALLS = 50;
    /** Shorter calls tell about overhead, and nothing of the speed in a larger case. */
    private static final double TELLING_MICROS = 1000;

    private final String suite;
    private final Cases cases;
    private final int threads;
    private final boolean quick;
    private final Rounds rounds;
    private final Parallelism team;
    private final List<String> inProcess = new ArrayList<>();
    private final List<PyTorch> children = new ArrayList<>();
    private final List<PeerVersion> versions = new ArrayList<>();
    private final List<Missing> missing = new ArrayList<>();
    /** Flops and bytes a nanosecond of implementations that fell far behind, to foresee how long they take for a larger shape. */
    private final Map<String, Double> laggards = new HashMap<>();

    private Opponents(String suite, Cases cases, int threads, boolean quick) {
        this.suite = suite;
        this.cases = cases;
        this.threads = threads;
        this.quick = quick;
        rounds = new Rounds(quick, threads);
        team = Parallelism.of(threads);
    }

    static Opponents of(String suite, Cases cases, int threads, @Nullable String python, boolean quick) {
        Opponents all = new Opponents(suite, cases, threads, quick);
        all.addPlainLoops();
        all.addLibraries();
        all.addPyTorch(python);
        return all;
    }

    private void addPlainLoops() {
        for (String name : cases.implementations()) {
            if (!name.equals(Suite.OURS)) {
                if (threads == 1) {
                    inProcess.add(name);
                    versions.add(new PeerVersion(name, "plain loops in Java"));
                } else {
                    missing.add(new Missing(name, "plain loops have one thread", "--threads 1"));
                }
            }
        }
    }

    private void addLibraries() {
        Class<? extends Peer> type = switch (suite) {
            case "gemm" -> GemmPeer.class;
            case "train" -> TrainPeer.class;
            default -> null;
        };
        if (type == null) {
            return;
        }
        if (Peers.all(type).isEmpty()) {
            missing.add(new Missing(suite.equals("gemm") ? "openblas, vectorblas, ejml" : "djl",
                    "not on the class path", Peers.INSTALL));
        }
        for (Peer peer : Peers.all(type)) {
            try {
                peer.threads(threads);
                versions.add(new PeerVersion(peer.name(), peer.version()));
                inProcess.add(peer.name());
            } catch (UnsupportedOperationException e) {
                missing.add(new Missing(peer.name(), String.valueOf(e.getMessage()), "--threads 1"));
            } catch (RuntimeException | LinkageError e) {
                missing.add(new Missing(peer.name(), String.valueOf(e.getMessage()), Peers.INSTALL));
            }
        }
    }

    /** An interpreter that was named must have PyTorch; the one of the system need not. */
    private void addPyTorch(@Nullable String python) {
        for (boolean keepingMemory : new boolean[] {false, true}) {
            try {
                PyTorch child = PyTorch.start(python == null ? "python3" : python, threads, keepingMemory);
                children.add(child);
                versions.add(new PeerVersion(child.name(), child.version()));
            } catch (CannotMeasure e) {
                if (python != null) {
                    close();
                    throw new CannotMeasure(e.getMessage() + "; install it with: " + PyTorch.INSTALL);
                }
                missing.add(new Missing("pytorch", String.valueOf(e.getMessage()), PyTorch.INSTALL));
                return;
            }
        }
    }

    List<PeerVersion> versions() {
        return versions;
    }

    List<Missing> missing() {
        return missing;
    }

    /** One case: we and each of them in turn. */
    Comparison.Case measure(Map<String, String> parameters, Limits limits) {
        try (InProcess ours = prepare(parameters, Suite.OURS)) {
            Workload workload = ours.workload();
            double best = rounds.warmUp(ours, work(workload), true);
            List<double[]> ourTimes = new ArrayList<>();
            List<PeerTiming> timings = new ArrayList<>();
            List<Skipped> skipped = new ArrayList<>();
            for (String name : inProcess) {
                String laggard = laggard(name, parameters);
                double foreseen = work(workload) / laggards.getOrDefault(laggard, Double.POSITIVE_INFINITY);
                if (foreseen > longestCall()) {
                    skipped.add(new Skipped(name, "one call would take about %.2f s".formatted(foreseen / 1e9)));
                    continue;
                }
                try {
                    PeerTiming timing;
                    try (InProcess theirs = prepare(parameters, name)) {
                        // Its speed in smaller cases did not tell; a laggard all the same.
                        if (theirs.firstCallNanos() > Math.max(FAR_BEHIND * best, LONG_FIRST_CALLS * longestCall())) {
                            skipped.add(
                                    new Skipped(name, "one call took %.2f s".formatted(theirs.firstCallNanos() / 1e9)));
                            continue;
                        }
                        timing = measure(ours, theirs, best, workload, ourTimes);
                    }
                    timings.add(timing);
                    if (timing.ratio() > FAR_BEHIND && timing.micros() > TELLING_MICROS) {
                        laggards.put(laggard, work(workload) / (1e3 * timing.micros()));
                    }
                } catch (RuntimeException | LinkageError e) {
                    skipped.add(new Skipped(name, String.valueOf(e)));
                }
            }
            for (PyTorch child : children) {
                try (Contender theirs = child.contender(suite, parameters)) {
                    timings.add(measure(ours, theirs, best, workload, ourTimes));
                } catch (CannotMeasure e) {
                    skipped.add(new Skipped(child.name(), String.valueOf(e.getMessage())));
                }
            }
            if (ourTimes.isEmpty()) {
                ourTimes.add(rounds.measure(ours));
            }
            double nanos = Rounds.median(ourTimes.stream().mapToDouble(Rounds::median).toArray());
            Roofline roofline = Roofline.of(workload, limits, threads);
            return new Comparison.Case(Cases.name(parameters), parameters, workload.flops(), workload.bytes(),
                    new Timing(nanos / 1e3, ours.allocatedBytes(nanos > 1e7 ? 1 : ALLOCATION_CALLS)), timings, skipped,
                    roofline.limit(), roofline.nanos() / nanos);
        }
    }

    private PeerTiming measure(Contender ours, Contender theirs, double ourBest, Workload workload,
            List<double[]> ourTimes) {
        double theirBest = rounds.warmUp(theirs, work(workload), false);
        Rounds.Pairs pairs = rounds.measure(ours, ourBest, theirs, theirBest);
        ourTimes.add(pairs.ours());
        return new PeerTiming(theirs.name(), pairs.medianOfTheirs() / 1e3, pairs.ratio());
    }

    /** The implementation and all but the shape: another function or direction has another speed. */
    private static String laggard(String name, Map<String, String> parameters) {
        var rest = new TreeMap<>(parameters);
        rest.remove("shape");
        return name + rest;
    }

    private InProcess prepare(Map<String, String> parameters, String implementation) {
        return new InProcess(implementation, cases.suite(parameters, implementation).prepare(team));
    }

    private static double work(Workload workload) {
        return workload.flops() + workload.bytes();
    }

    /** Nanoseconds: a laggard that takes longer would cost the others their time. */
    private double longestCall() {
        return quick ? 0.01e9 : 10e9;
    }

    @Override
    public void close() {
        children.forEach(PyTorch::close);
        team.close();
    }
}
