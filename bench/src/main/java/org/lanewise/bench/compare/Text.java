package org.lanewise.bench.compare;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.lanewise.bench.compare.Comparison.Machine;

/** How the command, the page and the README write things. */
final class Text {

    /** Without these two sentences nobody can read the numbers. */
    static final String RATIO = "Ratio: the time of the fastest peer by ours, so above 1 Lanewise is faster.";
    static final String LIMIT = "Limit: the FMA peak or the bandwidth that bounds a case, as measured on the same machine.";

    private Text() {
    }

    /** For HTML and SVG, in text and in attributes. */
    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** Three significant digits, never fewer than the integer part has. */
    static String number(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    static String day(Instant date) {
        return date.atZone(ZoneOffset.UTC).toLocalDate().toString();
    }

    /** {@code gemm, 2 threads}. */
    static String title(Comparison comparison) {
        return comparison.suite() + ", " + threads(comparison.threads());
    }

    static String threads(int threads) {
        return threads == 1 ? "1 thread" : threads + " threads";
    }

    /** Why these results are not those of a whole run; empty if they are. */
    static List<String> marks(Comparison comparison) {
        List<String> marks = new ArrayList<>();
        if (comparison.quick()) {
            marks.add("quick");
        }
        if (comparison.filter() != null) {
            marks.add("only cases with " + comparison.filter());
        }
        return marks;
    }

    static String summary(Comparison comparison) {
        String head = String.format(Locale.ROOT, "suite %s threads %d: ", comparison.suite(), comparison.threads());
        var summary = comparison.summary();
        return head + (summary == null
                ? String.format(Locale.ROOT, "cases 0 with a peer, %d without", comparison.cases().size())
                : String.format(Locale.ROOT, "cases %d, min ratio %.2f (%s), geomean %.2f", summary.cases(),
                        summary.minRatio(), summary.minCase(), summary.geomean()));
    }

    /** The median share of the limit. */
    static String medianShare(Comparison comparison) {
        double[] shares = comparison.cases().stream().mapToDouble(Comparison.Case::shareOfLimit).toArray();
        return shares.length == 0 ? "-" : percent(Rounds.median(shares));
    }

    static String machine(Machine machine) {
        return String.format(Locale.ROOT, "%s, JVM on %d %s, %s, JDK %s; %s", machine.cpu(), machine.cores(),
                machine.cores() == 1 ? "core" : "cores", machine.os(), machine.jdk(), machine.backend());
    }

    /** What several comparisons say, each once, in the order of its first appearance. */
    static <T> List<T> distinct(List<Comparison> comparisons, Function<Comparison, List<T>> part) {
        return comparisons.stream().flatMap(comparison -> part.apply(comparison).stream()).distinct()
                .collect(Collectors.toList());
    }
}
