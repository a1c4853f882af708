package org.lanewise.bench.compare;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

    @Parameters(paramLabel = "SUITE", description = "one of conv, gemm, infer, math, pool, rnn, train")
    private String suite;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "threads of every implementation (default: 1)")
    private int threads;

    @Option(names = "--quick", description = "within a minute or two (with threads, a few), and less exact")
    private boolean quick;

    @Option(names = "--filter", paramLabel = "TEXT", description = "only cases whose line contains this text")
    private @Nullable String filter;

    @Option(names = "--python", paramLabel = "PATH", description = "a Python with PyTorch (default: $$PYTHON, else python3)")
    private @Nullable String python = System.getenv("PYTHON");

    @Option(names = "--output", paramLabel = "FOLDER", defaultValue = "${sys:bench.home:-bench}/target/compare", description = "where the JSON goes (default: bench/target/compare)")
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
        Locale.setDefault(Locale.ROOT); // decimal points, whatever the user's language
        System.exit(execute(new PrintWriter(System.err, true, StandardCharsets.UTF_8), arguments));
    }

    /** What {@code main} does, but for the end of the JVM: returns the exit code. */
    static int execute(PrintWriter err, String... arguments) {
        return new CommandLine(new Compare()).setErr(err)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof CannotMeasure) {
                        command.getErr().println("bench/compare: " + e.getMessage());
                    } else if (e instanceof IOException) {
                        // its message may be the bare name of the file
                        command.getErr()
                                .println("bench/compare: " + e.getClass().getSimpleName() + ": " + e.getMessage());
                    } else {
                        throw e;
                    }
                    return NOT_MEASURED;
                })
                .setParameterExceptionHandler((e, rest) -> {
                    e.getCommandLine().getErr().println("bench/compare: " + e.getMessage());
                    return NOT_MEASURED;
                }).execute(arguments);
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
        // A part is no substitute for the whole, and must not take its place.
        Path file = output.resolve(suite + "-threads-" + threads + (quick ? "-quick" : "")
                + (filter == null ? "" : "-filtered") + ".json");
        Files.createDirectories(output); // now, not after an hour of measuring
        say("machine  " + ThisMachine.describe());
        say("kernels  " + Backend.current());
        try (Opponents opponents = Opponents.of(suite, cases, threads, python, quick)) {
            opponents.versions().forEach(peer -> say("peer     " + peer.name() + ": " + peer.version()));
            opponents.missing().forEach(peer -> say("missing  " + peer.name() + ": " + peer.reason()
                    + "; it needs: " + peer.install()));
            Limits limits = new LimitsProbe(quick).measure(threads);
            say("limits   FMA %.1f GFLOP/s with %d threads, %.1f with %d".formatted(limits.fmaGflops(), threads,
                    limits.fmaGflopsAllCores(), processors));
            limits.levels().forEach(level -> say("limits   %s read %.1f, write %.1f, triad %.1f GB/s"
                    .formatted(level.name(), level.read(), level.write(), level.triad())));
            Comparison comparison = measure(chosen, opponents, limits);
            ComparisonJson.write(comparison, file);
        }
        return MEASURED;
    }

    private Comparison measure(List<Map<String, String>> chosen, Opponents opponents, Limits limits) {
        int width = chosen.stream().mapToInt(parameters -> Cases.name(parameters).length()).max().orElse(0);
        say(row(width, "case", "ours us", "best peer", "peer us", "ratio", "of limit"));
        List<Comparison.Case> results = new ArrayList<>();
        for (Map<String, String> parameters : chosen) {
            Comparison.Case result = opponents.measure(parameters, limits);
            var best = result.bestPeer();
            say(row(width, result.name(), number(result.ours().micros()), best == null ? "-" : best.name(),
                    best == null ? "-" : number(best.micros()), best == null ? "-" : number(best.ratio()),
                    number(result.shareOfLimit())));
            result.skipped().forEach(peer -> say("  without " + peer.name() + ": " + peer.reason()));
            results.add(result);
        }
        var comparison = new Comparison(suite, threads, quick, filter, Instant.now().truncatedTo(ChronoUnit.SECONDS),
                ThisMachine.machine(), limits, opponents.versions(), opponents.missing(), results,
                Comparison.Summary.of(results));
        say(Text.summary(comparison));
        return comparison;
    }

    private static String row(int width, String name, String ours, String best, String theirs, String ratio,
            String share) {
        return "%s %12s  %-24s %12s %7s %9s".formatted(name + " ".repeat(width - Math.min(width, name.length())), ours,
                best, theirs, ratio, share);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static void say(String line) {
        System.out.println(line.stripTrailing());
    }
}
