package org.lanewise.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ComparisonJsonTest {

    @TempDir
    Path folder;

    @Test
    void readsWhatItHasWrittenBySuiteAndThreads() throws IOException {
        ComparisonJson.write(MadeUp.math(), folder.resolve("a.json"));
        ComparisonJson.write(MadeUp.gemm(2), folder.resolve("b.json"));
        ComparisonJson.write(MadeUp.gemm(1), folder.resolve("c.json"));
        Files.writeString(folder.resolve("notes.txt"), "not ours");
        assertThat(ComparisonJson.readAll(folder)).containsExactly(MadeUp.gemm(1), MadeUp.gemm(2), MadeUp.math());
    }

    @Test
    void theWholeGoesBeforeAPartAndTheNewBeforeTheOld() throws IOException {
        Comparison whole = MadeUp.gemm(1);
        ComparisonJson.write(later(whole, true, null), folder.resolve("a.json"));
        ComparisonJson.write(later(whole, false, "64x"), folder.resolve("b.json"));
        ComparisonJson.write(whole, folder.resolve("c.json"));
        assertThat(ComparisonJson.readAll(folder)).containsExactly(whole);
        Comparison newer = later(whole, false, null);
        ComparisonJson.write(newer, folder.resolve("d.json"));
        assertThat(ComparisonJson.readAll(folder)).containsExactly(newer);
    }

    private static Comparison later(Comparison c, boolean quick, String filter) {
        return new Comparison(c.suite(), c.threads(), quick, filter, c.date().plusSeconds(1), c.machine(), c.limits(),
                c.peers(), c.missing(), c.cases(), c.summary());
    }

    @Test
    void makesTheFolderReplacesTheFileAndLeavesNothingBesideIt() throws IOException {
        Path file = folder.resolve("new/gemm.json");
        ComparisonJson.write(MadeUp.gemm(1), file);
        ComparisonJson.write(MadeUp.gemm(2), file);
        assertThat(ComparisonJson.readAll(file.getParent())).containsExactly(MadeUp.gemm(2));
        assertThat(file.getParent()).isDirectoryContaining("glob:**.json")
                .satisfies(parent -> assertThat(parent.toFile().list()).hasSize(1));
    }

    @Test
    void writesDatesAsText() throws IOException {
        ComparisonJson.write(MadeUp.gemm(1), folder.resolve("gemm.json"));
        assertThat(folder.resolve("gemm.json")).content().contains("\"2026-03-04T05:06:07Z\"");
    }

    @Test
    void saysWhereAFileIsNotAComparison() throws IOException {
        Path file = folder.resolve("bad.json");
        Files.writeString(file, "{\n  \"suite\": \"gemm\",\n  \"threads\": \"many\"\n}\n");
        assertThatThrownBy(() -> ComparisonJson.readAll(folder)).isInstanceOf(IOException.class)
                .hasMessageContaining(file + ", line 3").hasMessageContaining("many").message().doesNotContain("\n");
        Files.writeString(file, "{\"suite\": \"gemm\"}");
        assertThatThrownBy(() -> ComparisonJson.readAll(folder)).hasMessageContaining("threads");
        Files.writeString(file, "null");
        assertThatThrownBy(() -> ComparisonJson.readAll(folder)).hasMessageContaining(file + ": not a comparison");
        Files.writeString(file, "");
        assertThatThrownBy(() -> ComparisonJson.readAll(folder)).hasMessageContaining("bad.json");
    }

    @Test
    void aFolderThatIsNotThereHasNone() throws IOException {
        assertThat(ComparisonJson.readAll(folder.resolve("none"))).isEmpty();
    }
}
