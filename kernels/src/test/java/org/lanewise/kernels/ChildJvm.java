package org.lanewise.kernels;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM that has ended, for what is decided once in the life of one. */
record ChildJvm(int exitCode, String output) {

    /** Runs the main method of a class of the tests. */
    static ChildJvm onClassPath(List<String> options, Class<?> main, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-cp", folderOf(Backend.class) + File.pathSeparator + folderOf(main), main.getName()));
        all.addAll(List.of(arguments));
        return start(all);
    }

    static ChildJvm start(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        Path output = Files.createTempFile("child", ".txt");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IllegalStateException("did not end: " + command);
            }
            return new ChildJvm(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    /**
     * Where a class was compiled to. The tests are patched into the module, so all classes have the same code source; the place
     * of the class file itself tells main and test apart.
     */
    static Path folderOf(Class<?> type) throws URISyntaxException {
        String name = type.getName().replace('.', '/') + ".class";
        Path file = Path.of(type.getResource("/" + name).toURI());
        return file.resolve("../".repeat(name.split("/").length)).normalize();
    }
}
