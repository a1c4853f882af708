package org.lanewise.bench.compare;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.lanewise.bench.compare.Comparison.Case;

/**
 * A bar for each case: its ratio to the fastest peer or, if no case of the suite has a peer, its share of the limit.
 *
 * @param title  above the picture
 * @param axis   what is shown
 * @param base   where bars begin; one to its left is a bad one
 * @param marked a line across all bars
 * @param mark   its name
 * @param bars   from top to bottom
 */
record BarChart(String title, String axis, double base, double marked, String mark, List<Bar> bars) {

    private static final int ROW = 17;
    private static final int TOP = 40;
    private static final int PLOT = 340;
    private static final int LONGEST_LABEL = 48;
    /** Above this the bars of the others could not be told apart on a linear scale. */
    private static final double WIDE = 4;

    /** A bar, the words behind it, and what hovering over it shows. */
    record Bar(String label, double value, String note, String hint) {
    }

    static String of(Comparison comparison) {
        var summary = comparison.summary();
        if (summary == null) {
            List<Bar> shares = comparison.cases().stream().map(BarChart::share).toList();
            return new BarChart(Text.title(comparison) + ": share of the limit", "our share of the limit", 0, 1, "",
                    shares)
                    .svg();
        }
        List<Bar> ratios = comparison.cases().stream().flatMap(BarChart::ratio).toList();
        return new BarChart(Text.title(comparison) + ": ratio to the fastest peer", "time of the fastest peer / ours",
                1, summary.geomean(), String.format(Locale.ROOT, "geomean %.2f", summary.geomean()), ratios).svg();
    }

    private static Stream<Bar> ratio(Case measured) {
        return Stream.ofNullable(measured.bestPeer()).map(peer -> new Bar(measured.name(), peer.ratio(),
                String.format(Locale.ROOT, "%.2f %s", peer.ratio(), peer.name()),
                String.format(Locale.ROOT, "%s: %s us, %s %s us", measured.name(),
                        Text.number(measured.ours().micros()), peer.name(), Text.number(peer.micros()))));
    }

    private static Bar share(Case measured) {
        return new Bar(measured.name(), measured.shareOfLimit(),
                Text.percent(measured.shareOfLimit()) + " of " + measured.limit(),
                measured.name() + ": " + Text.number(measured.ours().micros()) + " us");
    }

    private String svg() {
        double smallest = bars.stream().mapToDouble(Bar::value).reduce(base, Math::min);
        double largest = bars.stream().mapToDouble(Bar::value).reduce(1, Math::max);
        double longestNote = bars.stream().mapToInt(bar -> bar.note().length()).max().orElse(0) * Svg.LETTER + 10;
        double left = 10
                + Svg.LETTER * Math.min(LONGEST_LABEL, bars.stream().mapToInt(b -> b.label().length()).max().orElse(0));
        // the notes of bars to the left of the base stand left of them
        double start = left + (smallest < base ? longestNote : 6);
        double bottom = TOP + ROW * bars.size() + 4;
        double width = left + PLOT + longestNote;
        boolean log = base > 0 && largest / smallest > WIDE;
        var scale = new Scale(log || smallest < base ? smallest : base > 0 ? base - 0.1 * (largest - base) - 0.01 : 0,
                largest,
                start, left + PLOT, log);
        var svg = new Svg(width, bottom + 40, title);
        svg.xAxis(scale, scale.ticks(), TOP, bottom, axis);
        svg.line(scale.at(1), TOP - 4, scale.at(1), bottom, "limit");
        if (!mark.isEmpty()) {
            svg.line(scale.at(marked), TOP - 4, scale.at(marked), bottom, "mark");
            svg.text(scale.at(marked), TOP - 8, "middle mark", mark);
        }
        // last, so that the notes stand on the lines
        for (int i = 0; i < bars.size(); i++) {
            row(svg, scale, bars.get(i), left, TOP + ROW * i + 3);
        }
        return svg.toString();
    }

    private void row(Svg svg, Scale scale, Bar bar, double left, double y) {
        double zero = scale.at(base);
        double end = scale.at(bar.value());
        boolean bad = bar.value() < base;
        String label = bar.label();
        svg.text(left - 4, y + 10, "end",
                label.length() > LONGEST_LABEL ? label.substring(0, LONGEST_LABEL - 3) + "..." : label);
        svg.bar(Math.min(zero, end), y, Math.abs(end - zero), ROW - 5, bad ? Svg.SLOWER : Svg.OURS,
                bar.hint());
        svg.text(bad ? end - 4 : end + 4, y + 10, bad ? "end halo" : "halo", bar.note());
    }
}
