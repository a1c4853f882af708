package org.lanewise.kernels;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceOptimizerSteps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class OptimizerStepsContractTest {

    /** The settings of torch.optim.SGD. */
    record Sgd(float lr, float momentum, float dampening, float weightDecay, boolean nesterov, boolean first) {

        void run(Padded p, Padded gradient, Padded velocity, Parallelism team) {
            OptimizerSteps.sgd(p.columns(), p.array(), p.offset(), gradient.array(), gradient.offset(),
                    velocity == null ? null : velocity.array(), velocity == null ? 0 : velocity.offset(),
                    lr, momentum, dampening, weightDecay, nesterov, first, team);
        }

        /** With a negative sign of lr, and positive operands, the sum of the absolute values of all terms. */
        void reference(float signOfLr, Padded p, Padded gradient, Padded velocity) {
            if (velocity == null) {
                ReferenceOptimizerSteps.sgd(p.columns(), p.array(), p.offset(), gradient.array(), gradient.offset(),
                        signOfLr * lr, weightDecay);
            } else {
                ReferenceOptimizerSteps.sgdMomentum(p.columns(), p.array(), p.offset(),
                        gradient.array(), gradient.offset(), velocity.array(), velocity.offset(), signOfLr * lr,
                        momentum, first ? 0 : momentum, first ? 1 : 1 - dampening, weightDecay, nesterov);
            }
        }
    }

    @Provide
    Arbitrary<Sgd> steps() {
        Arbitrary<Float> zeroOrNot = Arbitraries.of(0f, 0.1f, 0.9f);
        return Combinators.combine(Arbitraries.of(0.01f, 1f), zeroOrNot, zeroOrNot, zeroOrNot,
                Arbitraries.of(false, true), Arbitraries.of(false, true)).as(Sgd::new);
    }

    @Provide
    Arbitrary<Integer> lengths() {
        return Sizes.ofLoops();
    }

    @Property
    void stepAgreesWithReferenceAndWritesNothingElse(@ForAll("steps") Sgd sgd, @ForAll("lengths") int n,
            @ForAll Recipe rp, @ForAll Recipe rGradient, @ForAll Recipe rVelocity) {
        Padded p = rp.contiguous(n);
        Padded gradient = rGradient.contiguous(n);
        Padded velocity = sgd.first() ? rVelocity.contiguous(n).map(v -> Float.NaN) : rVelocity.contiguous(n);
        Padded expectedP = p.copy();
        Padded expectedV = velocity.copy();
        sgd.reference(1, expectedP, gradient, expectedV);
        Padded magnitudeP = p.abs();
        Padded magnitudeV = velocity.abs();
        sgd.reference(-1, magnitudeP, gradient.abs(), magnitudeV);

        sgd.run(p, gradient, velocity, Parallelism.serial());
        // A gradient passes the fused operations of g, v, g + momentum*v and p, and the product of g and gain; then the roundings
        // of the reference and the magnitude.
        p.assertNear(expectedP, magnitudeP, Rounding.gamma(7));
        velocity.assertNear(expectedV, magnitudeV, Rounding.gamma(5));
    }

    @Property
    void stepWithoutMomentumAgreesWithReference(@ForAll("steps") Sgd sgd, @ForAll("lengths") int n, @ForAll Recipe rp,
            @ForAll Recipe rGradient) {
        Padded p = rp.contiguous(n);
        Padded gradient = rGradient.contiguous(n);
        Padded expected = p.copy();
        sgd.reference(1, expected, gradient, null);
        Padded magnitude = p.abs();
        sgd.reference(-1, magnitude, gradient.abs(), null);
        sgd.run(p, gradient, null, Parallelism.serial());
        // g, p, the reference, the magnitude.
        p.assertNear(expected, magnitude, Rounding.gamma(4));
    }

    @Property(tries = 5)
    void sameBitsForAnyThreadCount(@ForAll("steps") Sgd sgd, @ForAll Recipe rp, @ForAll Recipe rGradient) {
        int n = 3 * Chunks.SIZE + 11;
        Padded gradient = rGradient.contiguous(n);
        Padded expectedP = rp.contiguous(n);
        Padded expectedV = rp.contiguous(n);
        sgd.run(expectedP, gradient, expectedV, Parallelism.serial());
        for (Parallelism team : Teams.ALL) {
            Padded p = rp.contiguous(n);
            Padded velocity = rp.contiguous(n);
            sgd.run(p, gradient, velocity, team);
            p.assertSameBits(expectedP);
            velocity.assertSameBits(expectedV);
        }
    }

    @Example
    void factorThatIsNotFiniteIsRefused() {
        float[] p = {7};
        assertThatIllegalArgumentException().isThrownBy(() -> OptimizerSteps.sgd(1, p, 0, new float[1], 0, null, 0,
                Float.NaN, 0, 0, 0, false, false, Parallelism.serial())).withMessage("lr=NaN must be finite");
        assertThatIllegalArgumentException().isThrownBy(() -> OptimizerSteps.sgd(1, p, 0, new float[1], 0, null, 0,
                1, 0, 0, Float.POSITIVE_INFINITY, false, false, Parallelism.serial()))
                .withMessage("weightDecay=Infinity must be finite");
        assertThat(p).containsExactly(7);
    }
}
