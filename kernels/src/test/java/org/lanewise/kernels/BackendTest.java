package org.lanewise.kernels;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The choice of a backend is made once for each JVM, so each test starts one. */
class BackendTest {

    private static final String VECTOR_MODULE = "--add-modules=jdk.incubator.vector";

    @Test
    void currentTellsWhatRunsAndWhy() {
        Backend backend = Backend.current();
        assertThat(backend.vectorBits()).isIn(backend.vectorized() ? List.of(128, 256, 512) : List.of(0));
        assertThat(backend.lanes()).isEqualTo(Math.max(1, backend.vectorBits() / 32));
        assertThat(backend.reason()).isNotBlank();
        assertThat(backend).asString().endsWith(backend.reason());
    }

    @Test
    void onTheModulePathNoFlagIsNeeded() throws Exception {
        Path main = ChildJvm.folderOf(Backend.class);
        Path test = ChildJvm.folderOf(BackendProbe.class);
        ChildJvm child = ChildJvm.start(List.of("-p", main.toString(), "--patch-module", "org.lanewise.kernels=" + test,
                "-Dlanewise.vectorBits=256", "-m", "org.lanewise.kernels/" + BackendProbe.class.getName()));
        assertRight(child);
        assertThat(child.output())
                .contains("vector kernels, 256 bits (8 floats): asked for by -Dlanewise.vectorBits=256")
                .doesNotContain("scalar");
    }

    @Test
    void withoutTheVectorModuleOneLineNamesTheMissingFlag() throws Exception {
        ChildJvm child = onClassPath();
        assertRight(child);
        assertThat(child.output()).contains("scalar reference kernels: the module jdk.incubator.vector is not present");
        // One line of the log, and one that the probe prints.
        assertThat(child.output().lines().filter(line -> line.contains("--add-modules jdk.incubator.vector")))
                .hasSize(2).filteredOn(line -> line.contains("Lanewise runs on its scalar reference kernels"))
                .hasSize(1);
    }

    @Test
    void interpreterRunsTheReference() throws Exception {
        ChildJvm child = onClassPath(VECTOR_MODULE, "-Xint");
        assertRight(child);
        assertThat(child.output()).contains("scalar reference kernels: the JVM interprets only (-Xint)");
    }

    @Test
    void jvmWithoutItsOptimizingCompilerRunsTheReference() throws Exception {
        ChildJvm child = onClassPath(VECTOR_MODULE, "-XX:TieredStopAtLevel=1");
        assertRight(child);
        assertThat(child.output())
                .contains("scalar reference kernels: the JVM runs without its optimizing compiler C2")
                .contains("remove -XX:TieredStopAtLevel");
    }

    @Test
    void referenceCanBeAskedFor() throws Exception {
        ChildJvm child = onClassPath(VECTOR_MODULE, "-Dlanewise.backend=reference");
        assertRight(child);
        assertThat(child.output()).contains("scalar reference kernels: asked for by -Dlanewise.backend=reference")
                .doesNotContain("Lanewise runs on");
    }

    @Test
    void unknownWidthIsRefusedWithTheChoices() throws Exception {
        ChildJvm child = onClassPath(VECTOR_MODULE, "-Dlanewise.vectorBits=77");
        assertThat(child.exitCode()).isNotZero();
        assertThat(child.output())
                .contains("system property lanewise.vectorBits=77: expected one of auto, 128, 256, 512");
    }

    @Test
    void numberOfThreadsCanBeSet() throws Exception {
        assertThat(onClassPath("-Dlanewise.threads=5").output()).contains("threads 5");
        ChildJvm child = onClassPath("-Dlanewise.threads=0");
        assertThat(child.exitCode()).isNotZero();
        assertThat(child.output()).contains("system property lanewise.threads=0: expected an integer >= 1");
    }

    private static ChildJvm onClassPath(String... options) throws Exception {
        return ChildJvm.onClassPath(List.of(options), BackendProbe.class);
    }

    private static void assertRight(ChildJvm child) {
        assertThat(child.exitCode()).as(child.output()).isZero();
        assertThat(child.output()).contains("product 20.0", "convolution 4.0", "tanh 0.7615942");
    }
}
