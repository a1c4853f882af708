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
 *   s'(x) = (4*D(h) - D(2h)) / 3,   D(h) = (s(x+h) - s(x-h)) / (x+h - (x-h)),
 * </pre>
 *
 * with a step h that is a power of two and the division by the step that was really taken. Of an input of up to
 * {@value #EVERY_ELEMENT} elements each one is checked; larger ones are checked along {@value #DIRECTIONS} random directions of
 * +-1 in all elements.
 *
 * <p>
 * An element passes if its error is at most 1e-4 of the largest gradient of that input, a direction if it is at most 2e-4 of the
 * gradient's Euclidean norm, plus what the rounding of y to float makes of s: 2^-24 * sqrt(sum of (r(i)*y(i))^2) * 4/h. A gradient
 * that is wrong by a factor of 1.001 fails.
 *
 * <p>
 * At a kink (ReLU at 0, two equal maxima) no derivative exists. Where D(h) and D(2h) disagree by more than a smooth function can
 * explain, the element is left out and counted; if more than half are left out, the check fails. It is better to choose inputs
 * that are farther from a kink than 2h.
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
    /** D(h) and D(2h) of a smooth function differ by h^2/2 of its third derivative; a kink makes them differ far more. */
    private static final double KINK = 0.02;

    private final Supplier<Tensor> function;
    private final List<Input> inputs = new ArrayList<>();
    private float step = 0x1p-6f;
    private long seed = 42;

    private record Input(String name, Tensor tensor) {
    }

    /**
     * What was found for one input.
     *
     * @param name      the name of the input
     * @param compared  elements or directions that were compared
     * @param skipped   elements or directions that were left out because of a kink
     * @param worst     the worst error, divided by what is tolerated: at most 1 passes
     * @param place     where it is
     * @param analytic  the derivative there by backward
     * @param numeric   the derivative there by the stencil
     * @param tolerance the error that is tolerated there
     */
    public record Result(String name, int compared, int skipped, double worst, String place, double analytic,
            double numeric,
            double tolerance) {

        /**
         * {@return whether all compared places are within the tolerance, and at least half could be compared}
         */
        public boolean passed() {
            return worst <= 1 && compared >= skipped;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT,
                    "%s: %s at %s: backward says %.7g, the stencil %.7g, tolerance %.2g (%d compared, %d left out at kinks)",
                    name, passed() ? "passed, worst" : "FAILED", place, analytic, numeric, tolerance, compared,
                    skipped);
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
     * @param input a leaf; it is made to require a gradient, and its elements are moved during the check and put back
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
        if (!(h > 0) || (Float.floatToRawIntBits(h) & 0x7fffff) != 0) {
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
        Tensor weights = analyticGradients(random);
        double noise = noise(weights);
        List<Result> results = new ArrayList<>();
        for (Input input : inputs) {
            Tensor gradient = input.tensor().grad();
            // An input that the output does not depend on has no gradient, which means zeros.
            float[] analytic = gradient == null ? new float[input.tensor().size()] : gradient.toArray();
            results.add(input.tensor().size() <= EVERY_ELEMENT
                    ? checkElements(input, analytic, weights, noise)
                    : checkDirections(input, analytic, weights, noise, random));
        }
        return results;
    }

    /** Runs backward once, and returns the r(i): random, of either sign, and none of them small. */
    private Tensor analyticGradients(SplittableRandom random) {
        for (Input input : inputs) {
            input.tensor().zeroGrad();
        }
        try (Tape tape = Tape.open()) {
            Tensor y = function.get();
            Tensor weights = Tensor.zeros(y.shape().dims());
            for (int i = 0; i < weights.size(); i++) {
                float magnitude = 0.5f + 0.5f * (random.nextInt(1 << 23) * 0x1p-23f);
                weights.data()[i] = random.nextBoolean() ? magnitude : -magnitude;
            }
            tape.backward(y, weights);
            return weights;
        }
    }

    /** What the rounding of each y(i) may add to the measured derivative: independent errors, four times their deviation. */
    private double noise(Tensor weights) {
        try (Tape _ = Tape.noGrad()) {
            double squares = 0;
            float[] y = function.get().data();
            for (int i = 0; i < weights.size(); i++) {
                double term = (double) y[i] * weights.data()[i];
                squares += term * term;
            }
            return ROUNDING * Math.sqrt(squares) * 4 / step;
        }
    }

    private double objective(Tensor weights) {
        try (Tape _ = Tape.noGrad()) {
            float[] y = function.get().data();
            double sum = 0;
            for (int i = 0; i < weights.size(); i++) {
                sum += (double) y[i] * weights.data()[i];
            }
            return sum;
        }
    }

    private Result checkElements(Input input, float[] analytic, Tensor weights, double noise) {
        double largest = 0;
        for (float g : analytic) {
            largest = Math.max(largest, Math.abs(g));
        }
        Tally tally = new Tally(input.name(), ELEMENT_TOLERANCE * largest + noise, KINK * largest + 8 * noise);
        float[] data = input.tensor().data();
        for (int i = 0; i < data.length; i++) {
            float x = data[i];
            double[] slopes = new double[2];
            for (int scale = 1; scale <= 2; scale++) {
                float above = x + scale * step;
                float below = x - scale * step;
                data[i] = above;
                double sAbove = objective(weights);
                data[i] = below;
                double sBelow = objective(weights);
                data[i] = x;
                slopes[scale - 1] = (sAbove - sBelow) / ((double) above - below);
            }
            tally.add("element " + i, analytic[i], slopes[0], slopes[1]);
        }
        return tally.result();
    }

    private Result checkDirections(Input input, float[] analytic, Tensor weights, double noise,
            SplittableRandom random) {
        double squares = 0;
        for (float g : analytic) {
            squares += (double) g * g;
        }
        double norm = Math.sqrt(squares);
        Tally tally = new Tally(input.name(), DIRECTION_TOLERANCE * norm + noise, KINK * norm + 8 * noise);
        float[] data = input.tensor().data();
        float[] original = data.clone();
        // All elements move at once, so each moves less: 2^-9 was best for a network of 992 parameters.
        float h = step / 8;
        for (int direction = 0; direction < DIRECTIONS; direction++) {
            boolean[] positive = new boolean[data.length];
            for (int i = 0; i < positive.length; i++) {
                positive[i] = random.nextBoolean();
            }
            double[] slopes = new double[2];
            double expected = 0;
            for (int scale = 1; scale <= 2; scale++) {
                // The step that each element really takes differs by its rounding, so the analytic side is summed with it too.
                move(data, original, positive, scale * h);
                double sAbove = objective(weights);
                double moved = dot(analytic, data, original);
                move(data, original, positive, -scale * h);
                double sBelow = objective(weights);
                moved -= dot(analytic, data, original);
                slopes[scale - 1] = (sAbove - sBelow) / (2 * scale * h);
                if (scale == 1) {
                    expected = moved / (2 * h);
                }
            }
            System.arraycopy(original, 0, data, 0, data.length);
            tally.add("direction " + direction, expected, slopes[0], slopes[1]);
        }
        return tally.result();
    }

    private static void move(float[] data, float[] original, boolean[] positive, float h) {
        for (int i = 0; i < data.length; i++) {
            data[i] = positive[i] ? original[i] + h : original[i] - h;
        }
    }

    private static double dot(float[] gradient, float[] data, float[] original) {
        double sum = 0;
        for (int i = 0; i < data.length; i++) {
            sum += gradient[i] * ((double) data[i] - original[i]);
        }
        return sum;
    }

    /** Collects the comparisons of one input. */
    private static final class Tally {
        private final String name;
        private final double tolerance;
        private final double kink;
        private int compared;
        private int skipped;
        private double worst = -1;
        private String place = "no place";
        private double analytic;
        private double numeric;

        Tally(String name, double tolerance, double kink) {
            this.name = name;
            // If all gradients are zero, so must the numeric ones be, but for the smallest numbers.
            this.tolerance = Math.max(tolerance, 1e-30);
            this.kink = kink;
        }

        void add(String where, double byBackward, double slope, double slopeOfTwoSteps) {
            double byStencil = (4 * slope - slopeOfTwoSteps) / 3;
            if (Math.abs(slope - slopeOfTwoSteps) > Math.max(kink, KINK * Math.abs(byStencil))) {
                skipped++;
                return;
            }
            compared++;
            double error = Math.abs(byBackward - byStencil) / tolerance;
            // NaN is the worst of all.
            if (!(error <= worst)) {
                worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
                place = where;
                analytic = byBackward;
                numeric = byStencil;
            }
        }

        Result result() {
            return new Result(name, compared, skipped, worst, place, analytic, numeric, tolerance);
        }
    }
}
