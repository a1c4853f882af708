package org.lanewise.kernels;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.lanewise.kernels.Recurrence.Gradients;
import org.lanewise.kernels.Recurrence.States;
import org.lanewise.kernels.Recurrence.Weights;
import org.lanewise.kernels.reference.ReferenceRecurrence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.fail;

class RecurrenceContractTest {

    private static final Parallelism SERIAL = Parallelism.serial();

    /** Where the states stand in their arrays. */
    private static final int OFFSET = 3;

    /** Bits of {@code absent} for operands of the forward pass. */
    private static final int FORWARD = 15;

    /** A layer with random values. Which of its optional operands are null is told by the bits of {@code absent}. */
    private static final class Layer {
        final RnnGeometry g;
        final float[] x;
        final States initial;
        final Weights weights;
        final float[] dY;
        final States dLast;

        Layer(RnnGeometry g, int absent, long seed) {
            this.g = g;
            int gates = g.cell().gates() * g.hiddenSize();
            int states = g.batch() * g.hiddenSize() + OFFSET;
            x = values(g.rows() * g.inputSize(), seed);
            poisonPadding();
            initial = new States(unless(absent, 1, states, seed + 1), unless(absent, 2, states, seed + 2), OFFSET);
            weights = new Weights(values(gates * g.inputSize(), seed + 3), values(gates * g.hiddenSize(), seed + 4),
                    unless(absent, 4, gates, seed + 5), unless(absent, 8, gates, seed + 6));
            dY = unless(absent, 16, g.rows() * g.outputWidth(), seed + 7);
            dLast = new States(unless(absent, 32, states, seed + 8), unless(absent, 64, states, seed + 9), OFFSET);
        }

        private Layer(RnnGeometry g, float[] x, States initial, Weights weights, float[] dY, States dLast) {
            this.g = g;
            this.x = x;
            this.initial = initial;
            this.weights = weights;
            this.dY = dY;
            this.dLast = dLast;
        }

        /** Nothing may be computed with what stands where a sequence is padded. */
        private void poisonPadding() {
            for (int b = 0; b < g.batch(); b++) {
                for (int t = 0; t < g.steps(); t++) {
                    if (!g.inside(t, b)) {
                        int at = g.row(t, b) * g.inputSize();
                        Arrays.fill(x, at, at + g.inputSize(), Float.NaN);
                    }
                }
            }
        }

        private static float[] unless(int absent, int bit, int n, long seed) {
            return (absent & bit) != 0 ? null : values(n, seed);
        }

        /** The operands by whose products an error is bounded. */
        Layer abs() {
            return new Layer(g, RecurrenceContractTest.abs(x), RecurrenceContractTest.abs(initial),
                    new Weights(RecurrenceContractTest.abs(weights.inputWeight()),
                            RecurrenceContractTest.abs(weights.hiddenWeight()), null, null),
                    RecurrenceContractTest.abs(dY), RecurrenceContractTest.abs(dLast));
        }

        Result forward(Parallelism team) {
            Result result = new Result(nan(g.rows() * g.outputWidth()), nan(g.savedSize()), states());
            Recurrence.forward(g, x, initial, weights, result.y, result.last, result.saved, team);
            return result;
        }

        private States states() {
            int n = g.batch() * g.hiddenSize() + OFFSET;
            return new States(nan(n), nan(n), OFFSET);
        }

        Gradients backward(Result result, Parallelism team) {
            Gradients gradients = all(0);
            Recurrence.backward(g, x, initial, weights, result.y, result.saved, dY, dLast, gradients, team);
            return gradients;
        }

        Gradients reference(float[] y, float[] saved) {
            Gradients gradients = all(0);
            ReferenceRecurrence.backward(g, x, initial, weights, y, saved, dY, dLast, gradients);
            return gradients;
        }

        Gradients all(float betaX) {
            int gates = g.cell().gates() * g.hiddenSize();
            return new Gradients(nan(g.rows() * g.inputSize()), betaX, states(), nan(gates * g.inputSize()),
                    nan(gates * g.hiddenSize()), nan(gates), nan(gates));
        }
    }

    private record Result(float[] y, float[] saved, States last) {
    }

    @Provide
    Arbitrary<RnnGeometry> geometries() {
        Arbitrary<Integer> features = Sizes.ofLoops().filter(n -> n > 0 && n <= 33);
        Arbitrary<RnnGeometry> plain = Combinators.combine(Arbitraries.of(RecurrentCell.class),
                Arbitraries.integers().between(0, 4), Arbitraries.integers().between(0, 4), features, features)
                .as(RnnGeometry::of);
        return Combinators.combine(plain, Arbitraries.of(false, true), Arbitraries.of(false, true),
                Arbitraries.integers().between(0, 2), Arbitraries.longs()).as(
                        (g, batchFirst, reversed, kind, seed) -> {
                            RnnGeometry laidOut = g.withBatchFirst(batchFirst).withReversed(reversed);
                            RnnGeometry wide = kind == 2 ? laidOut.withOutput(2, g.hiddenSize() + 5) : laidOut;
                            return kind == 0 ? wide : wide.withLengths(lengths(g, seed));
                        });
    }

    private static int[] lengths(RnnGeometry g, long seed) {
        return new Random(seed).ints(g.batch(), 0, g.steps() + 1).toArray();
    }

    /** Each state follows from the state before, as it was computed: so errors of earlier steps need no bound. */
    @Property
    void eachStepFollowsFromTheOneBefore(@ForAll("geometries") RnnGeometry g,
            @ForAll @IntRange(max = FORWARD) int absent,
            @ForAll long seed) {
        Layer layer = new Layer(g, absent, seed);
        Result result = layer.forward(SERIAL);
        for (int b = 0; b < g.batch(); b++) {
            float[] h = row(layer.initial.h(), OFFSET + b * g.hiddenSize(), g.hiddenSize());
            float[] c = row(layer.initial.c(), OFFSET + b * g.hiddenSize(), g.hiddenSize());
            for (int visit = 0; visit < g.steps(); visit++) {
                int t = g.step(visit);
                int row = g.row(t, b);
                float[] y = row(result.y, row * g.outputWidth() + g.outputColumn(), g.hiddenSize());
                if (g.inside(t, b)) {
                    assertStep(layer, row, h, c, y, result.saved);
                    h = y;
                    c = g.cell().hasCellState() ? row(result.saved, (6 * row + 4) * g.hiddenSize(), g.hiddenSize()) : c;
                } else {
                    assertThat(y).containsOnly(0);
                }
            }
            assertThat(row(result.last.h(), OFFSET + b * g.hiddenSize(), g.hiddenSize())).isEqualTo(h);
            if (g.cell().hasCellState()) {
                assertThat(row(result.last.c(), OFFSET + b * g.hiddenSize(), g.hiddenSize())).isEqualTo(c);
            }
        }
        assertOtherColumnsAreNotWritten(g, result.y);
    }

    /** One step of one sequence by the reference kernel, from the same states. */
    private static void assertStep(Layer layer, int row, float[] h, float[] c, float[] y, float[] saved) {
        RnnGeometry g = layer.g;
        int hidden = g.hiddenSize();
        RnnGeometry one = RnnGeometry.of(g.cell(), 1, 1, g.inputSize(), hidden);
        float[] x = row(layer.x, row * g.inputSize(), g.inputSize());
        float[] expected = new float[hidden];
        float[] expectedSaved = new float[one.savedSize()];
        States from = new States(h, c, 0);
        ReferenceRecurrence.forward(one, x, from, layer.weights, expected, States.NONE, expectedSaved);
        for (int i = 0; i < hidden; i++) {
            Bounds bounds = new Bounds(layer, x, h, c, expectedSaved, i);
            for (int column = 0; column < g.cell().saved(); column++) {
                int at = column * hidden + i;
                assertNear("column " + column, row, i, saved[row * one.savedSize() + at], expectedSaved[at],
                        bounds.saved[column]);
            }
            assertNear("h", row, i, y[i], expected[i], bounds.h);
        }
    }

    private static void assertNear(String name, int row, int unit, float actual, float expected, double bound) {
        if (!(Math.abs((double) actual - expected) <= bound)) { // negated, so that NaN is wrong
            fail("%s of unit %d in row %d is %s, expected %s within %s", name, unit, row, actual, expected, bound);
        }
    }

    /**
     * How far the values of a unit may be from the reference's: each term of a sum has one rounding for each term, and one for each bias.
     * tanh and the logistic function do not enlarge an error, and add 2 ulp of a number below 1, where the reference adds half.
     */
    private static final class Bounds {
        private static final double U = Rounding.UNIT;
        final double[] saved;
        final double h;

        Bounds(Layer layer, float[] x, float[] hBefore, float[] cBefore, float[] expected, int unit) {
            RnnGeometry g = layer.g;
            int hidden = g.hiddenSize();
            double[] fromX = new double[g.cell().gates()];
            double[] fromH = new double[g.cell().gates()];
            double relative = Rounding.gamma(g.inputSize() + hidden + 4);
            for (int gate = 0; gate < fromX.length; gate++) {
                int k = gate * hidden + unit;
                fromX[gate] = relative * magnitude(layer.weights.inputWeight(), k, x, layer.weights.inputBias());
                fromH[gate] = relative
                        * magnitude(layer.weights.hiddenWeight(), k, hBefore, layer.weights.hiddenBias());
            }
            double function = 3 * U;
            switch (g.cell()) {
                case RNN_TANH, RNN_RELU -> {
                    saved = new double[0];
                    h = fromX[0] + fromH[0] + function;
                }
                case LSTM -> {
                    double[] gates = new double[4];
                    for (int gate = 0; gate < 4; gate++) {
                        gates[gate] = fromX[gate] + fromH[gate] + function;
                    }
                    // f*c + i*g: the errors of the factors, none of which but c is above 1, and three roundings
                    double c = gates[1] * Math.abs(cBefore[unit]) + gates[0] + gates[2] + gates[0] * gates[2]
                            + 3 * U * (Math.abs(cBefore[unit]) + 1);
                    double t = c + function;
                    saved = new double[] {gates[0], gates[1], gates[2], gates[3], c, t};
                    h = gates[3] + t + gates[3] * t + 2 * U;
                }
                case GRU -> {
                    double r = fromX[0] + fromH[0] + function;
                    double z = fromX[1] + fromH[1] + function;
                    double q = Math.abs(expected[3 * hidden + unit]);
                    double dq = fromH[2] + U * q;
                    double n = fromX[2] + dq + r * (q + dq) + 2 * U * q + function;
                    saved = new double[] {r, z, n, dq};
                    // n + z*(h - n): the difference has a rounding, and its factor is at most 1
                    double difference = Math.abs(hBefore[unit]) + 1;
                    h = z * (difference + n) + n + 3 * U * difference;
                }
                default -> throw new AssertionError(g.cell());
            }
        }

        private static double magnitude(float[] weight, int k, float[] x, float[] bias) {
            double sum = bias == null ? 0 : Math.abs(bias[k]);
            for (int j = 0; j < x.length; j++) {
                sum += Math.abs((double) weight[k * x.length + j] * x[j]);
            }
            return sum;
        }
    }

    private static void assertOtherColumnsAreNotWritten(RnnGeometry g, float[] y) {
        for (int at = 0; at < y.length; at++) {
            int column = at % g.outputWidth() - g.outputColumn();
            if (Float.isNaN(y[at]) != (column < 0 || column >= g.hiddenSize())) {
                fail("y[%d]=%s", at, y[at]);
            }
        }
    }

    @Property
    void statesAreTheSameIfNothingIsSaved(@ForAll("geometries") RnnGeometry g, @ForAll long seed) {
        Layer layer = new Layer(g, 0, seed);
        Result result = layer.forward(SERIAL);
        float[] y = nan(result.y.length);
        States last = layer.states();
        Recurrence.forward(g, layer.x, layer.initial, layer.weights, y, last, null, SERIAL);
        assertThat(y).isEqualTo(result.y);
        assertThat(last.h()).isEqualTo(result.last.h());
        assertThat(last.c()).isEqualTo(result.last.c());
    }

    @Property
    void gradientsAgreeWithReference(@ForAll("geometries") RnnGeometry g, @ForAll @IntRange(max = 127) int absent,
            @ForAll long seed) {
        Layer layer = new Layer(g, absent, seed);
        Result result = layer.forward(SERIAL);
        Gradients actual = layer.backward(result, SERIAL);
        Gradients expected = layer.reference(result.y, result.saved);
        Gradients magnitude = layer.abs().reference(abs(result.y), magnitude(g, result.saved));
        // At each step back: dY added, at most ten roundings in the cell, and one for each term of the product with W_hh. Then
        // the sum over gates, or over steps and sequences; the reference and the magnitude.
        int terms = g.cell().gates() * g.hiddenSize();
        double relative = Rounding.gamma(g.steps() * (terms + 13) + Math.max(terms, g.rows()) + 4);
        assertNear("dX", actual, expected, magnitude, relative, Gradients::x);
        assertNear("dH0", actual, expected, magnitude, relative, gradients -> gradients.initial().h());
        if (g.cell().hasCellState()) {
            assertNear("dC0", actual, expected, magnitude, relative, gradients -> gradients.initial().c());
        }
        assertNear("dW_ih", actual, expected, magnitude, relative, Gradients::inputWeight);
        assertNear("dW_hh", actual, expected, magnitude, relative, Gradients::hiddenWeight);
        assertNear("db_ih", actual, expected, magnitude, relative, Gradients::inputBias);
        assertNear("db_hh", actual, expected, magnitude, relative, Gradients::hiddenBias);
    }

    /** The saved values by which a difference becomes a sum: h - n is |h| + |n| if n is -|n|, and its slope stays. */
    private static float[] magnitude(RnnGeometry g, float[] saved) {
        float[] magnitude = abs(saved);
        int hidden = g.hiddenSize();
        for (int at = 0; g.cell() == RecurrentCell.GRU && at < magnitude.length; at++) {
            if (at / hidden % 4 == 2) {
                magnitude[at] = -magnitude[at];
            }
        }
        return magnitude;
    }

    private static void assertNear(String name, Gradients actual, Gradients expected, Gradients magnitude,
            double relative, Function<Gradients, float[]> which) {
        float[] values = which.apply(actual);
        for (int i = 0; i < values.length; i++) {
            float wanted = which.apply(expected)[i];
            if (Float.isNaN(wanted) && Float.isNaN(values[i])) {
                continue; // not written
            }
            double bound = relative * which.apply(magnitude)[i] + 1e-37;
            if (!(Math.abs((double) values[i] - wanted) <= bound)) { // negated, so that NaN is wrong
                fail("%s[%d] is %s, expected %s within %s", name, i, values[i], wanted, bound);
            }
        }
    }

    @Property
    void gradientThatIsNotAskedForChangesNoOther(@ForAll("geometries") RnnGeometry g,
            @ForAll @IntRange(max = 127) int asked, @ForAll long seed) {
        Layer layer = new Layer(g, 0, seed);
        Result result = layer.forward(SERIAL);
        Gradients all = layer.backward(result, SERIAL);
        Gradients some = new Gradients(asked(asked, 1, all.x()), 0,
                new States(asked(asked, 2, all.initial().h()), asked(asked, 4, all.initial().c()), OFFSET),
                asked(asked, 8, all.inputWeight()), asked(asked, 16, all.hiddenWeight()),
                asked(asked, 32, all.inputBias()), asked(asked, 64, all.hiddenBias()));
        Recurrence.backward(g, layer.x, layer.initial, layer.weights, result.y, result.saved, layer.dY, layer.dLast,
                some, SERIAL);
        assertThat(some.x()).isIn(null, all.x());
        assertThat(some.initial().h()).isIn(null, all.initial().h());
        assertThat(some.initial().c()).isIn(null, all.initial().c());
        assertThat(some.inputWeight()).isIn(null, all.inputWeight());
        assertThat(some.hiddenWeight()).isIn(null, all.hiddenWeight());
        assertThat(some.inputBias()).isIn(null, all.inputBias());
        assertThat(some.hiddenBias()).isIn(null, all.hiddenBias());
    }

    private static float[] asked(int asked, int bit, float[] like) {
        return (asked & bit) == 0 ? null : nan(like.length);
    }

    @Property
    void gradientOfTheInputIsAddedToWhatIsThere(@ForAll("geometries") RnnGeometry g, @ForAll long seed) {
        Layer layer = new Layer(g, 0, seed);
        Result result = layer.forward(SERIAL);
        float[] alone = layer.backward(result, SERIAL).x();
        Gradients added = layer.all(1);
        float[] before = values(alone.length, seed + 10);
        System.arraycopy(before, 0, added.x(), 0, before.length);
        Recurrence.backward(g, layer.x, layer.initial, layer.weights, result.y, result.saved, layer.dY, layer.dLast,
                added, SERIAL);
        Gradients magnitude = layer.abs().reference(abs(result.y), magnitude(g, result.saved));
        int terms = g.cell().gates() * g.hiddenSize();
        for (int i = 0; i < alone.length; i++) {
            assertThat(Math.abs((double) added.x()[i] - before[i] - alone[i])).isLessThanOrEqualTo(
                    Rounding.gamma(2 * terms + 4) * (magnitude.x()[i] + Math.abs(before[i])) + 1e-37);
        }
    }

    @Property(tries = 12)
    void sameBitsForAnyThreadCount(@ForAll RecurrentCell cell, @ForAll boolean batchFirst, @ForAll boolean reversed,
            @ForAll boolean wide, @ForAll @IntRange(max = 2) int kind, @ForAll long seed) {
        // So many multiply-adds at each step that they are worth two threads: of one sequence, whose units they share as those of
        // a few, and of many, which they share.
        RnnGeometry sizes = switch (kind) {
            case 0 -> RnnGeometry.of(cell, 5, 1, 33, 300);
            case 1 -> RnnGeometry.of(cell, 3, 13, 33, 260);
            default -> RnnGeometry.of(cell, 4, 131, 67, 67);
        };
        RnnGeometry g = sizes.withBatchFirst(batchFirst).withReversed(reversed).withLengths(lengths(sizes, seed))
                .withOutput(wide ? 2 : 0, sizes.hiddenSize() + (wide ? 5 : 0));
        Layer layer = new Layer(g, 0, seed);
        Result result = layer.forward(SERIAL);
        Gradients gradients = layer.backward(result, SERIAL);
        for (Parallelism team : Teams.ALL) {
            Result parallel = layer.forward(team);
            assertThat(parallel.y).isEqualTo(result.y);
            assertThat(parallel.last.h()).isEqualTo(result.last.h());
            assertThat(parallel.last.c()).isEqualTo(result.last.c());
            float[] unsaved = nan(result.y.length);
            Recurrence.forward(g, layer.x, layer.initial, layer.weights, unsaved, layer.states(), null, team);
            assertThat(unsaved).isEqualTo(result.y);
            Gradients other = layer.backward(parallel, team);
            assertThat(other.x()).isEqualTo(gradients.x());
            assertThat(other.initial().h()).isEqualTo(gradients.initial().h());
            assertThat(other.initial().c()).isEqualTo(gradients.initial().c());
            assertThat(other.inputWeight()).isEqualTo(gradients.inputWeight());
            assertThat(other.hiddenWeight()).isEqualTo(gradients.hiddenWeight());
            assertThat(other.inputBias()).isEqualTo(gradients.inputBias());
            assertThat(other.hiddenBias()).isEqualTo(gradients.hiddenBias());
        }
    }

    @Example
    void sizesAndArraysThatDoNotFitAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> RnnGeometry.of(RecurrentCell.GRU, -1, 1, 1, 1))
                .withMessage("steps=-1 must not be negative");
        assertThatIllegalArgumentException().isThrownBy(() -> RnnGeometry.of(RecurrentCell.LSTM, 1, 1, 1, 0))
                .withMessage("hiddenSize=0 must be positive");
        RnnGeometry g = RnnGeometry.of(RecurrentCell.RNN_TANH, 2, 3, 4, 5);
        assertThatIllegalArgumentException().isThrownBy(() -> g.withLengths(new int[] {2, 1}))
                .withMessage("lengths: expected one for each of 3 sequences but got 2");
        assertThatIllegalArgumentException().isThrownBy(() -> g.withLengths(new int[] {2, 3, 1}))
                .withMessage("lengths[1]=3 must be from 0 to the 2 steps of the batch");
        assertThatIllegalArgumentException().isThrownBy(() -> g.withOutput(1, 5))
                .withMessage("outputColumn=1: 5 columns from there do not fit an outputWidth of 5");
        Layer layer = new Layer(g, 0, 1);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Recurrence.forward(g, layer.x, new States(new float[14], null, 0), layer.weights,
                        nan(30), States.NONE, null, SERIAL))
                .withMessage("initial.h: elements 0 to 14 are needed, but the array has 14");
        assertThatNullPointerException().isThrownBy(
                () -> Recurrence.forward(g, layer.x, layer.initial, layer.weights, nan(30), null, null, SERIAL))
                .withMessage("last");
        RnnGeometry lstm = RnnGeometry.of(RecurrentCell.LSTM, 2, 3, 4, 5);
        Layer other = new Layer(lstm, 0, 1);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Recurrence.forward(lstm, other.x, States.NONE, other.weights, nan(30), States.NONE,
                        new float[179], SERIAL))
                .withMessage("saved: elements 0 to 179 are needed, but the array has 179");
    }

    /** What was checked cannot be changed through the accessor, and geometries of equal lengths are equal. */
    @Example
    void lengthsAreCopiedOutToo() {
        int[] lengths = {2, 1, 0};
        RnnGeometry g = RnnGeometry.of(RecurrentCell.GRU, 2, 3, 4, 5).withLengths(lengths);
        lengths[1] = 9;
        g.lengths()[0] = 9;
        assertThat(g.lengths()).containsExactly(2, 1, 0);
        assertThat(g.length(1)).isEqualTo(1);
        assertThat(g.withLengths(null).length(1)).isEqualTo(2);
        assertThat(g).isEqualTo(g.withReversed(true).withReversed(false)).hasSameHashCodeAs(g.withReversed(false))
                .isNotEqualTo(g.withLengths(new int[] {2, 2, 0})).isNotEqualTo(g.withLengths(null));
    }

    private static float[] row(float[] values, int from, int n) {
        return values == null ? new float[n] : Arrays.copyOfRange(values, from, from + n);
    }

    private static float[] values(int n, long seed) {
        return new Recipe(0, 0, 0, Recipe.Values.PLAIN, seed).contiguous(n).array();
    }

    private static float[] nan(int n) {
        float[] values = new float[n];
        Arrays.fill(values, Float.NaN);
        return values;
    }

    private static States abs(States states) {
        return new States(abs(states.h()), abs(states.c()), states.offset());
    }

    private static float[] abs(float[] values) {
        if (values == null) {
            return null;
        }
        float[] result = values.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] = Math.abs(result[i]);
        }
        return result;
    }
}
