package org.lanewise.bench.compare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.lanewise.bench.compare.Comparison.Case;
import org.lanewise.bench.compare.Comparison.PeerTiming;
import org.lanewise.bench.compare.Comparison.Skipped;

import static org.lanewise.bench.compare.Text.escape;
import static org.lanewise.bench.compare.Text.number;
import static org.lanewise.bench.compare.Text.percent;

/**
 * The page: one file that needs no other, no script and no network.
 */
final class HtmlPage {

    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 1500px; margin: 2em auto;
              padding: 0 1.5em }
            h1 { margin-bottom: .2em } h2 { margin: 2.2em 0 .2em; border-top: 1px solid #ccc; padding-top: .8em }
            ul { padding-left: 1.2em } code { background: #f3f3f3; padding: 0 .3em }
            .pictures { display: flex; flex-wrap: wrap; gap: 2em; margin: 1em 0; align-items: flex-start }
            .notice { background: #fff3cd; border-radius: .3em; padding: .1em .5em; font-size: 60%; font-weight: normal;
              vertical-align: middle }
            table { border-collapse: collapse; font-size: 13px }
            th, td { padding: .15em .8em; text-align: right; border-bottom: 1px solid #e5e5e5; white-space: nowrap }
            th { background: #f3f3f3; position: sticky; top: 0 } .name { text-align: left } .slower { color: #c8501e }
            svg { font: 11px system-ui, sans-serif; max-width: 100%; height: auto; overflow: visible }
            svg text { fill: #333 } .title { font-size: 14px; font-weight: 600 } .name { font-style: normal }
            .end { text-anchor: end } .middle { text-anchor: middle } svg .name { font-size: 12px; text-anchor: middle }
            .halo { paint-order: stroke; stroke: #fff; stroke-width: 3px } svg .mark { fill: #1f5fbf }
            .grid { stroke: #e3e3e3 } .limit { stroke: #444; stroke-width: 1.5 }
            .mark { stroke-dasharray: 4 3 } line.mark { stroke: #1f5fbf } .curve { fill: none; stroke-width: 2 }
            circle { stroke: #fff; stroke-width: .8 }
            """;

    private HtmlPage() {
    }

    static String of(List<Comparison> comparisons) {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width">
                <title>Lanewise: performance</title>
                <style>
                %s</style>
                </head>
                <body>
                <h1>Lanewise beside other libraries</h1>
                %s%s%s%s</body>
                </html>
                """.formatted(STYLE, head(comparisons), overview(comparisons), rooflines(comparisons),
                comparisons.stream().map(HtmlPage::suite).collect(Collectors.joining()));
    }

    private static String head(List<Comparison> comparisons) {
        String machines = lines(Text.distinct(comparisons,
                c -> List.of("<p>" + escape(Text.machine(c.machine()) + "; " + Text.day(c.date())) + "</p>\n")));
        String peers = lines(Text.distinct(comparisons, Comparison::peers).stream()
                .map(peer -> "<li>" + escape(peer.name() + " " + peer.version()) + "</li>\n").toList());
        String missing = lines(Text.distinct(comparisons, Comparison::missing).stream()
                .map(peer -> "<li>" + escape(peer.name() + " did not run: " + peer.reason()) + "; <code>"
                        + escape(peer.install())
                        + "</code></li>\n")
                .toList());
        return machines + "<ul>\n" + peers + missing + "</ul>\n<p>" + Text.RATIO + " " + Text.LIMIT
                + " Hover over a bar or a dot to see its numbers.</p>\n";
    }

    private static String overview(List<Comparison> comparisons) {
        return "<ul>\n" + lines(comparisons.stream().map(
                c -> "<li><a href=\"#%s\">%s</a></li>\n".formatted(anchor(c), escape(Text.summary(c)))).toList())
                + "</ul>\n";
    }

    /** One for each number of threads, because the roofs depend on it. */
    private static String rooflines(List<Comparison> comparisons) {
        Map<Integer, List<Comparison>> byThreads = comparisons.stream()
                .collect(Collectors.groupingBy(Comparison::threads, TreeMap::new, Collectors.toList()));
        List<String> suites = comparisons.stream().map(Comparison::suite).distinct().toList();
        return pictures(
                byThreads.entrySet().stream().map(e -> RooflineChart.of(e.getKey(), e.getValue(), suites)).toList());
    }

    private static String suite(Comparison comparison) {
        String marks = lines(Text.marks(comparison).stream()
                .map(mark -> " <span class=\"notice\">" + escape(mark) + "</span>").toList());
        String rows = lines(comparison.cases().stream().map(HtmlPage::row).toList());
        return """
                <h2 id="%s">%s%s</h2>
                <p><b>%s</b>; median share of the limit %s; measured on %s</p>
                %s<table>
                <tr><th class="name">case<th>ours, us<th>speed<th class="name">fastest peer<th>its us<th>ratio<th>share of limit\
                <th class="name">limit<th>bytes allocated per call</tr>
                %s</table>
                %s"""
                .formatted(anchor(comparison), escape(Text.title(comparison)), marks, escape(Text.summary(comparison)),
                        Text.medianShare(comparison), Text.day(comparison.date()),
                        pictures(List.of(SizeChart.of(comparison), BarChart.of(comparison))), rows,
                        skipped(comparison));
    }

    private static String row(Case measured) {
        double micros = measured.ours().micros();
        // in the unit of what bounds it
        String speed = measured.limit().equals(Roofline.FMA_PEAK)
                ? number(measured.flops() / micros / 1e3) + " GFLOP/s"
                : number(measured.bytes() / micros / 1e3) + " GB/s";
        return "<tr><td class=\"name\">%s<td>%s<td>%s%s<td>%s<td class=\"name\">%s<td>%s</tr>\n".formatted(
                escape(measured.name()), number(micros), speed, best(measured), percent(measured.shareOfLimit()),
                escape(measured.limit()), number(measured.ours().allocatedBytes()));
    }

    /** Three cells: the fastest peer, its time, the ratio. The others' times show when hovering. */
    private static String best(Case measured) {
        PeerTiming best = measured.bestPeer();
        if (best == null) {
            return "<td class=\"name\">-<td>-<td>-";
        }
        String all = measured.peers().stream().map(peer -> peer.name() + " " + number(peer.micros()) + " us")
                .collect(Collectors.joining(", "));
        return "<td class=\"name\" title=\"%s\">%s<td>%s<td%s>%s".formatted(escape(all), escape(best.name()),
                number(best.micros()), best.ratio() < 1 ? " class=\"slower\"" : "",
                String.format(Locale.ROOT, "%.2f", best.ratio()));
    }

    private static String skipped(Comparison comparison) {
        Map<Skipped, Long> counts = comparison.cases().stream().flatMap(measured -> measured.skipped().stream())
                .collect(Collectors.groupingBy(skipped -> skipped, LinkedHashMap::new, Collectors.counting()));
        return counts.isEmpty()
                ? ""
                : "<ul>\n" + lines(counts.entrySet().stream()
                        .map(e -> "<li>"
                                + escape(String.format(Locale.ROOT, "%s was not measured in %d of %d cases: %s",
                                        e.getKey().name(),
                                        e.getValue(), comparison.cases().size(), e.getKey().reason()))
                                + "</li>\n")
                        .toList()) + "</ul>\n";
    }

    private static String pictures(List<String> svgs) {
        return "<div class=\"pictures\">\n" + lines(svgs) + "</div>\n";
    }

    private static String anchor(Comparison comparison) {
        return escape(comparison.suite().replaceAll("\\W+", "-") + "-" + comparison.threads());
    }

    private static String lines(List<String> lines) {
        return String.join("", lines);
    }
}
