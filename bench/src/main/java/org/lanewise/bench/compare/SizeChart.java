package org.lanewise.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.lanewise.bench.compare.Comparison.Case;

/**
 * The speed of square matrix products over their size, ours and the peers'.
 */
final class SizeChart {

    private static final Pattern SQUARE = Pattern.compile("(?:[^:]*:)?(\\d{1,9})x\\1x\\1(?::NN)?");
    private static final double WIDTH = 620;
    private static final double LEFT = 56;
    private static final double RIGHT = WIDTH - 16;
    private static final double TOP = 60;
    private static final double BOTTOM = 340;

    private SizeChart() {
    }

    /** The picture, or nothing if there are no square products. */
    static String of(Comparison comparison) {
        Map<String, Map<Integer, Double>> speeds = speeds(comparison);
        double peak = comparison.limits().fmaGflops();
        List<Integer> sizes = speeds.values().stream().flatMap(speed -> speed.keySet().stream()).distinct().sorted()
                .toList();
        if (sizes.isEmpty()) {
            return "";
        }
        double fastest = speeds.values().stream().flatMap(speed -> speed.values().stream()).reduce(peak, Math::max);
        // half a step of room on both sides, also if there is one size only
        var x = new Scale(sizes.getFirst() / 1.2, sizes.getLast() * 1.2, LEFT, RIGHT, true);
        var y = new Scale(0, 1.08 * fastest, BOTTOM, TOP, false);
        var svg = new Svg(WIDTH, BOTTOM + 40, Text.title(comparison) + ": n x n x n, not transposed");
        svg.xAxis(x, sizes.stream().map(Integer::doubleValue).toList(), TOP, BOTTOM, "n");
        svg.yAxis(y, LEFT, RIGHT, "GFLOP/s");
        svg.line(LEFT, y.at(peak), RIGHT, y.at(peak), "limit");
        svg.text(LEFT + 4, y.at(peak) - 5, "halo", "FMA peak " + Text.number(peak));
        List<String> colours = new ArrayList<>();
        speeds.forEach((name, speed) -> {
            colours.add(colours.isEmpty() ? Svg.OURS : Svg.colour(colours.size() - 1));
            svg.curve(speed.entrySet().stream().map(e -> new double[] {x.at(e.getKey()), y.at(e.getValue())}).toList(),
                    colours.getLast());
            speed.forEach((n, gflops) -> svg.dot(x.at(n), y.at(gflops), colours.getLast(),
                    String.format(Locale.ROOT, "%s, n = %d: %s GFLOP/s", name, n, Text.number(gflops))));
        });
        svg.legend(LEFT, 38, List.copyOf(speeds.keySet()), colours);
        return svg.toString();
    }

    /** GFLOP/s by size, for each implementation; ours is the first. */
    private static Map<String, Map<Integer, Double>> speeds(Comparison comparison) {
        Map<String, Map<Integer, Double>> speeds = new LinkedHashMap<>();
        for (Case measured : comparison.cases()) {
            var square = SQUARE.matcher(measured.parameters().getOrDefault("shape", ""));
            if (comparison.suite().equals("gemm") && square.matches()) {
                int n = Integer.parseInt(square.group(1));
                double flopsByMicro = measured.flops() / 1e3;
                speeds.computeIfAbsent("Lanewise", name -> new TreeMap<>()).put(n,
                        flopsByMicro / measured.ours().micros());
                measured.peers().forEach(peer -> speeds.computeIfAbsent(peer.name(), name -> new TreeMap<>()).put(n,
                        flopsByMicro / peer.micros()));
            }
        }
        return speeds;
    }
}
