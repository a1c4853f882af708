package org.lanewise.kernels;

import java.util.Arrays;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceExponentials;
import org.lanewise.kernels.reference.ReferenceLinearUnits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Of {@link LinearUnits}, and of {@link Exponentials}, which have no derivative of their own. */
@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class LinearUnitsContractTest {

    private static final Parallelism SERIAL = Parallelism.serial();

    @FunctionalInterface
    interface Forward {
        void run(int n, float[] x, int xOffset, float[] y, int yOffset, Parallelism parallelism);
    }

    @FunctionalInterface
    interface Backward {
        void run(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset, Parallelism team);
    }

    /** Names of functions; SOFTPLUS_3 has beta = 3 and a threshold of 6, ELU_2 alpha = 2. */
    enum Function {
        EXP, LOG, SILU, GELU, GELU_TANH, SOFTPLUS, SOFTPLUS_3, ELU, ELU_2, LEAKY_RELU;

        Forward forward() {
            return switch (this) {
                case EXP -> Exponentials::exp;
                case LOG -> Exponentials::log;
                case SILU -> LinearUnits::silu;
                case GELU -> LinearUnits::gelu;
                case GELU_TANH -> LinearUnits::geluTanh;
                case SOFTPLUS -> (n, x, ix, y, iy, team) -> LinearUnits.softplus(n, 1, 20, x, ix, y, iy, team);
                case SOFTPLUS_3 -> (n, x, ix, y, iy, team) -> LinearUnits.softplus(n, 3, 6, x, ix, y, iy, team);
                case ELU -> (n, x, ix, y, iy, team) -> LinearUnits.elu(n, 1, x, ix, y, iy, team);
                case ELU_2 -> (n, x, ix, y, iy, team) -> LinearUnits.elu(n, 2, x, ix, y, iy, team);
                case LEAKY_RELU -> (n, x, ix, y, iy, team) -> LinearUnits.leakyRelu(n, 0.01f, x, ix, y, iy, team);
            };
        }

        Elementwise.Unary reference() {
            return switch (this) {
                case EXP -> ReferenceExponentials::exp;
                case LOG -> ReferenceExponentials::log;
                case SILU -> ReferenceLinearUnits::silu;
                case GELU -> ReferenceLinearUnits::gelu;
                case GELU_TANH -> ReferenceLinearUnits::geluTanh;
                case SOFTPLUS -> (n, x, ix, y, iy) -> ReferenceLinearUnits.softplus(n, 1, 20, x, ix, y, iy);
                case SOFTPLUS_3 -> (n, x, ix, y, iy) -> ReferenceLinearUnits.softplus(n, 3, 6, x, ix, y, iy);
                case ELU -> (n, x, ix, y, iy) -> ReferenceLinearUnits.elu(n, 1, x, ix, y, iy);
                case ELU_2 -> (n, x, ix, y, iy) -> ReferenceLinearUnits.elu(n, 2, x, ix, y, iy);
                case LEAKY_RELU -> (n, x, ix, y, iy) -> ReferenceLinearUnits.leakyRelu(n, 0.01f, x, ix, y, iy);
            };
        }

        boolean hasBackward() { return this != EXP && this != LOG; }

        Backward backward() {
            return switch (this) {
                case EXP, LOG -> throw new IllegalStateException(this + " has none");
                case SILU -> LinearUnits::siluBackward;
                case GELU -> LinearUnits::geluBackward;
                case GELU_TANH -> LinearUnits::geluTanhBackward;
                case SOFTPLUS -> (n, x, ix, dY, idY, dX, idX, team) -> LinearUnits
                        .softplusBackward(n, 1, 20, x, ix, dY, idY, dX, idX, team);
                case SOFTPLUS_3 -> (n, x, ix, dY, idY, dX, idX, team) -> LinearUnits
                        .softplusBackward(n, 3, 6, x, ix, dY, idY, dX, idX, team);
                case ELU -> (n, x, ix, dY, idY, dX, idX, team) -> LinearUnits
                        .eluBackward(n, 1, x, ix, dY, idY, dX, idX, team);
                case ELU_2 -> (n, x, ix, dY, idY, dX, idX, team) -> LinearUnits
                        .eluBackward(n, 2, x, ix, dY, idY, dX, idX, team);
                case LEAKY_RELU -> (n, x, ix, dY, idY, dX, idX, team) -> LinearUnits
                        .leakyReluBackward(n, 0.01f, x, ix, dY, idY, dX, idX, team);
            };
        }

        Elementwise.Binary referenceBackward() {
            return switch (this) {
                case EXP, LOG -> throw new IllegalStateException(this + " has none");
                case SILU -> ReferenceLinearUnits::siluBackward;
                case GELU -> ReferenceLinearUnits::geluBackward;
                case GELU_TANH -> ReferenceLinearUnits::geluTanhBackward;
                case SOFTPLUS -> (n, x, ix, dY, idY, dX, idX) -> ReferenceLinearUnits
                        .softplusBackward(n, 1, 20, x, ix, dY, idY, dX, idX);
                case SOFTPLUS_3 -> (n, x, ix, dY, idY, dX, idX) -> ReferenceLinearUnits
                        .softplusBackward(n, 3, 6, x, ix, dY, idY, dX, idX);
                case ELU -> (n, x, ix, dY, idY, dX, idX) -> ReferenceLinearUnits
                        .eluBackward(n, 1, x, ix, dY, idY, dX, idX);
                case ELU_2 -> (n, x, ix, dY, idY, dX, idX) -> ReferenceLinearUnits
                        .eluBackward(n, 2, x, ix, dY, idY, dX, idX);
                case LEAKY_RELU -> (n, x, ix, dY, idY, dX, idX) -> ReferenceLinearUnits
                        .leakyReluBackward(n, 0.01f, x, ix, dY, idY, dX, idX);
            };
        }

        /** Largest error in ulp that is stated, of a result y for x, or 0 if the reference's bits are the only right ones. */
        double ulps(float x) {
            return switch (this) {
                case EXP, LOG -> 1;
                case SILU -> 3;
                case GELU -> 6;
                // z is rounded, and the gate has its relative error times z
                case GELU_TANH -> 4 + 3 * Math.min(110, Math.abs(1.6 * (x + 0.0447 * x * x * x)));
                case SOFTPLUS, ELU -> 2;
                // 3*x is rounded, and exp(3*x) has its relative error times 3*x; the quotient
                case SOFTPLUS_3 -> 3 + Math.min(110, Math.abs(3 * x));
                case ELU_2 -> 3;
                case LEAKY_RELU -> 0;
            };
        }
    }

    @Property(tries = 10)
    void errorsAreAsStatedOverAllFloats(@ForAll Function function) {
        float[] x = Ulps.sample();
        float[] y = new float[x.length];
        float[] expected = new float[x.length];
        function.forward().run(x.length, x, 0, y, 0, SERIAL);
        function.reference().run(x.length, x, 0, expected, 0);
        for (int i = 0; i < x.length; i++) {
            if (Float.compare(y[i], expected[i]) != 0) {
                // the reference is rounded, which is half an ulp more
                assertThat(Math.abs((double) y[i] - expected[i]) / Math.ulp(expected[i]))
                        .as("error in ulp of %s(%s): %s instead of %s", function, x[i], y[i], expected[i])
                        .isLessThanOrEqualTo(Math.ceil(function.ulps(x[i])));
            }
        }
    }

    @Property(tries = 10)
    void errorsOfDerivativesAreAsStated(@ForAll Function function) {
        if (!function.hasBackward()) {
            return;
        }
        float[] x = Ulps.sample();
        float[] one = new float[x.length];
        Arrays.fill(one, 1);
        float[] slope = new float[x.length];
        float[] expected = new float[x.length];
        function.backward().run(x.length, x, 0, one, 0, slope, 0, SERIAL);
        function.referenceBackward().run(x.length, x, 0, one, 0, expected, 0);
        for (int i = 0; i < x.length; i++) {
            if (Float.compare(slope[i], expected[i]) != 0) {
                double bound = switch (function) {
                    case ELU, ELU_2 -> 4 * Math.ulp(expected[i]);
                    case LEAKY_RELU -> 0;
                    default -> 4.5 * Rounding.UNIT;
                };
                assertThat(Math.abs((double) slope[i] - expected[i]))
                        .as("error of the derivative of %s at %s: %s instead of %s", function, x[i], slope[i],
                                expected[i])
                        .isLessThanOrEqualTo(bound);
            }
        }
    }

    /** So vector body and scalar tail agree, and a value's place does not show in its result. */
    @Property
    void elementsDoNotDependOnTheirPlace(@ForAll Function function, @ForAll("lengths") int n, @ForAll Recipe rx,
            @ForAll Recipe rDy) {
        Padded x = mixedWithSpecials(rx.contiguous(n));
        Padded together = x.copy();
        function.forward().run(n, x.array(), x.offset(), together.array(), together.offset(), SERIAL);
        Padded alone = x.copy();
        for (int i = 0; i < n; i++) {
            function.forward().run(1, x.array(), x.offset() + i, alone.array(), alone.offset() + i, SERIAL);
        }
        together.assertSameNumbers(alone);
        together.assertNothingElseWritten();
        if (function.hasBackward()) {
            Padded dY = rDy.contiguous(n);
            Padded dX = dY.copy();
            function.backward().run(n, x.array(), x.offset(), dY.array(), dY.offset(), dX.array(), dX.offset(),
                    SERIAL);
            Padded each = dY.copy();
            for (int i = 0; i < n; i++) {
                function.backward().run(1, x.array(), x.offset() + i, dY.array(), dY.offset() + i, each.array(),
                        each.offset() + i, SERIAL);
            }
            dX.assertSameNumbers(each);
            dX.assertNothingElseWritten();
        }
    }

    @Property
    void worksInPlace(@ForAll Function function, @ForAll("lengths") int n, @ForAll Recipe rx, @ForAll Recipe rDy) {
        Padded x = rx.contiguous(n);
        Padded y = x.copy();
        function.forward().run(n, x.array(), x.offset(), y.array(), y.offset(), SERIAL);
        Padded same = x.copy();
        function.forward().run(n, same.array(), same.offset(), same.array(), same.offset(), SERIAL);
        same.assertSameNumbers(y);
        if (function.hasBackward()) {
            Padded dY = rDy.contiguous(n);
            Padded dX = dY.copy();
            function.backward().run(n, x.array(), x.offset(), dY.array(), dY.offset(), dX.array(), dX.offset(), SERIAL);
            function.backward().run(n, x.array(), x.offset(), dY.array(), dY.offset(), dY.array(), dY.offset(), SERIAL);
            dY.assertSameBits(dX);
        }
    }

    @Property(tries = 20)
    void sameBitsForAnyThreadCount(@ForAll Function function, @ForAll Recipe recipe) {
        Padded x = recipe.contiguous(2 * Chunks.SIZE + 11);
        Padded expected = x.copy();
        function.forward().run(x.columns(), x.array(), x.offset(), expected.array(), expected.offset(), SERIAL);
        for (Parallelism team : Teams.ALL) {
            Padded y = x.copy();
            function.forward().run(x.columns(), x.array(), x.offset(), y.array(), y.offset(), team);
            y.assertSameNumbers(expected);
        }
    }

    @Example
    void limitsAtInfinities() {
        float[] x = {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, -0f, 0f};
        float inf = Float.POSITIVE_INFINITY;
        for (Function function : new Function[] {Function.SILU, Function.GELU, Function.GELU_TANH}) {
            float[] y = new float[4];
            function.forward().run(4, x, 0, y, 0, SERIAL);
            assertThat(y).as(function.name()).isEqualTo(new float[] {-0f, inf, -0f, 0f});
        }
    }

    @Example
    void refusesASteepnessThatIsNotPositive() {
        float[] x = {1, 2};
        assertThatThrownBy(() -> LinearUnits.softplus(2, 0, 20, x, 0, x, 0, SERIAL))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("beta=0.0 must be positive and finite");
        assertThat(x).containsExactly(1, 2);
    }

    @Provide
    Arbitrary<Integer> lengths() {
        return Sizes.ofLoops();
    }

    private static Padded mixedWithSpecials(Padded x) {
        float[] specials = {-0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, -90, 90};
        for (int j = 0; j < x.columns(); j += 2) {
            x.set(0, j, specials[j / 2 % specials.length]);
        }
        return x;
    }
}
