package org.lanewise.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.lanewise.bench.compare.Comparison.Missing;

/**
 * The performance table of the README, between two markers.
 */
final class ReadmeTable {

    static final String BEGIN = "<!-- performance: written by bench/report -->";
    static final String END = "<!-- end of performance -->";

    private ReadmeTable() {
    }

    /**
     * The README with this table instead of the last one.
     *
     * @throws IllegalArgumentException if a marker is missing
     */
    static String into(String readme, List<Comparison> comparisons) {
        int begin = readme.indexOf(BEGIN);
        int end = readme.indexOf(END, Math.max(begin, 0));
        if (begin < 0 || end < 0) {
            String missing = begin >= 0 ? "the second is" : end >= 0 ? "the first is" : "both are";
            throw new IllegalArgumentException(
                    "the table goes between the lines " + BEGIN + " and " + END + ", but " + missing + " missing");
        }
        return readme.substring(0, begin + BEGIN.length()) + "\n" + of(comparisons) + readme.substring(end);
    }

    private static String of(List<Comparison> comparisons) {
        List<String> lines = new ArrayList<>();
        lines.add("| suite | threads | cases | geomean | min ratio | median share of limit | date |");
        lines.add("|---|--:|--:|--:|---|--:|---|");
        comparisons.forEach(comparison -> lines.add(row(comparison)));
        lines.add("");
        lines.add(Text.RATIO + " " + Text.LIMIT);
        lines.add("");
        for (String machine : Text.distinct(comparisons, c -> List.of(Text.machine(c.machine())))) {
            lines.add("- Machine: " + plain(machine) + ".");
        }
        lines.add("- Peers: " + Text.distinct(comparisons, Comparison::peers).stream()
                .map(peer -> plain(peer.name() + ": " + peer.version())).collect(Collectors.joining("; ")) + ".");
        List<String> missing = Text.distinct(comparisons, Comparison::missing).stream().map(Missing::name).distinct()
                .toList();
        if (!missing.isEmpty()) {
            lines.add("- Not measured: " + plain(String.join(", ", missing)) + ".");
        }
        lines.add("- Commands: " + comparisons.stream().map(c -> "`bench/compare " + c.suite()
                + (c.threads() == 1 ? "" : " --threads " + c.threads()) + (c.quick() ? " --quick" : "")
                + (c.filter() == null ? "" : " --filter '" + c.filter() + "'") + "`")
                .collect(Collectors.joining(", ")) + ", then `bench/report`.");
        return lines.stream().collect(Collectors.joining("\n", "", "\n"));
    }

    private static String row(Comparison comparison) {
        var summary = comparison.summary();
        String suite = Stream.concat(Stream.of(comparison.suite()), Text.marks(comparison).stream())
                .collect(Collectors.joining(", "));
        String ratios = summary == null
                ? "| " + comparison.cases().size() + " | - | -"
                : String.format(Locale.ROOT, "| %d | %.2f | %.2f (%s)", summary.cases(), summary.geomean(),
                        summary.minRatio(),
                        plain(summary.minCase()));
        return String.format(Locale.ROOT, "| %s | %d %s | %s | %s |", plain(suite), comparison.threads(), ratios,
                Text.medianShare(comparison), Text.day(comparison.date()));
    }

    /** Text that Markdown must not read as markup, on one line. */
    private static String plain(String text) {
        return text.replaceAll("\\s+", " ").replaceAll("[\\\\`*_|<>\\[\\]]", "\\\\$0");
    }
}
