package org.lanewise.kernels;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceActivations;

import static org.assertj.core.api.Assertions.assertThat;

@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class ActivationsContractTest {

    private static final Parallelism SERIAL = Parallelism.serial();

    @FunctionalInterface
    interface Forward {
        void run(int n, float[] x, int xOffset, float[] y, int yOffset, Parallelism parallelism);
    }

    @FunctionalInterface
    interface Backward {
        void run(int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset, Parallelism team);
    }

    enum Function {
        RELU, TANH, SIGMOID;

        Forward forward() {
            return switch (this) {
                case RELU -> Activations::relu;
                case TANH -> Activations::tanh;
                case SIGMOID -> Activations::sigmoid;
            };
        }

        Backward backward() {
            return switch (this) {
                case RELU -> Activations::reluBackward;
                case TANH -> Activations::tanhBackward;
                case SIGMOID -> Activations::sigmoidBackward;
            };
        }

        Elementwise.Binary referenceBackward() {
            return switch (this) {
                case RELU -> ReferenceActivations::reluBackward;
                case TANH -> ReferenceActivations::tanhBackward;
                case SIGMOID -> ReferenceActivations::sigmoidBackward;
            };
        }
    }

    @Example
    void tanhIsWithinTwoUlps() {
        Ulps.assertWithin(2, (n, x, y) -> Activations.tanh(n, x, 0, y, 0, SERIAL), StrictMath::tanh);
    }

    @Example
    void sigmoidIsWithinTwoUlps() {
        Ulps.assertWithin(2, (n, x, y) -> Activations.sigmoid(n, x, 0, y, 0, SERIAL),
                x -> 1 / (1 + StrictMath.exp(-x)));
    }

    @Example
    void reluIsExact() {
        Ulps.assertWithin(0, (n, x, y) -> Activations.relu(n, x, 0, y, 0, SERIAL), x -> x < 0 ? 0 : x);
    }

    /** So vector body and scalar tail agree, and a value's place does not show in its result. */
    @Property
    void elementsDoNotDependOnTheirPlace(@ForAll Function function, @ForAll("lengths") int n, @ForAll Recipe recipe) {
        Padded x = mixedWithSpecials(recipe.contiguous(n));
        Padded together = x.copy();
        function.forward().run(n, x.array(), x.offset(), together.array(), together.offset(), SERIAL);
        Padded alone = x.copy();
        for (int i = x.offset(); i < x.offset() + n; i++) {
            function.forward().run(1, x.array(), i, alone.array(), i, SERIAL);
        }
        together.assertSameNumbers(alone);
        together.assertNothingElseWritten();
    }

    @Property
    void worksInPlace(@ForAll Function function, @ForAll("lengths") int n, @ForAll Recipe rx, @ForAll Recipe rDy) {
        Padded x = rx.contiguous(n);
        Padded y = x.copy();
        function.forward().run(n, x.array(), x.offset(), y.array(), y.offset(), SERIAL);
        function.forward().run(n, x.array(), x.offset(), x.array(), x.offset(), SERIAL);
        x.assertSameBits(y);

        Padded dY = rDy.contiguous(n);
        Padded dX = dY.copy();
        function.backward().run(n, y.array(), y.offset(), dY.array(), dY.offset(), dX.array(), dX.offset(), SERIAL);
        function.backward().run(n, y.array(), y.offset(), dY.array(), dY.offset(), dY.array(), dY.offset(), SERIAL);
        dY.assertSameBits(dX);
    }

    @Property
    void backwardAgreesWithReferenceAndWritesNothingElse(@ForAll Function function, @ForAll("lengths") int n,
            @ForAll Recipe ry, @ForAll Recipe rDy, @ForAll Recipe rDx) {
        // |y| <= 1, as tanh and sigmoid give it: 1 - y^2 and y - y^2 then have one rounding, whatever cancels.
        Padded y = ry.contiguous(n).map(v -> (float) StrictMath.tanh(v));
        Padded dY = rDy.contiguous(n);
        Padded dX = rDx.contiguous(n);
        Padded expected = dX.copy();
        function.referenceBackward().run(n, y.array(), y.offset(), dY.array(), dY.offset(),
                expected.array(), expected.offset());
        function.backward().run(n, y.array(), y.offset(), dY.array(), dY.offset(), dX.array(), dX.offset(), SERIAL);
        // One rounding of 1 - y^2 or y - y^2, which a fused multiply-add gives, one of the product, one of the reference.
        // y - y^2 may be subnormal where y is, so the rounding may be one of the smallest float, and dY is at most 2^16.
        dX.assertNear(expected, expected.abs(), Rounding.gamma(3), 0x1p-149 * 0x1p17);
    }

    @Property(tries = 5)
    void sameBitsForAnyThreadCount(@ForAll Function function, @ForAll Recipe recipe) {
        Padded x = recipe.contiguous(3 * Chunks.SIZE + 11);
        Padded expected = x.copy();
        function.forward().run(x.columns(), x.array(), x.offset(), expected.array(), expected.offset(), SERIAL);
        for (Parallelism team : Teams.ALL) {
            Padded y = x.copy();
            function.forward().run(x.columns(), x.array(), x.offset(), y.array(), y.offset(), team);
            y.assertSameBits(expected);
        }
    }

    @Example
    void tanhKeepsTheSignOfZero() {
        float[] x = {-0f, 0f};
        Activations.tanh(2, x, 0, x, 0, SERIAL);
        assertThat(x).isEqualTo(new float[] {-0f, 0f});
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
