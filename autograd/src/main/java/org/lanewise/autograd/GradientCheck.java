package org.lanewise.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Proves that backward belongs to forward: compares the gradients of a function with numeric ones.
 *
 * {@snippet :
 * GradientCheck.of(() -> layer.forward(x))
 *         .with("x", x)
 *         .with("weight", weight)
 *         .verify();
 * }
 *
 * <p>
 * The output y is turned into a number by s = sum of r(i)*y(i) with random r, summed in double, so that every part of the Jacobian
 * counts. Its derivative is measured by a five-point stencil,
 *
 * <pre>
 *   s' = ( 8*(s(x+h) - s(x-h)) - (s(x+2h) - s(x-2h)) ) / (12*h),
 * </pre>
 *
 * with a step h that is a power of two. The gradient is put through the same formula with the steps that the elements really took
 * after rounding. Of an input of up to {@value #EVERY_ELEMENT} elements each one is checked; larger ones are checked along
 * {@value #DIRECTIONS} random directions of +-1 in all elements.
 *
 * <p>
 * An element passes if its error is at most 1e-4 of the largest gradient of that input, a direction if it is at most 2e-4 of the
 * gradient's Euclidean norm, plus the noise that the rounding of y to float makes: 2^-24 * sqrt(sum of (r(i)*y(i))^2) * 4/h. So a
 * gradient that is wrong by a factor of 1.001 fails, unless y is so large beside its change that the noise hides it;
 * {@link Result#resolution()} tells, and a check that could not see an error of a quarter fails as well.
 *
 * <p>
 * At a kink (ReLU at 0, two equal maxima) no derivative exists. Where the numbers disagree and the function is not smooth, the step
 * is made smaller, so that a kink beside the point falls out of the stencil. If the point is a kink itself, the slopes to its left and right differ; a gradient
 * between them cannot be called wrong, and the place is left out and counted. If more than half of the places are left out, the
 * check fails.
 *
 * @see <a href="https://doi.org/10.1137/1.9780898717761">Griewank, Walther: Evaluating Derivatives, 2008</a>
 */
public final class GradientCheck {

    /** Inputs of at most this many elements are checked element by element. */
    public static final int EVERY_ELEMENT = 2048;

    /** Number of random directions along which a larger input is checked. */
    public static final int DIRECTIONS = 8;

    private static final double ELEMENT_TOLERANCE = 1e-4;
    private static final double DIRECTION_TOLERANCE = 2e-4;
    /** Half a unit in the last place of 1. */
    private static final double ROUNDING = 0x1p-24;
    /** The largest noise, as a share of the gradient, of the smaller steps that are tried beside a kink. */
    private static final double ACCEPTABLE_NOISE = 0.01;
    /** The smallest of those steps is h divided by this. */
    private static final int SMALLEST_STEP = 64;
    /** A check whose noise is a larger share of the gradient than this proves nothing. */
    private static final double WORST_RESOLUTION = 0.25;

    private final Supplier<Tensor> function;
    private final List<Input> inputs = new ArrayList<>();
    private float step = 0x1p-6f;
    private long seed = 42;

    private record Input(String name, Tensor tensor) {
    }

    /**
     * What was found for one input.
     *
     * @param name       the name of the input
     * @param compared   elements or directions that were compared
     * @param skipped    elements or directions that were left out because they are kinks
     * @param worst      the worst error, divided by what is tolerated: at most 1 passes
     * @param place      where it is
     * @param analytic   the derivative there by backward
     * @param numeric    the derivative there by the stencil
     * @param tolerance  the error that is tolerated there
     * @param resolution what is tolerated at the first step, as a share of the largest gradient (of elements) or the norm (of
     *                   directions): a relative error below it can stay unseen; 0 if all gradients are 0
     */
    public record Result(String name, int compared, int skipped, double worst, String place, double analytic,
            double numeric,
            double tolerance, double resolution) {

        /**
         * {@return whether all compared places are within the tolerance, at least half could be compared, and an error of a quarter
         * would have been seen}
         */
        public boolean passed() {
            return worst <= 1 && compared > 0 && compared >= skipped && resolution <= WORST_RESOLUTION;
        }

        @Override
        public String toString() {
            String counts = String.format(Locale.ROOT, "(%d compared, %d left out at kinks, resolution %.2g)", compared,
                    skipped, resolution);
            if (compared == 0) {
                return name + ": FAILED, nothing could be compared " + counts;
            }
            if (resolution > WORST_RESOLUTION) {
                return name + ": FAILED, the output is too large beside its change to be measured in float " + counts;
            }
            return String.format(Locale.ROOT, "%s: %s at %s: backward says %.7g, the stencil %.7g, tolerance %.2g %s",
                    name,
                    passed() ? "passed, worst" : "FAILED", place, analytic, numeric, tolerance, counts);
        }
    }

    private GradientCheck(Supplier<Tensor> function) {
        this.function = function;
    }

    /**
     * A check of a function.
     *
     * @param function computes an output of any shape from the inputs that are added by {@link #with}; it must give the same
     *                 output each time
     * @return the check
     */
    public static GradientCheck of(Supplier<Tensor> function) {
        return new GradientCheck(Objects.requireNonNull(function, "function"));
    }

    /**
     * Adds an input whose gradient is checked.
     *
     * @param name  its name in the result
     * @param input a leaf; it is made to require a gradient. Its elements are moved during the check and put back, its gradient is
     *              forgotten before and after
     * @return this check
     */
    public GradientCheck with(String name, Tensor input) {
        inputs.add(new Input(name, input.requireGrad()));
        return this;
    }

    /**
     * Sets the step h; 2^-6 by default.
     *
     * @param h a positive power of two
     * @return this check
     * @throws IllegalArgumentException if h is not a positive power of two
     */
    public GradientCheck step(float h) {
        if (!(h > 0) || Float.isInfinite(h) || (Float.floatToRawIntBits(h) & 0x7fffff) != 0) {
            throw new IllegalArgumentException("h=" + h + " must be a positive power of two");
        }
        step = h;
        return this;
    }

    /**
     * Sets the seed of the random numbers r and of the directions.
     *
     * @param value the seed
     * @return this check
     */
    public GradientCheck seed(long value) {
        seed = value;
        return this;
    }

    /**
     * Runs the check and fails if a gradient is wrong.
     *
     * @throws AssertionError        naming the input and the place of the worst error
     * @throws IllegalStateException if there is no input, or a tape is open on this thread
     */
    public void verify() {
        List<String> failures = run().stream().filter(result -> !result.passed()).map(Result::toString).toList();
        if (!failures.isEmpty()) {
            throw new AssertionError(
                    "gradient check (seed " + seed + ", h " + step + "):\n  " + String.join("\n  ", failures));
        }
    }

    /**
     * Runs the check.
     *
     * @return a result for each input
     * @throws IllegalStateException if there is no input, or a tape is open on this thread
     */
    public List<Result> run() {
        if (inputs.isEmpty()) {
            throw new IllegalStateException("there is no input to check; add one by with()");
        }
        SplittableRandom random = new SplittableRandom(seed);
        forgetGradients();
        try {
            Objective objective = differentiate(random);
            List<Result> results = new ArrayList<>();
            for (Input input : inputs) {
                results.add(check(input, objective, random));
            }
            return results;
        } finally {
            forgetGradients();
        }
    }

    private void forgetGradients() {
        for (Input input : inputs) {
            input.tensor().zeroGrad();
        }
    }

    /** Runs backward once, from random r(i) of either sign, none of them small. */
    private Objective differentiate(SplittableRandom random) {
        try (Tape tape = Tape.open()) {
            Tensor y = function.get();
            Tensor weights = Tensor.zeros(y.shape().dims());
            double squares = 0;
            for (int i = 0; i < weights.size(); i++) {
                float magnitude = 0.5f + 0.5f * (random.nextInt(1 << 23) * 0x1p-23f);
                float r = random.nextBoolean() ? magnitude : -magnitude;
                weights.data()[i] = r;
                double term = (double) r * y.data()[i];
                squares += term * term;
            }
            tape.backward(y, weights);
            return new Objective(function, weights.data(), ROUNDING * Math.sqrt(squares) * 4);
        }
    }

    /** The number s, and what the rounding of each y(i) makes of it: independent errors, four times their deviation. */
    private record Objective(Supplier<Tensor> function, float[] weights, double noise) {

        double value() {
            try (Tape _ = Tape.noGrad()) {
                float[] y = function.get().data();
                double sum = 0;
                for (int i = 0; i < weights.length; i++) {
                    sum += (double) y[i] * weights[i];
                }
                return sum;
            }
        }
    }

    private Result check(Input input, Objective objective, SplittableRandom random) {
        Tensor gradient = input.tensor().grad();
        // An input that the output does not depend on has no gradient, which means zeros.
        float[] analytic = gradient == null ? new float[input.tensor().size()] : gradient.toArray();
        boolean elements = analytic.length <= EVERY_ELEMENT;
        double scale = elements ? largest(analytic) : norm(analytic);
        // All elements of a direction move at once, so each moves less: 2^-9 was best for a network of 992 parameters.
        Comparison comparison = new Comparison(input.name(), objective, scale,
                (elements ? ELEMENT_TOLERANCE : DIRECTION_TOLERANCE) * scale, elements ? step : step / 8);
        float[] data = input.tensor().data();
        for (int i = 0; i < (elements ? analytic.length : DIRECTIONS); i++) {
            Line line = elements ? Line.alongElement(data, analytic, i) : Line.alongDirection(data, analytic, random);
            try {
                comparison.add((elements ? "element " : "direction ") + i, line);
            } finally {
                line.moveTo(0);
            }
        }
        return comparison.result();
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double norm(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }

    /** A straight line through the input: some elements move by t, each with its sign. */
    private static final class Line {
        private final float[] data;
        private final float[] gradient;
        private final int[] places;
        private final float[] origin;
        private final float[] signs;

        private Line(float[] data, float[] gradient, int[] places, float[] signs) {
            this.data = data;
            this.gradient = gradient;
            this.places = places;
            this.signs = signs;
            origin = new float[places.length];
            for (int i = 0; i < places.length; i++) {
                origin[i] = data[places[i]];
            }
        }

        static Line alongElement(float[] data, float[] gradient, int place) {
            return new Line(data, gradient, new int[] {place}, new float[] {1});
        }

        static Line alongDirection(float[] data, float[] gradient, SplittableRandom random) {
            int[] places = new int[data.length];
            float[] signs = new float[data.length];
            for (int i = 0; i < places.length; i++) {
                places[i] = i;
                signs[i] = random.nextBoolean() ? 1 : -1;
            }
            return new Line(data, gradient, places, signs);
        }

        /** Moves the elements, and returns what the gradient says of the change of s, after the rounding of each element. */
        double moveTo(float t) {
            double change = 0;
            for (int i = 0; i < places.length; i++) {
                float moved = origin[i] + signs[i] * t;
                data[places[i]] = moved;
                change += gradient[places[i]] * ((double) moved - origin[i]);
            }
            return change;
        }
    }

    /** Compares the gradient of one input with the stencil, line by line. */
    private static final class Comparison {
        private final String name;
        private final Objective objective;
        private final double scale;
        private final double relative;
        private final float step;
        private int compared;
        private int skipped;
        private double worst = -1;
        private String place = "no place";
        private double analytic;
        private double numeric;
        private double tolerance;

        Comparison(String name, Objective objective, double scale, double relative, float step) {
            this.name = name;
            this.objective = objective;
            this.scale = scale;
            this.relative = relative;
            this.step = step;
        }

        void add(String where, Line line) {
            Stencil first = new Stencil(line, step);
            Stencil last = first;
            for (int divisor = 4; !last.passed() && divisor <= SMALLEST_STEP; divisor *= 4) {
                float h = step / divisor;
                if (objective.noise() / h > ACCEPTABLE_NOISE * scale) {
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
            }
        }

        private void record(String where, Stencil stencil) {
            compared++;
            if (!(stencil.error <= worst)) {
                worst = Double.isNaN(stencil.error) ? Double.POSITIVE_INFINITY : stencil.error;
                place = where;
                analytic = stencil.analytic;
                numeric = stencil.numeric;
                tolerance = stencil.tolerance;
            }
        }

        Result result() {
            double resolution = scale == 0 ? 0 : (relative + objective.noise() / step) / scale;
            return new Result(name, compared, skipped, worst, place, analytic, numeric, tolerance, resolution);
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

            Stencil(Line line, float h) {
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
}
