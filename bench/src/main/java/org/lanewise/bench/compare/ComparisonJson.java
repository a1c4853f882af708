package org.lanewise.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/**
 * Comparisons in files.
 */
final class ComparisonJson {

    /** Strict: a file of another format must not become a report with holes. */
    private static final JsonMapper MAPPER = JsonMapper.builder().addModule(new JavaTimeModule())
            .enable(SerializationFeature.INDENT_OUTPUT).disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ComparisonJson() {
    }

    /** Writes a comparison; a reader sees the old file or the new one, never half of it. */
    static void write(Comparison comparison, Path file) throws IOException {
        replace(file, MAPPER.writeValueAsString(comparison) + "\n");
    }

    /**
     * The comparisons in a folder, by suite and number of threads; none if there is no such folder. Of several of the same suite
     * and threads, whole ones go before filtered ones, careful ones before quick ones, and then the newest counts.
     *
     * @throws IOException if a file cannot be read or is of another format; the message names file and place
     */
    static List<Comparison> readAll(Path folder) throws IOException {
        List<Comparison> comparisons = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(file -> file.toString().endsWith(".json")).sorted().toList()) {
                    comparisons.add(read(file));
                }
            }
        }
        comparisons.sort(Comparator.comparing(Comparison::suite).thenComparingInt(Comparison::threads)
                .thenComparing(comparison -> comparison.filter() != null).thenComparing(Comparison::quick)
                .thenComparing(Comparison::date, Comparator.reverseOrder()));
        Set<String> seen = new HashSet<>();
        return comparisons.stream().filter(one -> seen.add(one.suite() + " " + one.threads())).toList();
    }

    private static Comparison read(Path file) throws IOException {
        try {
            Comparison comparison = MAPPER.readValue(Files.readString(file), Comparison.class);
            if (comparison == null) {
                throw new IOException(file + ": not a comparison");
            }
            return comparison;
        } catch (JsonProcessingException e) {
            var place = e.getLocation();
            String where = place == null ? "" : ", line " + place.getLineNr() + ", column " + place.getColumnNr();
            // what follows a semicolon is advice for programmers
            String why = e.getOriginalMessage().lines().findFirst().orElse("").replaceFirst(";.*", "");
            throw new IOException(file + where + ": not a comparison: " + why, e);
        }
    }

    /** Writes beside the file and moves it over. */
    static void replace(Path file, String text) throws IOException {
        Path target = file.toAbsolutePath();
        Path beside = target.resolveSibling("." + target.getFileName() + ".new");
        Path folder = target.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(beside, text);
        Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
