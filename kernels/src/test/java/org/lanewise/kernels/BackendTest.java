package org.lanewise.kernels;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
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
        Path main = folderOf(Backend.class);
        Path test = folderOf(BackendProbe.class);
        Child child = start(List.of("-p", main.toString(), "--patch-module", "org.lanewise.kernels=" + test,
                "-Dlanewise.vectorBits=256", "-m", "org.lanewise.kernels/" + BackendProbe.class.getName()));
        child.assertRight();
        assertThat(child.output).contains("vector kernels, 256 bits (8 floats): asked for by -Dlanewise.vectorBits=256")
                .doesNotContain("scalar");
    }

    @Test
    void withoutTheVectorModuleOneLineNamesTheMissingFlag() throws Exception {
        Child child = onClassPath();
        child.assertRight();
        assertThat(child.output).contains("scalar reference kernels: the module jdk.incubator.vector is not present");
        // One line of the log, and one that the probe prints.
        assertThat(child.output.lines().filter(line -> line.contains("--add-modules jdk.incubator.vector")))
                .hasSize(2).filteredOn(line -> line.contains("Lanewise runs on its scalar reference kernels"))
                .hasSize(1);
    }

    @Test
    void interpreterRunsTheReference() throws Exception {
        Child child = onClassPath(VECTOR_MODULE, "-Xint");
        child.assertRight();
        assertThat(child.output).contains("scalar reference kernels: the JVM interprets only (-Xint)");
    }

    @Test
    void jvmWithoutItsOptimizingCompilerRunsTheReference() throws Exception {
        Child child = onClassPath(VECTOR_MODULE, "-XX:TieredStopAtLevel=1");
        child.assertRight();
        assertThat(child.output)
                .contains("scalar reference kernels: the JVM runs without its optimizing compiler C2")
                .contains("remove -XX:TieredStopAtLevel");
    }

    @Test
    void referenceCanBeAskedFor() throws Exception {
        Child child = onClassPath(VECTOR_MODULE, "-Dlanewise.backend=reference");
        child.assertRight();
        assertThat(child.output).contains("scalar reference kernels: asked for by -Dlanewise.backend=reference")
                .doesNotContain("Lanewise runs on");
    }

    @Test
    void unknownWidthIsRefusedWithTheChoices() throws Exception {
        Child child = onClassPath(VECTOR_MODULE, "-Dlanewise.vectorBits=77");
        assertThat(child.exitCode).isNotZero();
        assertThat(child.output)
                .contains("system property lanewise.vectorBits=77: expected one of auto, 128, 256, 512");
    }

    @Test
    void numberOfThreadsCanBeSet() throws Exception {
        assertThat(onClassPath("-Dlanewise.threads=5").output).contains("threads 5");
        Child child = onClassPath("-Dlanewise.threads=0");
        assertThat(child.exitCode).isNotZero();
        assertThat(child.output).contains("system property lanewise.threads=0: expected an integer >= 1");
    }

    private record Child(int exitCode, String output) {

        void assertRight() {
            assertThat(exitCode).as(output).isZero();
            assertThat(output).contains("product 20.0", "convolution 4.0", "tanh 0.7615942");
        }
    }

    private static Child onClassPath(String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of("-cp", folderOf(Backend.class) + java.io.File.pathSeparator
                + folderOf(BackendProbe.class), BackendProbe.class.getName()));
        return start(arguments);
    }

    private static Child start(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Child(process.waitFor(), output);
    }

    /**
     * Where a class was compiled to. The tests are patched into the module, so all classes have the same code source; the place
     * of the class file itself tells main and test apart.
     */
    private static Path folderOf(Class<?> type) throws URISyntaxException {
        String name = type.getName().replace('.', '/') + ".class";
        Path file = Path.of(type.getResource("/" + name).toURI());
        return file.resolve("../".repeat(name.split("/").length)).normalize();
    }
}
