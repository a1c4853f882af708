package org.lanewise.bench.compare;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.bench.Workload;
import org.lanewise.bench.compare.Comparison.Level;
import org.lanewise.bench.compare.Comparison.Limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What {@code bench/compare} refuses, and a run of its smallest case. */
class CompareTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gem                          | unknown suite 'gem': expected one of conv, gemm, infer, math, pool, rnn, train
            gemm --threads 0             | --threads=0: expected 1 to
            gemm --threads two           | Invalid value for option '--threads'
            gemm --filter 3x3x3x3        | no case of gemm contains '3x3x3x3'
            gemm --python /no/such/thing | cannot start '/no/such/thing'
            gemm --pyhton x              | Unknown options: '--pyhton', 'x'
                                         | Missing required parameter: 'SUITE'
            """)
    void badInputIsOneLineAndExitCode2(String line, String message) {
        var err = new StringWriter();
        String[] arguments = line == null ? new String[0] : line.split(" ");
        assertThat(Compare.execute(new PrintWriter(err), arguments)).isEqualTo(2);
        assertThat(err.toString().strip().lines()).singleElement().asString().startsWith("bench/compare: ")
                .contains(message);
    }

    @Test
    void aPythonWithoutPyTorchIsRefused() throws Exception {
        Path python = Files.writeString(folder.resolve("python"), """
                #!/bin/sh
                read question
                echo '{"error": "this Python has no PyTorch"}'
                """);
        assertThat(python.toFile().setExecutable(true)).isTrue();
        var err = new StringWriter();
        assertThat(Compare.execute(new PrintWriter(err), "gemm", "--python", python.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("this Python has no PyTorch; install it with: python3 -m venv");
    }

    @Test
    void aJvmWithoutTheVectorModuleIsRefused() throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Compare.class.getName(), "math").start();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(err.lines().filter(line -> line.startsWith("bench/compare: "))).singleElement().asString()
                .contains("--add-modules jdk.incubator.vector");
    }

    @Test
    void aPartDoesNotTakeThePlaceOfTheWhole() throws Exception {
        Path whole = Files.writeString(folder.resolve("math-threads-1.json"), "the whole");
        assertThat(Compare.execute(new PrintWriter(new StringWriter()), "math", "--quick", "--filter", "1x1024 relu",
                "--output", folder.toString())).isZero();
        assertThat(whole).hasContent("the whole");
        assertThat(folder.resolve("math-threads-1-quick-filtered.json")).exists();
    }

    @Test
    void anOutputThatIsNoFolderIsRefusedBeforeAnythingIsMeasured() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        var err = new StringWriter();
        assertThat(Compare.execute(new PrintWriter(err), "math", "--output", file.toString())).isEqualTo(2);
        assertThat(err.toString().strip().lines()).singleElement().asString().contains(file.toString());
    }

    @Test
    void countsTheCoresOfASharedCache() {
        assertThat(Caches.cores("3")).isEqualTo(2);
        assertThat(Caches.cores("ff,0000000f")).isEqualTo(12);
    }

    @Test
    void measuresAndWritesJson() throws Exception {
        var err = new StringWriter();
        int code = Compare.execute(new PrintWriter(err), "math", "--quick", "--filter", "1x1024 multiply", "--output",
                folder.toString());
        assertThat(code).as(err.toString()).isZero();
        Comparison comparison = ComparisonJson.readAll(folder).getFirst();
        assertThat(comparison.cases()).singleElement().satisfies(result -> {
            assertThat(result.name()).isEqualTo("1x1024 multiply");
            assertThat(result.ours().micros()).isPositive();
            assertThat(result.shareOfLimit()).isPositive();
            assertThat(result.peers()).extracting(Comparison.PeerTiming::name).contains("scalar");
        });
        assertThat(comparison.limits().fmaGflops()).isPositive();
        assertThat(comparison.summary()).isNotNull();
    }

    @Test
    void theRooflineIsTheLongerOfArithmeticAndMemory() {
        Limits limits = new Limits(100, 200, List.of(new Level("L1", 1 << 15, 50, 40, 30),
                new Level("memory", Long.MAX_VALUE, 10, 5, 8)));
        Runnable nothing = () -> {
        };
        assertThat(Roofline.of(new Workload(nothing, 1e6, 1000, 10, List.of()), limits, 1))
                .isEqualTo(new Roofline(1e4, "FMA peak"));
        assertThat(Roofline.of(new Workload(nothing, 10, 20_000, 0, List.of()), limits, 1))
                .isEqualTo(new Roofline(400, "L1 read"));
        assertThat(Roofline.of(new Workload(nothing, 10, 40_000, 40_000, List.of()), limits, 1))
                .isEqualTo(new Roofline(1e4, "memory triad"));
        // two threads have two first-level caches
        assertThat(Roofline.of(new Workload(nothing, 10, 30_000, 30_000, List.of()), limits, 2).limit())
                .isEqualTo("L1 triad");
    }

    @Test
    void theSummaryIsAboutTheBestPeerOfEachCase() {
        var timing = new Comparison.Timing(10, 0);
        var slow = new Comparison.PeerTiming("slow", 40, 4);
        Comparison.Summary summary = Comparison.Summary.of(List.of(
                of("a", timing, List.of(slow, new Comparison.PeerTiming("fast", 20, 2))),
                of("b", timing, List.of(new Comparison.PeerTiming("fast", 5, 0.5))),
                of("c", timing, List.of())));
        assertThat(summary).isNotNull();
        assertThat(summary.cases()).isEqualTo(2);
        assertThat(summary.minCase()).isEqualTo("b");
        assertThat(summary.minRatio()).isEqualTo(0.5);
        assertThat(summary.geomean()).isCloseTo(1, within(1e-12));
    }

    private static Comparison.Case of(String name, Comparison.Timing ours, List<Comparison.PeerTiming> peers) {
        return new Comparison.Case(name, Map.of(), 1, 1, ours, peers, List.of(), "FMA peak", 0.5);
    }
}
