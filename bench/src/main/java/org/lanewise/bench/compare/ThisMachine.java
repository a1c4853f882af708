package org.lanewise.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.lanewise.bench.compare.Comparison.Machine;
import org.lanewise.kernels.Backend;

/** The machine and the JVM of this run. */
final class ThisMachine {

    private static final Path CPUS = Path.of("/proc/cpuinfo");

    private ThisMachine() {
    }

    static Machine machine() {
        return new Machine(cpu(), Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vendor.version", "") + " " + Runtime.version(), Backend.current().toString());
    }

    static String describe() {
        Machine machine = machine();
        return machine.cpu() + ", " + machine.cores() + " processors, " + machine.os() + ", JDK " + machine.jdk();
    }

    private static String cpu() {
        try (Stream<String> lines = Files.lines(CPUS)) {
            return lines.filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("unknown CPU");
        } catch (IOException e) {
            return "unknown CPU";
        }
    }
}
