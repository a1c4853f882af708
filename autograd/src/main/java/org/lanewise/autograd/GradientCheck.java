package org.lanewise.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

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
 * after rounding; if an element is so large that a step leaves it where it is, the check fails and asks for a larger h. Of an input
 * of up to {@value #EVERY_ELEMENT} elements each one is checked; larger ones are checked along {@value #DIRECTIONS} random directions
 * of +-1 in all elements.
 *
 * <p>
 * An element passes if its error is at most 1e-4 of the largest gradient of that input, a direction if it is at most 2e-4 of the
 * gradient's Euclidean norm, plus the noise that the rounding of y to float makes: 2^-24 * sqrt(sum of (r(i)*y(i))^2) * 4/h. So a
 * gradient that is wrong by a factor of 1.001 fails, unless y is so large beside its change that the noise hides it;
 * {@link Result#resolution()} tells, and a check that could not see an error of a quarter fails as well.
 *
 * <p>
 * At a kink (ReLU at 0, two equal maxima) no derivative exists. Where the numbers disagree and the function is not smooth, the step
 * is made smaller, so that a kink beside the point falls out of the stencil. If the point is a kink itself, the slopes to its left
 * and right differ; a gradient between them cannot be called wrong, and the place is left out and counted. If more than half of the
 * places are left out, the check fails.
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
     *                   directions): a relative error below it can stay unseen; where backward says 0 everywhere, as a
     *                   share of the largest slope that was measured; 0 if that is 0 too
     * @param doubt      why the comparison proves nothing, whatever the worst error is; null if it does
     */
    public record Result(String name, int compared, int skipped, double worst, String place, double analytic,
            double numeric,
            double tolerance, double resolution, @Nullable String doubt) {

        /**
         * {@return whether all compared places are within the tolerance, and the comparison proves something: no step was lost in the
         * rounding of its input, at least half of the places could be compared, and an error of a quarter would have been seen}
         */
        public boolean passed() {
            return worst <= 1 && doubt == null;
        }

        @Override
        public String toString() {
            String counts = String.format(Locale.ROOT, "(%d compared, %d left out at kinks, resolution %.2g)", compared,
                    skipped, resolution);
            if (doubt != null) {
                return name + ": FAILED, " + doubt + " " + counts;
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
     *                 output each time. Backward runs once, and adds as ever to the gradients of further leaves that require one;
     *                 their {@link Tensor#zeroGrad()} is left to the caller
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
        Tape.requireNoneOpen(); // asked here, before gradients are forgotten
        SplittableRandom random = new SplittableRandom(seed);
        forgetGradients();
        try {
            GradientObjective objective = GradientObjective.differentiate(function, random);
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

    private Result check(Input input, GradientObjective objective, SplittableRandom random) {
        Tensor gradient = input.tensor().grad();
        // An input that the output does not depend on has no gradient, which means zeros.
        float[] analytic = gradient == null ? new float[input.tensor().size()] : gradient.toArray();
        boolean elements = analytic.length <= EVERY_ELEMENT;
        double scale = elements ? largest(analytic) : norm(analytic);
        // All elements of a direction move at once, so each moves less: 2^-9 was best for a network of 992 parameters.
        GradientComparison comparison = new GradientComparison(input.name(), objective, scale,
                (elements ? ELEMENT_TOLERANCE : DIRECTION_TOLERANCE) * scale, elements ? step : step / 8);
        float[] data = input.tensor().data();
        for (int i = 0; i < (elements ? analytic.length : DIRECTIONS); i++) {
            GradientLine line = elements
                    ? GradientLine.alongElement(data, analytic, i)
                    : GradientLine.alongDirection(data, analytic, random);
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
}
