package org.lanewise.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.lanewise.bench.compare.Comparison.Limits;
import org.lanewise.kernels.Backend;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/compare}: our kernels beside other libraries, in the same run. */
@Command(name = "bench/compare", mixinStandardHelpOptions = true, sortOptions = false, description = {
    "Measures the cases of a suite beside other libraries and the limits of this machine, in turn and with the same number of"
            + " threads, and writes the result to bench/target/compare/ too.",
    "A ratio above 1 means that we are faster."})
public final class Compare implements Callable<Integer> {

    private static final int MEASURED = 0;
    private static final int NOT_MEASURED = 2;

    @Parameters(paramLabel = "SUITE", description = "one of conv, gemm, math, pool, rnn, train")
    private String suite;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "threads of every implementation (default: 1)")
    private int threads;

    @Option(names = "--quick", description = "within a minute, and less exact")
    private boolean quick;

    @Option(names = "--filter", paramLabel = "TEXT", description = "only cases whose line contains this text")
    private @Nullable String filter;

    @Option(names = "--python", paramLabel = "PATH", defaultValue = "${env:PYTHON:-python3}", description = "a Python with PyTorch (default: $PYTHON, else python3)")
    private String python;

    @Option(names = "--output", paramLabel = "FOLDER", defaultValue = "bench/target/compare", description = "where the JSON goes (default: bench/target/compare)")
    private Path output;

    /** Filled in by picocli. */
    @SuppressWarnings("NullAway.Init")
    public Compare() {
    }

    /**
     * The command.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Compare())
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (!(e instanceof CannotMeasure)) {
                        throw e;
                    }
                    command.getErr().println("bench/compare: " + e.getMessage());
                    return NOT_MEASURED;
                })
                .setParameterExceptionHandler((e, rest) -> {
                    e.getCommandLine().getErr().println("bench/compare: " + e.getMessage());
                    return NOT_MEASURED;
                }).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Cases cases = Cases.of(suite);
        int processors = Runtime.getRuntime().availableProcessors();
        if (threads < 1 || threads > processors) {
            throw new CannotMeasure("--threads=" + threads + ": expected 1 to " + processors
                    + ", the processors of this machine");
        }
        if (!Backend.current().vectorized()) {
            throw new CannotMeasure("this JVM runs the " + Backend.current());
        }
        List<Map<String, String>> chosen = cases.all().stream()
                .filter(parameters -> filter == null || Cases.name(parameters).contains(filter)).toList();
        if (chosen.isEmpty()) {
            throw new CannotMeasure("no case of " + suite + " contains '" + filter + "'");
        }
        say("machine  %s", ThisMachine.describe());
        say("kernels  %s", Backend.current());
        try (Opponents opponents = Opponents.of(suite, cases, threads, python, quick)) {
            opponents.versions().forEach(peer -> say("peer     %s: %s", peer.name(), peer.version()));
            opponents.missing().forEach(peer -> say("missing  %s: %s; install it with: %s", peer.name(), peer.reason(),
                    peer.install()));
            Limits limits = new LimitsProbe(quick).measure(threads);
            say("limits   FMA %.1f GFLOP/s with %d threads, %.1f with %d", limits.fmaGflops(), threads,
                    limits.fmaGflopsAllCores(), processors);
            limits.levels().forEach(level -> say("limits   %s read %.1f, write %.1f, triad %.1f GB/s", level.name(),
                    level.read(), level.write(), level.triad()));
            Comparison comparison = measure(cases, chosen, opponents, limits);
            ComparisonJson.write(comparison, output.resolve(suite + "-threads-" + threads + ".json"));
        }
        return MEASURED;
    }

    private Comparison measure(Cases cases, List<Map<String, String>> chosen, Opponents opponents, Limits limits) {
        int width = chosen.stream().mapToInt(parameters -> Cases.name(parameters).length()).max().orElse(0);
        String row = "%-" + width + "s %12s %-26s %12s %7s %9s";
        say(row, "case", "ours us", "best peer", "peer us", "ratio", "of limit");
        List<Comparison.Case> results = new ArrayList<>();
        for (Map<String, String> parameters : chosen) {
            Comparison.Case result = opponents.measure(parameters, limits);
            var best = result.bestPeer();
            say(row, result.name(), "%.2f".formatted(result.ours().micros()), best == null ? "-" : best.name(),
                    best == null ? "-" : "%.2f".formatted(best.micros()), best == null ? "-" : "%.2f".formatted(best.ratio()),
                    "%.2f".formatted(result.shareOfLimit()));
            results.add(result);
        }
        Comparison.Summary summary = Comparison.Summary.of(results);
        if (summary == null) {
            say("suite %s threads %d: cases 0 with a peer, %d without", suite, threads, results.size());
        } else {
            say("suite %s threads %d: cases %d, min ratio %.2f (%s), geomean %.2f", suite, threads, summary.cases(),
                    summary.minRatio(), summary.minCase(), summary.geomean());
        }
        return new Comparison(suite, threads, quick, filter, Instant.now().truncatedTo(ChronoUnit.SECONDS),
                ThisMachine.machine(), limits, opponents.versions(), opponents.missing(), results, summary);
    }

    private static void say(String format, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, format, arguments).stripTrailing());
    }
}
