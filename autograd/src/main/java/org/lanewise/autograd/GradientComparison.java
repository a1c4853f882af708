package org.lanewise.autograd;

import org.jspecify.annotations.Nullable;

/** Compares the gradient of one input with the stencil, line by line. */
final class GradientComparison {

    /** The largest noise, as a share of the gradient, of the smaller steps that are tried beside a kink. */
    private static final double ACCEPTABLE_NOISE = 0.01;
    /** The smallest of those steps is h divided by this. */
    private static final int SMALLEST_STEP = 64;
    /** A comparison whose noise is a larger share of the gradient than this proves nothing. */
    private static final double WORST_RESOLUTION = 0.25;

    private final String name;
    private final GradientObjective objective;
    private final double scale;
    private final double relative;
    private final float step;
    private int compared;
    private int skipped;
    /** Tells of the first place whose step was lost. */
    private @Nullable String lost;
    /** The largest slope that was measured. */
    private double largest;
    private double worst = -1;
    private String place = "no place";
    private double analytic;
    private double numeric;
    private double tolerance;

    GradientComparison(String name, GradientObjective objective, double scale, double relative, float step) {
        this.name = name;
        this.objective = objective;
        this.scale = scale;
        this.relative = relative;
        this.step = step;
    }

    void add(String where, GradientLine line) {
        String lostHere = line.lostStep(step);
        if (lostHere != null) {
            lost = lost == null ? lostHere : lost;
            return;
        }
        Stencil first = new Stencil(line, step);
        Stencil last = first;
        for (int divisor = 4; !last.passed() && divisor <= SMALLEST_STEP; divisor *= 4) {
            float h = step / divisor;
            if (objective.noise() / h > ACCEPTABLE_NOISE * scale || line.lostStep(h) != null) {
                break;
            }
            Stencil smaller = new Stencil(line, h);
            if (!first.seesKink(smaller)) {
                break; // the function is smooth here: what the first step says stands
            }
            last = smaller;
        }
        if (!last.passed() && last.isKink(first)) {
            skipped++;
        } else {
            record(where, last);
            if (scale == 0 && objective.noise() / step > WORST_RESOLUTION) {
                largest = Math.max(largest, farSlope(line));
            }
        }
    }

    /** The slope over a step that shows in the output even if h is lost in its rounding. */
    private double farSlope(GradientLine line) {
        float far = (float) (objective.noise() / WORST_RESOLUTION);
        line.moveTo(0);
        double here = objective.value();
        line.moveTo(far);
        return Math.abs(objective.value() - here) / far;
    }

    private void record(String where, Stencil stencil) {
        compared++;
        largest = Math.max(largest, Math.abs(stencil.numeric));
        if (!(stencil.error <= worst)) {
            worst = Double.isNaN(stencil.error) ? Double.POSITIVE_INFINITY : stencil.error;
            place = where;
            analytic = stencil.analytic;
            numeric = stencil.numeric;
            tolerance = stencil.tolerance;
        }
    }

    GradientCheck.Result result() {
        // Where backward says 0 everywhere, a slope that was measured is either an error or noise that could hide one.
        double reference = scale == 0 ? largest : scale;
        double resolution = reference == 0 ? 0 : (relative + objective.noise() / step) / reference;
        return new GradientCheck.Result(name, compared, skipped, worst, place, analytic, numeric, tolerance, resolution,
                doubt(resolution));
    }

    private @Nullable String doubt(double resolution) {
        if (lost != null) {
            return lost;
        }
        if (compared == 0) {
            return "nothing could be compared";
        }
        if (resolution > WORST_RESOLUTION) {
            return "the output is too large beside its change to be measured in float";
        }
        return skipped > compared && worst <= 1 ? "more than half of the places are kinks" : null;
    }

    /** One measurement. */
    private final class Stencil {
        private final double analytic;
        private final double numeric;
        private final double tolerance;
        /** The error divided by the tolerance. */
        private final double error;
        private final double slopeLeft;
        private final double slopeRight;
        /** The fourth difference as a slope: a kink in the stencil shows in it, a smooth function does not. */
        private final double roughness;

        Stencil(GradientLine line, float h) {
            double[] s = new double[5];
            double[] change = new double[5];
            for (int i = 0; i < 5; i++) {
                change[i] = line.moveTo((i - 2) * h);
                s[i] = objective.value();
            }
            numeric = fivePoints(s, h);
            analytic = fivePoints(change, h);
            // If all gradients are zero, so must the numeric ones be, but for the smallest numbers.
            tolerance = Math.max(relative + objective.noise() / h, 1e-30);
            error = Math.abs(analytic - numeric) / tolerance;
            slopeLeft = (s[2] - s[1]) / h;
            slopeRight = (s[3] - s[2]) / h;
            roughness = Math.abs(s[0] - 4 * s[1] + 6 * s[2] - 4 * s[3] + s[4]) / (4 * h);
        }

        private static double fivePoints(double[] s, float h) {
            return (8 * (s[3] - s[1]) - (s[4] - s[0])) / (12.0 * h);
        }

        boolean passed() {
            return error <= 1;
        }

        /** Whether there is a kink in this stencil: it is rough, or a smaller one measures something else. */
        boolean seesKink(Stencil smaller) {
            return roughness > 2 * tolerance || Math.abs(numeric - smaller.numeric) > tolerance + smaller.tolerance;
        }

        /** Whether the point itself is a kink: its slopes left and right stay apart, and backward is one between them. */
        boolean isKink(Stencil first) {
            double jump = Math.abs(slopeRight - slopeLeft);
            return jump > 4 * tolerance && roughness > 0.1 * jump
                    && jump > 0.5 * Math.abs(first.slopeRight - first.slopeLeft)
                    && analytic >= Math.min(slopeLeft, slopeRight) - tolerance
                    && analytic <= Math.max(slopeLeft, slopeRight) + tolerance;
        }
    }
}
