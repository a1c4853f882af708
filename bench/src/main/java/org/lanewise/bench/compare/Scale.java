package org.lanewise.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where a value lies in a picture.
 *
 * @param from  the value at the start
 * @param to    the value at the end
 * @param start a coordinate of the picture
 * @param end   the other one
 * @param log   whether equal steps are equal factors
 */
record Scale(double from, double to, double start, double end, boolean log) {

    private static final double[] COARSE = {1, 2, 5};
    private static final double[] FINE = {1, 1.2, 1.5, 2, 3, 4, 5, 7};

    double at(double value) {
        double share = log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
        return start + share * (end - start);
    }

    /** Round values, some five to ten of them. */
    List<Double> ticks() {
        return log ? logTicks() : linearTicks();
    }

    private List<Double> linearTicks() {
        double rough = (to - from) / 5;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough > 5 * power ? 10 : rough > 2 * power ? 5 : rough > power ? 2 : 1);
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(from / step); i * step <= to; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    private List<Double> logTicks() {
        double decades = Math.log10(to / from);
        double[] steps = decades < 1.2 ? FINE : decades < 3 ? COARSE : new double[] {1};
        List<Double> ticks = new ArrayList<>();
        for (double power = Math.pow(10, Math.floor(Math.log10(from))); power <= to; power *= 10) {
            for (double step : steps) {
                if (step * power >= from && step * power <= to) {
                    ticks.add(step * power);
                }
            }
        }
        return ticks;
    }

    /** A tick's number, without the zeros of a fraction. */
    static String label(double value) {
        return String.format(Locale.ROOT, "%.4f", value).replaceFirst("\\.?0+$", "");
    }
}
