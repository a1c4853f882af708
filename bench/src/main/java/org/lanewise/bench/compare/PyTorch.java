package org.lanewise.bench.compare;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/**
 * PyTorch in a child process, which runs {@code bench/peers/pytorch_peer.py}: one JSON object a line to it, one back.
 */
final class PyTorch implements AutoCloseable {

    /** What installs it. */
    static final String INSTALL = "python3 -m venv venv && venv/bin/pip install torch numpy, then --python venv/bin/python";

    /** glibc then keeps freed memory: without it some of PyTorch's times are page faults. */
    private static final Map<String, String> KEEPING_MEMORY = Map.of("MALLOC_MMAP_MAX_", "0",
            "MALLOC_TRIM_THRESHOLD_", "-1");

    /** Longer than any call takes, and than the import of PyTorch on a slow disk. */
    private static final int PATIENCE_SECONDS = 120;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Process process;
    private final BufferedWriter toChild;
    private final BufferedReader fromChild;
    private final String version;

    private PyTorch(String name, Process process, int threads) {
        this.name = name;
        this.process = process;
        toChild = process.outputWriter(StandardCharsets.UTF_8);
        fromChild = process.inputReader(StandardCharsets.UTF_8);
        try {
            version = ask(Map.of("threads", threads)).path("version").asText();
        } catch (CannotMeasure e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a child.
     *
     * @throws CannotMeasure if there is no such interpreter, or no PyTorch in it
     */
    static PyTorch start(String python, int threads, boolean keepingMemory) {
        Path script = Path.of(System.getProperty("bench.home", "bench"), "peers", "pytorch_peer.py");
        if (!Files.exists(script)) {
            throw new CannotMeasure(script + " is not here; run from the folder of the project");
        }
        ProcessBuilder builder = new ProcessBuilder(List.of(python, script.toString()));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
        if (keepingMemory) {
            builder.environment().putAll(KEEPING_MEMORY);
        }
        try {
            return new PyTorch(keepingMemory ? "pytorch (keeping memory)" : "pytorch", builder.start(), threads);
        } catch (IOException e) {
            throw new CannotMeasure("cannot start '" + python + "': " + e.getMessage());
        }
    }

    String name() {
        return name;
    }

    String version() {
        return version;
    }

    /** The case, built; or {@link CannotMeasure} if PyTorch has none like it. */
    Contender contender(String suite, Map<String, String> parameters) {
        ask(Map.of("suite", suite, "parameters", parameters));
        return new Contender() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public double nanosPerCall(double seconds) {
                double nanos = ask(Map.of("seconds", seconds)).path("nanos").asDouble();
                if (!(nanos > 0)) {
                    throw new CannotMeasure("PyTorch's process gave no time");
                }
                return nanos;
            }
        };
    }

    private JsonNode ask(Map<String, ?> question) {
        try {
            toChild.write(JSON.writeValueAsString(question));
            toChild.newLine();
            toChild.flush();
            String line = CompletableFuture.supplyAsync(this::readLine).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new CannotMeasure("PyTorch's process ended");
            }
            JsonNode answer = JSON.readTree(line);
            if (answer.has("error")) {
                throw new CannotMeasure(answer.get("error").asText());
            }
            return answer;
        } catch (JsonProcessingException e) {
            throw new CannotMeasure("PyTorch's process did not answer in JSON: " + e.getOriginalMessage());
        } catch (TimeoutException e) {
            process.destroyForcibly();
            throw new CannotMeasure("PyTorch's process did not answer for " + PATIENCE_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotMeasure("interrupted");
        } catch (IOException | ExecutionException e) {
            throw new CannotMeasure("PyTorch's process ended: " + e.getMessage());
        }
    }

    private @Nullable String readLine() {
        try {
            return fromChild.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            toChild.close(); // the end of its input ends it
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
