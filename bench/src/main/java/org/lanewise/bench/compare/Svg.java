package org.lanewise.bench.compare;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A picture inside a page, whose style sheet has the classes used here. Hovering over a bar or a dot shows its title.
 */
final class Svg {

    /** What a letter of the page's font is wide, about; a picture in the making has no font to ask. */
    static final double LETTER = 6.6;

    /** For our times. */
    static final String OURS = "#1f5fbf";
    /** For everything that is slower than it should be. */
    static final String SLOWER = "#c8501e";
    /** For others; told apart also by those who see few colours. */
    private static final List<String> COLOURS = List
            .of("#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a8f00", "#7a52a8", "#7f5539");

    private final StringBuilder out = new StringBuilder();

    Svg(double width, double height, String title) {
        out.append(String.format(Locale.ROOT,
                "<svg viewBox='0 0 %.0f %.0f' width='%.0f' height='%.0f' role='img' aria-label='%s'>\n",
                width,
                height, width, height, Text.escape(title)));
        text(0, 14, "title", title);
    }

    static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    void line(double x1, double y1, double x2, double y2, String style) {
        out.append(String.format(Locale.ROOT, "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' class='%s'/>\n", x1, y1,
                x2, y2, style));
    }

    /** Points as {@code {x, y}}, joined. */
    void curve(List<double[]> points, String colour) {
        String path = points.stream().map(point -> String.format(Locale.ROOT, "%.1f,%.1f", point[0], point[1]))
                .collect(Collectors.joining(" "));
        out.append(String.format(Locale.ROOT, "<polyline points='%s' stroke='%s' class='curve'/>\n", path, colour));
    }

    void dot(double x, double y, String colour, String title) {
        out.append(String.format(Locale.ROOT,
                "<circle cx='%.1f' cy='%.1f' r='4' fill='%s'><title>%s</title></circle>\n", x, y, colour,
                Text.escape(title)));
    }

    void bar(double x, double y, double width, double height, String colour, String title) {
        out.append(String.format(Locale.ROOT,
                "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s'><title>%s</title></rect>\n", x, y,
                Math.max(width, 1), height, colour, Text.escape(title)));
    }

    void text(double x, double y, String style, String text) {
        out.append(String.format(Locale.ROOT, "<text x='%.1f' y='%.1f' class='%s'>%s</text>\n", x, y, style,
                Text.escape(text)));
    }

    /** Turned around its start. */
    void text(double x, double y, String style, String text, double degrees) {
        out.append(
                String.format(Locale.ROOT, "<text transform='translate(%.1f %.1f) rotate(%.1f)' class='%s'>%s</text>\n",
                        x, y, degrees,
                        style, Text.escape(text)));
    }

    /** Names beside dots of colours, in one row. */
    void legend(double x, double y, List<String> names, List<String> colours) {
        double at = x;
        for (int i = 0; i < names.size(); i++) {
            dot(at + 4, y - 4, colours.get(i), names.get(i));
            text(at + 12, y, "", names.get(i));
            at += 12 + names.get(i).length() * LETTER + 16;
        }
    }

    /** Grid, numbers and name of a horizontal axis below a plot. */
    void xAxis(Scale scale, List<Double> ticks, double top, double bottom, String name) {
        double free = Double.NEGATIVE_INFINITY;
        for (double tick : ticks) {
            double x = scale.at(tick);
            String label = Scale.label(tick);
            line(x, top, x, bottom, "grid");
            // numbers that are near each other: the first of them has the place
            if (x - label.length() * LETTER / 2 > free) {
                text(x, bottom + 15, "middle", label);
                free = x + label.length() * LETTER / 2 + 3;
            }
        }
        text((scale.start() + scale.end()) / 2, bottom + 32, "middle name", name);
    }

    /** Grid, numbers and name of a vertical axis left of a plot. */
    void yAxis(Scale scale, double left, double right, String name) {
        for (double tick : scale.ticks()) {
            double y = scale.at(tick);
            line(left, y, right, y, "grid");
            text(left - 6, y + 4, "end", Scale.label(tick));
        }
        text(left - 40, (scale.start() + scale.end()) / 2, "middle name", name, -90);
    }

    /** The picture; nothing can be drawn any more. */
    @Override
    public String toString() {
        return out + "</svg>\n";
    }
}
