package org.lanewise.bench.compare;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ReportTest {

    private static final String BEFORE = "# A library\n\ntext\n\n" + ReadmeTable.BEGIN;
    private static final String AFTER = ReadmeTable.END + "\n\nmore text\n";

    @TempDir
    Path folder;
    private final StringWriter errors = new StringWriter();
    private Path results;
    private Path html;
    private Path readme;

    @BeforeEach
    void writeResults() throws IOException {
        results = folder.resolve("compare");
        html = folder.resolve("report.html");
        readme = folder.resolve("README.md");
        ComparisonJson.write(MadeUp.gemm(1), results.resolve("gemm-threads-1.json"));
        ComparisonJson.write(MadeUp.gemm(2), results.resolve("gemm-threads-2.json"));
        ComparisonJson.write(MadeUp.math(), results.resolve("math-threads-1.json"));
        Files.writeString(readme, BEFORE + "\nold\n" + AFTER);
    }

    private int report(String... further) {
        Stream<String> files = Stream.of("--input", results, "--html", html, "--readme", readme).map(Object::toString);
        return Report.commandLine().setErr(new PrintWriter(errors, true)).setOut(new PrintWriter(new StringWriter()))
                .execute(Stream.concat(files, Stream.of(further)).toArray(String[]::new));
    }

    @Test
    void aPictureForEachSuiteAndARooflineForEachNumberOfThreads() throws IOException {
        assertThat(report()).isZero();
        List<String> pictures = Files.readString(html).lines().filter(line -> line.startsWith("<svg ")).toList();
        assertThat(pictures).satisfiesExactly(
                svg -> assertThat(svg).contains("Roofline, 1 thread"),
                svg -> assertThat(svg).contains("Roofline, 2 threads"),
                svg -> assertThat(svg).contains("gemm, 1 thread: n x n x n"),
                svg -> assertThat(svg).contains("gemm, 1 thread: ratio"),
                svg -> assertThat(svg).contains("gemm, 2 threads: n x n x n"),
                svg -> assertThat(svg).contains("gemm, 2 threads: ratio"),
                svg -> assertThat(svg).contains("math, 1 thread: share of the limit"));
        assertThat(html).content().doesNotContain("NaN", "Infinity");
    }

    @Test
    void thePageEscapesEverythingAndNeedsNothingElse() throws IOException {
        report();
        assertThat(html).content().contains("&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;|z")
                .contains("1.2 &lt;zen&gt;", "A CPU &lt;1&gt;", "no &lt;8&gt;", "only cases with &lt;tanh&gt;")
                .contains("torch did not run: not installed; <code>pip install &#39;torch&#39;</code>")
                .doesNotContain(MadeUp.RUDE, "<zen>", "<1>", "<8>", "<tanh>")
                .doesNotContain("http", "<script", "<link");
    }

    @Test
    void thePageSumsUpAndMarksWhatWasMeasuredInAHurry() throws IOException {
        report();
        assertThat(html).content()
                .contains("suite gemm threads 1: cases 2, min ratio 0.85 (64x64x64), geomean 1.01",
                        "suite math threads 1: cases 0 with a peer, 1 without", "<span class=\"notice\">quick</span>");
    }

    @Test
    void theTableIsBetweenTheMarkersAndTheRestUntouched() throws IOException {
        assertThat(report()).isZero();
        String text = Files.readString(readme);
        assertThat(text).startsWith(BEFORE + "\n").endsWith(AFTER).doesNotContain("old")
                .contains("| gemm | 1 | 2 | 1.01 | 0.85 (64x64x64) | 80 % | 2026-03-04 |\n")
                .contains("| math, quick, only cases with \\<tanh\\> | 1 | 1 | - | - | 25 % | 2026-03-04 |\n")
                .contains("A CPU \\<1\\>", "25.0.1", "fastblas: 1.2", "`bench/compare gemm`");
        assertThat(report()).isZero();
        assertThat(readme).hasContent(text);
    }

    @Test
    void thePageAlone() throws IOException {
        Files.delete(readme);
        assertThat(report("--no-readme")).isZero();
        assertThat(html).exists();
        assertThat(readme).doesNotExist();
    }

    @Test
    void saysHowToMakeResultsIfThereAreNone() {
        results = folder.resolve("none");
        refuses("no results in " + results + "; bench/compare SUITE makes them");
    }

    @Test
    void saysWhichFileIsNotAComparison() throws IOException {
        Path bad = results.resolve("bad.json");
        Files.writeString(bad, "[]");
        refuses(bad + ", line 1");
    }

    @Test
    void saysWhichMarkersTheReadmeMisses() throws IOException {
        Files.writeString(readme, "# A library\n" + ReadmeTable.END + "\n");
        refuses(readme + ": the table goes between the lines " + ReadmeTable.BEGIN + " and " + ReadmeTable.END
                + ", but the first is missing");
    }

    @Test
    void saysThatThereIsNoReadme() throws IOException {
        Files.delete(readme);
        refuses(readme.toString());
    }

    @Test
    void refusesUnknownOptions() {
        refuses("--pdf", "--pdf");
    }

    private void refuses(String message, String... further) {
        assertThat(report(further)).isEqualTo(2);
        assertThat(errors.toString()).startsWith("bench/report: ").contains(message).hasLineCount(1);
        assertThat(html).doesNotExist();
    }
}
