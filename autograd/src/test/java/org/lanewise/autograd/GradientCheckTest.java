package org.lanewise.autograd;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.autograd.ops.Linear;
import org.lanewise.autograd.ops.MaxPool2d;
import org.lanewise.kernels.Pool2dWindow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The check finds planted faults, and only those. */
class GradientCheckTest {

    /** y = x*W^T + b with a backward pass that is given from outside. */
    private static Tensor linear(Tensor x, Tensor w, Tensor b, Function backward) {
        Tensor y = Tape.newTensor(Shape.of(x.dim(0), w.dim(0)));
        for (int i = 0; i < x.dim(0); i++) {
            for (int j = 0; j < w.dim(0); j++) {
                float sum = b.get(j);
                for (int p = 0; p < x.dim(1); p++) {
                    sum += x.get(i, p) * w.get(j, p);
                }
                y.data()[i * w.dim(0) + j] = sum;
            }
        }
        return Tape.recording(x, w, b) ? Tape.record(y, backward) : y;
    }

    /** A backward pass of the linear layer with a fault: each contribution goes through one of these. */
    private static void verify(UnaryOperator<float[]> dX, UnaryOperator<float[]> dW, UnaryOperator<float[]> dB) {
        Tensor x = random(1, 4, 4);
        Tensor w = random(2, 4, 4);
        Tensor b = random(3, 4);
        GradientCheck.of(() -> linear(x, w, b, gradients -> {
            float[] dY = gradients.dY();
            gradients.compute(x, out -> copy(dX.apply(product(dY, w.data(), false)), out));
            gradients.compute(w, out -> copy(dW.apply(product(dY, x.data(), true)), out));
            gradients.compute(b, out -> copy(dB.apply(columnSums(dY)), out));
        })).with("x", x).with("w", w).with("b", b).verify();
    }

    @Test
    void rightGradientsPass() {
        assertThatCode(() -> verify(UnaryOperator.identity(), UnaryOperator.identity(), UnaryOperator.identity()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(floats = {1.001f, 0.999f, -1, 0, 2, Float.NaN})
    void aWrongFactorIsFound(float factor) {
        assertThatThrownBy(() -> verify(scale(factor), UnaryOperator.identity(), UnaryOperator.identity()))
                .isInstanceOf(AssertionError.class).hasMessageContaining("x: FAILED");
        assertThatThrownBy(() -> verify(UnaryOperator.identity(), scale(factor), UnaryOperator.identity()))
                .isInstanceOf(AssertionError.class).hasMessageContaining("w: FAILED");
    }

    @Test
    void aMissingBiasSumIsFound() {
        UnaryOperator<float[]> nothing = sums -> new float[sums.length];
        assertThatThrownBy(() -> verify(UnaryOperator.identity(), UnaryOperator.identity(), nothing))
                .isInstanceOf(AssertionError.class).hasMessageContaining("b: FAILED");
    }

    @Test
    void aTransposedWeightIsFound() {
        assertThatThrownBy(
                () -> verify(UnaryOperator.identity(), GradientCheckTest::transpose, UnaryOperator.identity()))
                .isInstanceOf(AssertionError.class).hasMessageContaining("w: FAILED");
    }

    @Test
    void aShiftedGradientIsFound() {
        UnaryOperator<float[]> shift = dX -> {
            float[] shifted = new float[dX.length];
            System.arraycopy(dX, 0, shifted, 1, dX.length - 1);
            return shifted;
        };
        assertThatThrownBy(() -> verify(shift, UnaryOperator.identity(), UnaryOperator.identity()))
                .isInstanceOf(AssertionError.class).hasMessageContaining("x: FAILED");
    }

    @Test
    void aWrongFactorIsFoundAlongDirections() {
        Tensor x = random(1, 2, 60);
        Tensor w = random(2, 60, 60);
        assertThat(w.size()).isGreaterThan(GradientCheck.EVERY_ELEMENT);
        GradientCheck.of(() -> Linear.linear(x, w, null)).with("w", w).verify();
        assertThatThrownBy(() -> GradientCheck.of(() -> wrongIdentity(Linear.linear(x, w, null))).with("w", w).verify())
                .isInstanceOf(AssertionError.class).hasMessageContaining("direction");
    }

    /** y = x, whose gradient is wrong by a factor of 1.001. */
    private static Tensor wrongIdentity(Tensor x) {
        Tensor y = Tape.newTensor(x.shape());
        System.arraycopy(x.data(), 0, y.data(), 0, x.size());
        return Tape.recording(x)
                ? Tape.record(y,
                        gradients -> gradients.compute(x, out -> copy(scale(1.001f).apply(gradients.dY()), out)))
                : y;
    }

    @Test
    void aKinkIsLeftOutAndCounted() {
        Tensor x = Tensor.of(new float[] {0, 1, -1, 2}, 4);
        GradientCheck.Result result = GradientCheck.of(() -> x.relu()).with("x", x).run().getFirst();
        assertThat(result.passed()).isTrue();
        assertThat(result.skipped()).isEqualTo(1);
        assertThat(result.compared()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(floats = {0.03f, 0.02f, -0.01f, 0.004f})
    void aKinkBesideThePointIsNone(float distance) {
        Tensor x = Tensor.of(new float[] {distance, 1, -1, 2}, 4);
        GradientCheck.Result result = GradientCheck.of(() -> x.relu()).with("x", x).run().getFirst();
        assertThat(result.passed()).isTrue();
        assertThat(result.compared()).isEqualTo(4);
    }

    @Test
    void onlyKinksIsAFailure() {
        Tensor x = Tensor.zeros(2);
        assertThatThrownBy(() -> GradientCheck.of(() -> x.relu()).with("x", x).verify())
                .isInstanceOf(AssertionError.class).hasMessageContaining("nothing could be compared");
    }

    /** Two equal maxima are a kink; the gradient goes to the first, which is between the slopes to the left and right. */
    @Test
    void equalMaximaAreAKink() {
        Tensor x = Tensor.of(new float[] {1, 1, 0, 0, 5, 6, 7, 8}, 2, 1, 2, 2);
        GradientCheck.Result result = GradientCheck
                .of(() -> MaxPool2d.maxPool2d(x, Pool2dWindow.square(2))).with("x", x)
                .run()
                .getFirst();
        assertThat(result.passed()).isTrue();
        assertThat(result.skipped()).isEqualTo(2);
    }

    /** The right gradients of a network with many kinks pass, whatever the seed. */
    @Test
    void aReluNetworkPasses() {
        for (long seed = 0; seed < 50; seed++) {
            Tensor x = random(seed, 3, 10);
            Tensor w1 = random(seed + 1000, 5, 10);
            Tensor w2 = random(seed + 2000, 1, 5);
            GradientCheck.of(() -> Linear.linear(Linear.linear(x, w1, null).relu(), w2, null)).with("x", x)
                    .with("w1", w1)
                    .with("w2", w2).verify();
        }
    }

    /** y = 0.1x + 100000 in float cannot be seen to change by its gradient; the check says so instead of passing. */
    @Test
    void anOutputThatHidesItsChangeIsAFailure() {
        Tensor x = random(1, 100);
        Tensor large = Tensor.full(100_000, 100);
        assertThatThrownBy(() -> GradientCheck.of(() -> x.mul(0.1f).add(large)).with("x", x).verify())
                .isInstanceOf(AssertionError.class).hasMessageContaining("too large beside its change");
    }

    /**
     * y = a + b, where backward forgets b: for a large a the change of y by b is hidden in the rounding of y, wholly or in part, and
     * a gradient of 0 may not pass because of it.
     */
    @ParameterizedTest
    @ValueSource(floats = {1e2f, 1e4f, 1e5f, 1e6f, 1e7f, 1e12f})
    void aForgottenGradientIsFoundInALargeOutput(float large) {
        Tensor a = Tensor.full(large, 3);
        for (float b : new float[] {0, 0.03f, 0.5f, 1}) {
            Tensor forgotten = Tensor.full(b, 3);
            GradientCheck check = GradientCheck.of(() -> sumWithoutGradient(a, forgotten)).with("b", forgotten);
            assertThatThrownBy(check::verify).isInstanceOf(AssertionError.class).hasMessageContaining("b: FAILED");
            assertThatThrownBy(() -> check.step(0x1p-4f).verify()).isInstanceOf(AssertionError.class);
        }
    }

    private static Tensor sumWithoutGradient(Tensor a, Tensor b) {
        Tensor y = Tape.newTensor(a.shape());
        for (int i = 0; i < a.size(); i++) {
            y.data()[i] = a.get(i) + b.get(i);
        }
        return Tape.recording(a, b) ? Tape.record(y, _ -> {}) : y;
    }

    @Test
    void anInputThatALargeOutputIgnoresPasses() {
        Tensor large = Tensor.full(1e7f, 3);
        Tensor other = random(6, 3);
        GradientCheck.of(() -> large.mul(2)).with("large", large).with("other", other).step(4096).verify();
    }

    /** y = 2(x - 1e7), where backward says 77: a step of 2^-6 leaves x where it is, and both sides see no change. */
    @Test
    void aStepThatIsLostInTheInputIsAFailure() {
        Tensor x = Tensor.of(new float[] {1, 1e7f}, 2);
        GradientCheck check = GradientCheck.of(() -> twiceTheDistance(x, 77)).with("x", x);
        assertThatThrownBy(check::verify).isInstanceOf(AssertionError.class).hasMessageContaining(
                "x: FAILED, the step h=0.015625 is lost in the rounding of element 1, 1.0E7; choose a larger one");
        assertThatThrownBy(() -> check.step(64).verify()).isInstanceOf(AssertionError.class)
                .hasMessageContaining("x: FAILED at element 0");
        GradientCheck.of(() -> twiceTheDistance(x, 2)).with("x", x).step(64).verify();
    }

    @Test
    void aStepThatIsLostInAnyElementOfADirectionIsAFailure() {
        Tensor x = random(1, GradientCheck.EVERY_ELEMENT + 1);
        x.data()[9] = 1e7f;
        assertThatThrownBy(() -> GradientCheck.of(() -> x.mul(2)).with("x", x).verify())
                .isInstanceOf(AssertionError.class).hasMessageContaining("is lost in the rounding of element 9");
    }

    /** y = 2(x - 1e7). */
    private static Tensor twiceTheDistance(Tensor x, float factor) {
        Tensor y = Tape.newTensor(x.shape());
        for (int i = 0; i < x.size(); i++) {
            y.data()[i] = (float) (2 * (x.data()[i] - 1e7));
        }
        return Tape.recording(x)
                ? Tape.record(y,
                        gradients -> gradients.compute(x, out -> copy(scale(factor).apply(gradients.dY()), out)))
                : y;
    }

    /** All is well where the slopes could be compared, but these are too few. */
    @Test
    void moreKinksThanComparisonsAreAFailure() {
        Tensor x = Tensor.of(new float[] {0, 0, 0, 1}, 4);
        assertThatThrownBy(() -> GradientCheck.of(() -> x.relu()).with("x", x).verify())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("x: FAILED, more than half of the places are kinks (1 compared, 3 left out");
    }

    @Test
    void anOpenTapeIsRefusedBeforeAGradientIsForgotten() {
        Tensor x = random(5, 7).requireGrad();
        try (Tape tape = Tape.open()) {
            tape.backward(x.sum());
            assertThatThrownBy(() -> GradientCheck.of(() -> x.tanh()).with("x", x).run())
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("tape is open");
        }
        assertThat(x.grad()).isNotNull();
    }

    @Test
    void aFailingFunctionLeavesTheInputsAsTheyWere() {
        Tensor x = random(5, 7);
        float[] before = x.toArray();
        int[] calls = new int[1];
        assertThatThrownBy(() -> GradientCheck.of(() -> {
            if (++calls[0] > 4) {
                throw new IllegalArgumentException("planted");
            }
            return x.tanh();
        }).with("x", x).verify()).hasMessage("planted");
        assertThat(x.toArray()).isEqualTo(before);
        assertThat(x.grad()).isNull();
    }

    @Test
    void theInputsAreLeftAsTheyWere() {
        Tensor x = random(5, 7);
        x.data()[3] = -0f;
        float[] before = x.toArray();
        GradientCheck.of(() -> x.tanh()).with("x", x).verify();
        assertThat(x.toArray()).usingComparator(Arrays::compare).isEqualTo(before); // which tells -0 from 0
    }

    @Test
    void anInputWithoutInfluenceHasZeroGradient() {
        Tensor x = random(5, 7);
        Tensor other = random(6, 3);
        GradientCheck.of(() -> x.tanh()).with("x", x).with("other", other).verify();
    }

    @Test
    void aStepMustBeAPowerOfTwo() {
        assertThatThrownBy(() -> GradientCheck.of(() -> random(1, 1)).step(0.01f))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("h=0.01 must be a positive power of two");
    }

    @Test
    void thereMustBeAnInput() {
        assertThatThrownBy(() -> GradientCheck.of(() -> random(1, 1)).verify())
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("no input");
    }

    private static Tensor random(long seed, int... shape) {
        return Tensor.uniform(new SplittableRandom(seed), -1, 1, shape);
    }

    /** dY*M, or dY^T*M, of 4x4 matrices. */
    private static float[] product(float[] dY, float[] matrix, boolean transposed) {
        float[] product = new float[16];
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                for (int p = 0; p < 4; p++) {
                    product[i * 4 + j] += dY[transposed ? p * 4 + i : i * 4 + p] * matrix[p * 4 + j];
                }
            }
        }
        return product;
    }

    private static float[] columnSums(float[] dY) {
        float[] sums = new float[4];
        for (int i = 0; i < dY.length; i++) {
            sums[i % 4] += dY[i];
        }
        return sums;
    }

    private static float[] transpose(float[] matrix) {
        float[] transposed = new float[16];
        for (int i = 0; i < 16; i++) {
            transposed[i % 4 * 4 + i / 4] = matrix[i];
        }
        return transposed;
    }

    private static UnaryOperator<float[]> scale(float factor) {
        return values -> {
            float[] scaled = values.clone();
            for (int i = 0; i < scaled.length; i++) {
                scaled[i] *= factor;
            }
            return scaled;
        };
    }

    private static void copy(float[] from, float[] to) {
        System.arraycopy(from, 0, to, 0, to.length);
    }
}
