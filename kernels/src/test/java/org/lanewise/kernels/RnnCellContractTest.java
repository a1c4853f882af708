package org.lanewise.kernels;

import java.util.function.Function;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.lanewise.kernels.RnnCell.Gradients;
import org.lanewise.kernels.RnnCell.Weights;
import org.lanewise.kernels.reference.ReferenceRnnCell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RnnCellContractTest {

    private static final Parallelism SERIAL = Parallelism.serial();

    /** A layer with random values. Which of its optional operands are null is told by the bits of {@code absent}. */
    private static final class Layer {
        final RnnGeometry g;
        final float[] x;
        final float[] h0;
        final Weights weights;
        final float[] dY;
        final float[] dHn;

        Layer(RnnGeometry g, int absent, long seed) {
            this.g = g;
            int inputs = g.inputSize();
            int hidden = g.hiddenSize();
            x = values(g.rows() * inputs, seed);
            h0 = (absent & 1) != 0 ? null : values(g.batch() * hidden, seed + 1);
            weights = new Weights(values(hidden * inputs, seed + 2), values(hidden * hidden, seed + 3),
                    (absent & 2) != 0 ? null : values(hidden, seed + 4),
                    (absent & 4) != 0 ? null : values(hidden, seed + 5));
            dY = (absent & 8) != 0 ? null : values(g.rows() * hidden, seed + 6);
            dHn = (absent & 16) != 0 ? null : values(g.batch() * hidden, seed + 7);
        }

        private Layer(RnnGeometry g, float[] x, float[] h0, Weights weights, float[] dY, float[] dHn) {
            this.g = g;
            this.x = x;
            this.h0 = h0;
            this.weights = weights;
            this.dY = dY;
            this.dHn = dHn;
        }

        Layer abs() {
            return new Layer(g, RnnCellContractTest.abs(x), RnnCellContractTest.abs(h0),
                    new Weights(RnnCellContractTest.abs(weights.inputWeight()),
                            RnnCellContractTest.abs(weights.hiddenWeight()),
                            RnnCellContractTest.abs(weights.inputBias()),
                            RnnCellContractTest.abs(weights.hiddenBias())),
                    RnnCellContractTest.abs(dY), RnnCellContractTest.abs(dHn));
        }

        float[] forward(Parallelism team) {
            float[] y = nan(g.rows() * g.hiddenSize());
            RnnCell.forward(g, x, h0, weights, y, team);
            return y;
        }

        Gradients backward(float[] y, Parallelism team) {
            Gradients gradients = all();
            RnnCell.backward(g, x, h0, weights, y, dY, dHn, gradients, team);
            return gradients;
        }

        Gradients reference(float[] y) {
            Gradients gradients = all();
            ReferenceRnnCell.backward(g, x, h0, weights, y, dY, dHn, gradients);
            return gradients;
        }

        private Gradients all() {
            int hidden = g.hiddenSize();
            return new Gradients(nan(g.rows() * g.inputSize()), nan(g.batch() * hidden), nan(hidden * g.inputSize()),
                    nan(hidden * hidden), nan(hidden));
        }
    }

    @Provide
    Arbitrary<RnnGeometry> geometries() {
        Arbitrary<Integer> features = Sizes.ofLoops().filter(n -> n > 0 && n <= 33);
        return Combinators.combine(Arbitraries.integers().between(0, 4), Arbitraries.integers().between(0, 4),
                features, features, Arbitraries.of(false, true)).as(RnnGeometry::new);
    }

    /** Each state follows from the state before, as it was computed: so errors of earlier steps need no bound. */
    @Property
    void eachStepFollowsFromTheOneBefore(@ForAll("geometries") RnnGeometry g, @ForAll @IntRange(max = 7) int absent,
            @ForAll long seed) {
        Layer layer = new Layer(g, absent, seed);
        float[] y = layer.forward(SERIAL);
        for (int t = 0; t < g.steps(); t++) {
            for (int b = 0; b < g.batch(); b++) {
                for (int i = 0; i < g.hiddenSize(); i++) {
                    assertState(layer, y, t, b, i);
                }
            }
        }
    }

    private static void assertState(Layer layer, float[] y, int t, int b, int i) {
        RnnGeometry g = layer.g;
        Weights w = layer.weights;
        double z = 0;
        double magnitude = 0;
        for (int j = 0; j < g.inputSize(); j++) {
            double term = (double) w.inputWeight()[i * g.inputSize() + j] * layer.x[g.row(t, b) * g.inputSize() + j];
            z += term;
            magnitude += Math.abs(term);
        }
        for (int j = 0; j < g.hiddenSize(); j++) {
            double h = t > 0
                    ? y[g.row(t - 1, b) * g.hiddenSize() + j]
                    : layer.h0 == null ? 0 : layer.h0[b * g.hiddenSize() + j];
            double term = w.hiddenWeight()[i * g.hiddenSize() + j] * h;
            z += term;
            magnitude += Math.abs(term);
        }
        for (float[] bias : new float[][] {w.inputBias(), w.hiddenBias()}) {
            if (bias != null) {
                z += bias[i];
                magnitude += Math.abs(bias[i]);
            }
        }
        // One rounding for each term of z, and two for the biases. tanh does not enlarge an error, and adds 2 ulp of a
        // number below 1.
        double bound = Rounding.gamma(g.inputSize() + g.hiddenSize() + 2) * magnitude + 2 * 0x1p-24;
        double actual = y[g.row(t, b) * g.hiddenSize() + i];
        assertThat(Math.abs(actual - StrictMath.tanh(z))).as("h(%d) of sequence %d, element %d", t, b, i)
                .isLessThanOrEqualTo(bound);
    }

    @Property
    void gradientsAgreeWithReference(@ForAll("geometries") RnnGeometry g, @ForAll @IntRange(max = 31) int absent,
            @ForAll long seed) {
        Layer layer = new Layer(g, absent, seed);
        float[] y = layer.forward(SERIAL);
        Gradients actual = layer.backward(y, SERIAL);
        Gradients expected = layer.reference(y);
        Gradients magnitude = layer.abs().reference(abs(y));
        // At each step back: dY added, 1 - h^2, its product, and one rounding for each term of the product with W_hh. Then the
        // sum over states, or over steps and sequences; the reference and the magnitude.
        double relative = Rounding.gamma(g.steps() * (g.hiddenSize() + 4) + Math.max(g.hiddenSize(), g.rows()) + 4);
        assertNear("dX", actual, expected, magnitude, relative, Gradients::x);
        assertNear("dH0", actual, expected, magnitude, relative, Gradients::h0);
        assertNear("dW_ih", actual, expected, magnitude, relative, Gradients::inputWeight);
        assertNear("dW_hh", actual, expected, magnitude, relative, Gradients::hiddenWeight);
        assertNear("dBias", actual, expected, magnitude, relative, Gradients::bias);
    }

    private static void assertNear(String name, Gradients actual, Gradients expected, Gradients magnitude,
            double relative, Function<Gradients, float[]> which) {
        float[] values = which.apply(actual);
        for (int i = 0; i < values.length; i++) {
            assertThat(Math.abs((double) values[i] - which.apply(expected)[i])).as("%s[%d]", name, i)
                    .isLessThanOrEqualTo(relative * which.apply(magnitude)[i]);
        }
    }

    @Property
    void gradientThatIsNotAskedForChangesNoOther(@ForAll("geometries") RnnGeometry g,
            @ForAll @IntRange(max = 31) int asked, @ForAll long seed) {
        Layer layer = new Layer(g, 0, seed);
        float[] y = layer.forward(SERIAL);
        Gradients all = layer.backward(y, SERIAL);
        Gradients some = new Gradients((asked & 1) == 0 ? null : nan(all.x().length),
                (asked & 2) == 0 ? null : nan(all.h0().length),
                (asked & 4) == 0 ? null : nan(all.inputWeight().length),
                (asked & 8) == 0 ? null : nan(all.hiddenWeight().length),
                (asked & 16) == 0 ? null : nan(all.bias().length));
        RnnCell.backward(g, layer.x, layer.h0, layer.weights, y, layer.dY, layer.dHn, some, SERIAL);
        assertThat(some.x()).isIn(null, all.x());
        assertThat(some.h0()).isIn(null, all.h0());
        assertThat(some.inputWeight()).isIn(null, all.inputWeight());
        assertThat(some.hiddenWeight()).isIn(null, all.hiddenWeight());
        assertThat(some.bias()).isIn(null, all.bias());
    }

    @Property(tries = 2)
    void sameBitsForAnyThreadCount(@ForAll boolean batchFirst, @ForAll long seed) {
        // 131 * 67 * 67 multiply-adds at each step are worth two threads, those of all steps together seven.
        Layer layer = new Layer(new RnnGeometry(4, 131, 67, 67, batchFirst), 0, seed);
        float[] y = layer.forward(SERIAL);
        Gradients gradients = layer.backward(y, SERIAL);
        for (Parallelism team : Teams.ALL) {
            assertThat(layer.forward(team)).isEqualTo(y);
            Gradients parallel = layer.backward(y, team);
            assertThat(parallel.x()).isEqualTo(gradients.x());
            assertThat(parallel.h0()).isEqualTo(gradients.h0());
            assertThat(parallel.inputWeight()).isEqualTo(gradients.inputWeight());
            assertThat(parallel.hiddenWeight()).isEqualTo(gradients.hiddenWeight());
            assertThat(parallel.bias()).isEqualTo(gradients.bias());
        }
    }

    @Example
    void sizesAndArraysThatDoNotFitAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RnnGeometry(-1, 1, 1, 1, false))
                .withMessage("steps=-1 must not be negative");
        assertThatIllegalArgumentException().isThrownBy(() -> new RnnGeometry(1, 1, 1, 0, false))
                .withMessage("hiddenSize=0 must be positive");
        Layer layer = new Layer(new RnnGeometry(2, 3, 4, 5, false), 0, 1);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> RnnCell.forward(layer.g, layer.x, new float[14], layer.weights, nan(30), SERIAL))
                .withMessage("h0: elements 0 to 14 are needed, but the array has 14");
    }

    private static float[] values(int n, long seed) {
        return new Recipe(0, 0, 0, Recipe.Values.PLAIN, seed).contiguous(n).array();
    }

    private static float[] nan(int n) {
        float[] values = new float[n];
        java.util.Arrays.fill(values, Float.NaN);
        return values;
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
