package org.lanewise.kernels;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceSoftmax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class SoftmaxContractTest {

    /** exp is 0 below, so a difference counts up to this. */
    private static final float SMALLEST_LOGARITHM = 104;

    /**
     * exp has an error of 2 ulp, which are 4 units. Its argument x - max is rounded, and an absolute error of the argument is a
     * relative one of the result. Both enter numerator and denominator; the sum adds a rounding for each term, then comes the
     * division, and the reference and the magnitude are rounded.
     */
    private static double softmaxError(int columns) {
        return Rounding.gamma(2 * (4 + (int) SMALLEST_LOGARITHM) + columns + 5);
    }

    /** Where a result or a term is subnormal, it has a few roundings of the smallest float. */
    private static final double UNDERFLOW = 0x1p-147;

    @Provide
    Arbitrary<Integer> columns() {
        return Sizes.ofLoops();
    }

    @Property
    void softmaxAgreesWithReferenceAndWritesNothingElse(@ForAll @IntRange(max = 20) int rows,
            @ForAll("columns") int columns, @ForAll Recipe rx, @ForAll Recipe ry) {
        Padded x = logits(rx, rows, columns);
        Padded y = ry.contiguous(rows * columns);
        Padded expected = y.copy();
        for (int at = 0; at < rows * columns; at += columns) {
            ReferenceSoftmax.softmaxRow(columns, x.array(), x.offset() + at, expected.array(), expected.offset() + at);
        }
        Softmax.softmax(rows, columns, x.array(), x.offset(), y.array(), y.offset(), Parallelism.serial());
        y.assertNear(expected, expected, softmaxError(columns), UNDERFLOW);

        Softmax.softmax(rows, columns, x.array(), x.offset(), x.array(), x.offset(), Parallelism.serial());
        assertThat(x.elements()).as("in place").isEqualTo(y.elements());
    }

    @Property
    void logSoftmaxIsTheLogarithm(@ForAll @IntRange(max = 20) int rows, @ForAll("columns") int columns,
            @ForAll Recipe rx, @ForAll Recipe ry) {
        Padded x = logits(rx, rows, columns);
        Padded y = ry.contiguous(rows * columns);
        Softmax.logSoftmax(rows, columns, x.array(), x.offset(), y.array(), y.offset(), Parallelism.serial());
        for (int i = 0; i < rows * columns; i++) {
            double logSum = logSum(x, i / columns * columns, columns);
            // The relative error of the sum, as above, is an absolute one of its logarithm; then two roundings.
            double bound = softmaxError(columns) + 2 * Rounding.UNIT * Math.abs(x.get(i) - logSum);
            assertThat((double) y.get(i)).isCloseTo(x.get(i) - logSum, within(bound));
        }
        y.assertNothingElseWritten();
    }

    private static double logSum(Padded x, int from, int n) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = from; j < from + n; j++) {
            max = Math.max(max, x.get(j));
        }
        double sum = 0;
        for (int j = from; j < from + n; j++) {
            sum += StrictMath.exp(x.get(j) - max);
        }
        return max + StrictMath.log(sum);
    }

    @Property
    void rowsSumToOne(@ForAll("columns") int columns, @ForAll Recipe recipe) {
        int n = Math.max(1, columns);
        Padded x = logits(recipe, 1, n);
        Softmax.softmax(1, n, x.array(), x.offset(), x.array(), x.offset(), Parallelism.serial());
        double sum = 0;
        for (float y : x.elements()) {
            assertThat(y).isBetween(0f, 1f);
            sum += y;
        }
        // The error of exp cancels: what is divided is what was summed. One rounding a term, two of the quotient.
        assertThat(sum).isCloseTo(1, within(Rounding.gamma(n + 2) + n * UNDERFLOW));
    }

    @Property
    void shiftChangesNothing(@ForAll("columns") int columns, @ForAll Recipe recipe) {
        // Quarters up to 2^17 are exact after the shift too, so all differences are.
        Padded x = recipe.contiguous(columns).map(v -> Math.round(v * 4) / 4f);
        Padded shifted = x.map(v -> v + 10_000);
        Softmax.softmax(1, columns, x.array(), x.offset(), x.array(), x.offset(), Parallelism.serial());
        Softmax.softmax(1, columns, shifted.array(), shifted.offset(), shifted.array(), shifted.offset(),
                Parallelism.serial());
        shifted.assertSameBits(x);
    }

    @Property
    void backwardAgreesWithReference(@ForAll @IntRange(max = 20) int rows, @ForAll("columns") int columns,
            @ForAll boolean logarithm, @ForAll Recipe rx, @ForAll Recipe rDy, @ForAll Recipe rDx) {
        Padded x = logits(rx, rows, columns);
        Padded y = x.copy();
        Padded dY = rDy.contiguous(rows * columns);
        Padded dX = rDx.contiguous(rows * columns);
        Padded expected = dX.copy();
        Padded magnitude = dX.copy();
        if (logarithm) {
            Softmax.logSoftmax(rows, columns, x.array(), x.offset(), y.array(), y.offset(), Parallelism.serial());
            Softmax.logSoftmaxBackward(rows, columns, y.array(), y.offset(), dY.array(), dY.offset(),
                    dX.array(), dX.offset(), Parallelism.serial());
        } else {
            Softmax.softmax(rows, columns, x.array(), x.offset(), y.array(), y.offset(), Parallelism.serial());
            Softmax.softmaxBackward(rows, columns, y.array(), y.offset(), dY.array(), dY.offset(),
                    dX.array(), dX.offset(), Parallelism.serial());
        }
        for (int at = 0; at < rows * columns; at += columns) {
            double sum = 0;
            double absolute = 0;
            for (int j = at; j < at + columns; j++) {
                double weight = logarithm ? 1 : y.get(j);
                sum += weight * dY.get(j);
                absolute += weight * Math.abs(dY.get(j));
            }
            for (int j = at; j < at + columns; j++) {
                double p = logarithm ? StrictMath.exp(y.get(j)) : y.get(j);
                expected.set(0, j, (float) (logarithm ? dY.get(j) - p * sum : p * (dY.get(j) - sum)));
                double whole = logarithm ? Math.abs(dY.get(j)) + p * absolute : p * (Math.abs(dY.get(j)) + absolute);
                magnitude.set(0, j, (float) whole);
            }
        }
        // The sum has one rounding a term, exp 4 units; a difference, a product, the conversion to float; and as above.
        dX.assertNear(expected, magnitude, Rounding.gamma(columns + 4 + 5), UNDERFLOW * 0x1p24);
    }

    /** Rows enough for several parts, of which the last is short. */
    @Property(tries = 10)
    void threadsChangeNoBit(@ForAll boolean shortRows, @ForAll Recipe rx, @ForAll Recipe rDy) {
        int rows = shortRows ? 6557 : 67;
        int columns = shortRows ? 10 : 1000;
        Padded x = logits(rx, rows, columns);
        Padded dY = rDy.contiguous(rows * columns);
        Padded[] expected = all(rows, columns, x, dY, Parallelism.serial());
        for (Parallelism team : Teams.ALL) {
            Padded[] results = all(rows, columns, x, dY, team);
            for (int i = 0; i < results.length; i++) {
                results[i].assertSameBits(expected[i]);
            }
        }
    }

    private static Padded[] all(int rows, int columns, Padded x, Padded dY, Parallelism team) {
        Padded y = x.copy();
        Softmax.softmax(rows, columns, x.array(), x.offset(), y.array(), y.offset(), team);
        Padded byX = dY.copy();
        Softmax.softmaxBackward(rows, columns, y.array(), y.offset(), dY.array(), dY.offset(), byX.array(),
                byX.offset(), team);
        Padded log = x.copy();
        Softmax.logSoftmax(rows, columns, x.array(), x.offset(), log.array(), log.offset(), team);
        Padded logByX = dY.copy();
        Softmax.logSoftmaxBackward(rows, columns, log.array(), log.offset(), dY.array(), dY.offset(), logByX.array(),
                logByX.offset(), team);
        Padded loss = x.copy();
        int[] labels = new int[rows];
        loss.set(0, 0, CrossEntropy.forward(rows, columns, x.array(), x.offset(), labels, 0, y.array(), y.offset(),
                team));
        return new Padded[] {y, byX, log, logByX, loss};
    }

    @Property(tries = 20)
    void hugeLogitsDoNotOverflow(@ForAll("columns") int columns, @ForAll Recipe recipe) {
        Padded x = recipe.contiguous(columns).map(v -> Math.copySign(10_000, v));
        Softmax.softmax(1, columns, x.array(), x.offset(), x.array(), x.offset(), Parallelism.serial());
        for (float y : x.elements()) {
            assertThat(y).isBetween(0f, 1f);
        }
    }

    /** Up to about 2^7 in magnitude. */
    private static Padded logits(Recipe recipe, int rows, int columns) {
        return recipe.contiguous(rows * columns).map(v -> v % 128);
    }
}
