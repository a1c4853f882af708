package org.lanewise.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

import org.lanewise.bench.compare.Comparison.Case;

/**
 * Every case under the roofs of the machine: no dot can be above the FMA peak, nor above the bandwidth of the level that
 * its data come from. Dots between two slanted roofs are fed by the upper one's level.
 */
final class RooflineChart {

    private static final double WIDTH = 900;
    private static final double LEFT = 60;
    private static final double RIGHT = WIDTH - 20;
    private static final double TOP = 56;
    private static final double BOTTOM = 500;

    private RooflineChart() {
    }

    /** The picture for suites with as many threads, or nothing if there are none; a suite's place gives its colour. */
    static String of(int threads, List<Comparison> comparisons, List<String> suites) {
        List<Case> dots = comparisons.stream().flatMap(comparison -> dots(comparison).stream()).toList();
        // each suite has measured the limits: what was reached once, the machine can do
        double peak = comparisons.stream().mapToDouble(comparison -> comparison.limits().fmaGflops()).max().orElse(0);
        Map<String, Double> levels = new LinkedHashMap<>();
        comparisons.stream().flatMap(comparison -> comparison.limits().levels().stream())
                .filter(level -> level.read() > 0)
                .forEach(level -> levels.merge(level.name(), level.read(), Math::max));
        if (dots.isEmpty() || levels.isEmpty() || peak <= 0) {
            return "";
        }
        DoubleStream ridges = levels.values().stream().mapToDouble(bandwidth -> peak / bandwidth);
        double[] intensities = DoubleStream.concat(ridges, dots.stream().mapToDouble(RooflineChart::intensity))
                .toArray();
        double lowest = dots.stream().mapToDouble(RooflineChart::gflops).reduce(peak / 50, Math::min);
        double highest = dots.stream().mapToDouble(RooflineChart::gflops).reduce(peak, Math::max);
        var x = new Scale(DoubleStream.of(intensities).min().orElse(1) / 4,
                DoubleStream.of(intensities).max().orElse(1) * 2,
                LEFT, RIGHT, true);
        var y = new Scale(lowest / 2, highest * 1.5, BOTTOM, TOP, true);
        var svg = new Svg(WIDTH, BOTTOM + 40, "Roofline, " + Text.threads(threads));
        svg.xAxis(x, x.ticks(), TOP, BOTTOM, "flops per byte");
        svg.yAxis(y, LEFT, RIGHT, "GFLOP/s");
        roofs(svg, x, y, peak, levels);
        List<String> names = new ArrayList<>();
        List<String> colours = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            String colour = Svg.colour(suites.indexOf(comparison.suite()));
            dots(comparison).forEach(dot -> svg.dot(x.at(intensity(dot)), y.at(gflops(dot)), colour,
                    String.format(Locale.ROOT, "%s %s: %s GFLOP/s at %s flops per byte", comparison.suite(), dot.name(),
                            Text.number(gflops(dot)), Text.number(intensity(dot)))));
            if (!dots(comparison).isEmpty()) {
                names.add(comparison.suite());
                colours.add(colour);
            }
        }
        svg.legend(LEFT, 38, names, colours);
        return svg.toString();
    }

    private static void roofs(Svg svg, Scale x, Scale y, double peak, Map<String, Double> levels) {
        double slope = -Math.toDegrees(Math.atan2(y.at(1) - y.at(10), x.at(10) - x.at(1)));
        double leftmostRidge = peak / levels.values().stream().max(Double::compare).orElse(1.0);
        svg.line(x.at(leftmostRidge), y.at(peak), RIGHT, y.at(peak), "limit");
        svg.text(RIGHT - 4, y.at(peak) - 5, "end halo", "FMA peak " + Text.number(peak) + " GFLOP/s");
        levels.forEach((name, bandwidth) -> {
            double from = Math.max(x.from(), y.from() / bandwidth);
            svg.line(x.at(from), y.at(from * bandwidth), x.at(peak / bandwidth), y.at(peak), "limit");
            svg.text(x.at(1.1 * from), y.at(1.1 * from * bandwidth) - 5, "halo",
                    name + " " + Text.number(bandwidth) + " GB/s",
                    slope);
        });
    }

    private static List<Case> dots(Comparison comparison) {
        return comparison.cases().stream()
                .filter(dot -> dot.flops() > 0 && dot.bytes() > 0 && dot.ours().micros() > 0).toList();
    }

    private static double intensity(Case dot) {
        return dot.flops() / dot.bytes();
    }

    private static double gflops(Case dot) {
        return dot.flops() / dot.ours().micros() / 1e3;
    }
}
