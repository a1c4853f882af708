package org.lanewise.kernels;

import java.util.Arrays;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceAdaptiveAvgPool2d;
import org.lanewise.kernels.reference.ReferenceAvgPool2d;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Average pooling and adaptive average pooling beside the reference, which sums in double. Each term of a sum of n passes n - 1 additions,
 * the divisor's own rounding, the division, the sum with beta*dX (two) and the reference's rounding.
 */
@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class AvgPool2dContractTest {

    private static final Parallelism SERIAL = Parallelism.serial();
    private static final int OTHER_ROUNDINGS = 5;

    @Property
    void forwardAgreesWithTheReference(@ForAll("geometries") Pool2dGeometry g, @ForAll("divisors") AvgDivisor divisor,
            @ForAll Recipe rx, @ForAll Recipe ry) {
        Padded x = rx.contiguous(g.inputSize());
        Padded y = ry.contiguous(g.outputSize()).map(v -> Float.NaN);
        AvgPool2d.forward(g, divisor, x.array(), x.offset(), y.array(), y.offset(), SERIAL);
        y.assertNear(reference(g, divisor, x, y), reference(g, divisor, x.abs(), y).abs(), bound(g.window().area()));
    }

    private static Padded reference(Pool2dGeometry g, AvgDivisor divisor, Padded x, Padded y) {
        Padded result = y.copy();
        for (int p = 0; p < g.planes(); p++) {
            ReferenceAvgPool2d.forwardPlane(g, divisor, x.array(), x.offset() + p * g.inputPixels(), result.array(),
                    result.offset() + p * g.outputPixels());
        }
        return result;
    }

    @Property
    void backwardAgreesWithTheReference(@ForAll("geometries") Pool2dGeometry g, @ForAll("divisors") AvgDivisor divisor,
            @ForAll("betas") float beta, @ForAll Recipe rDy, @ForAll Recipe rDx) {
        Padded dY = rDy.contiguous(g.outputSize());
        Padded dX = rDx.contiguous(g.inputSize()).map(v -> beta == 0 ? Float.NaN : v);
        Padded expected = dX.copy();
        Padded magnitude = dX.abs();
        AvgDivisor positive = divisor.divisorOverride() == 0
                ? divisor
                : AvgDivisor.of(Math.abs(divisor.divisorOverride()));
        for (int p = 0; p < g.planes(); p++) {
            int out = dY.offset() + p * g.outputPixels();
            int in = dX.offset() + p * g.inputPixels();
            ReferenceAvgPool2d.backwardPlane(g, divisor, dY.array(), out, beta, expected.array(), in);
            ReferenceAvgPool2d.backwardPlane(g, positive, dY.abs().array(), out, Math.abs(beta), magnitude.array(), in);
        }
        AvgPool2d.backward(g, divisor, dY.array(), dY.offset(), beta, dX.array(), dX.offset(), SERIAL);
        dX.assertNear(expected, magnitude, bound(g.window().area()));
    }

    /** No tolerance hides a wrong divisor or a missing pixel: of ones, all sums are small integers. */
    @Property
    void theSumOfOnesIsTheNumberOfPixels(@ForAll("geometries") Pool2dGeometry g, @ForAll Recipe rx) {
        Padded x = rx.contiguous(g.inputSize()).map(v -> 1);
        Padded y = rx.contiguous(g.outputSize());
        AvgPool2d.forward(g, AvgDivisor.PIXELS, x.array(), x.offset(), y.array(), y.offset(), SERIAL);
        y.assertSameBits(y.map(v -> 1));
    }

    @Property
    void adaptiveForwardAgreesWithTheReference(@ForAll("adaptive") AdaptivePool2dGeometry g, @ForAll Recipe rx,
            @ForAll Recipe ry) {
        Padded x = rx.contiguous(g.inputSize());
        Padded y = ry.contiguous(g.outputSize()).map(v -> Float.NaN);
        AdaptiveAvgPool2d.forward(g, x.array(), x.offset(), y.array(), y.offset(), SERIAL);
        y.assertNear(reference(g, x, y), reference(g, x.abs(), y), bound(g.inputPixels()));
    }

    private static Padded reference(AdaptivePool2dGeometry g, Padded x, Padded y) {
        Padded result = y.copy();
        for (int p = 0; p < g.planes(); p++) {
            ReferenceAdaptiveAvgPool2d.forwardPlane(g, x.array(), x.offset() + p * g.inputPixels(), result.array(),
                    result.offset() + p * g.outputPixels());
        }
        return result;
    }

    @Property
    void adaptiveBackwardAgreesWithTheReference(@ForAll("adaptive") AdaptivePool2dGeometry g,
            @ForAll("betas") float beta, @ForAll Recipe rDy, @ForAll Recipe rDx) {
        Padded dY = rDy.contiguous(g.outputSize());
        Padded dX = rDx.contiguous(g.inputSize()).map(v -> beta == 0 ? Float.NaN : v);
        Padded expected = dX.copy();
        Padded magnitude = dX.abs();
        for (int p = 0; p < g.planes(); p++) {
            int out = dY.offset() + p * g.outputPixels();
            int in = dX.offset() + p * g.inputPixels();
            ReferenceAdaptiveAvgPool2d.backwardPlane(g, dY.array(), out, beta, expected.array(), in);
            ReferenceAdaptiveAvgPool2d.backwardPlane(g, dY.abs().array(), out, Math.abs(beta), magnitude.array(), in);
        }
        AdaptiveAvgPool2d.backward(g, dY.array(), dY.offset(), beta, dX.array(), dX.offset(), SERIAL);
        dX.assertNear(expected, magnitude, bound(g.outputPixels()));
    }

    @Property(tries = 50)
    void sameBitsForAnyThreadCount(@ForAll("geometries") Pool2dGeometry small,
            @ForAll("adaptive") AdaptivePool2dGeometry smallAdaptive, @ForAll Recipe rx) {
        Pool2dGeometry g = small.window().over(planes(small.inputPixels()), small.height(), small.width());
        AdaptivePool2dGeometry a = new AdaptivePool2dGeometry(planes(smallAdaptive.inputPixels()),
                smallAdaptive.height(), smallAdaptive.width(), smallAdaptive.outputHeight(),
                smallAdaptive.outputWidth());
        float[] x = rx.contiguous(Math.max(Math.max(g.inputSize(), g.outputSize()),
                Math.max(a.inputSize(), a.outputSize()))).elements();
        float[][] expected = all(g, a, x, SERIAL);
        for (Parallelism team : Teams.ALL) {
            assertThat(Arrays.deepEquals(all(g, a, x, team), expected)).isTrue();
        }
    }

    private static int planes(int pixels) {
        return 3 * Chunks.SIZE / pixels + 1; // so many that several tasks have some
    }

    private static float[][] all(Pool2dGeometry g, AdaptivePool2dGeometry a, float[] x, Parallelism team) {
        float[][] results = {new float[g.outputSize()], new float[g.inputSize()], new float[a.outputSize()],
            new float[a.inputSize()]};
        AvgPool2d.forward(g, AvgDivisor.PADDED, x, 0, results[0], 0, team);
        AvgPool2d.backward(g, AvgDivisor.PADDED, x, 0, 0, results[1], 0, team);
        AdaptiveAvgPool2d.forward(a, x, 0, results[2], 0, team);
        AdaptiveAvgPool2d.backward(a, x, 0, 0, results[3], 0, team);
        return results;
    }

    private static double bound(int terms) {
        return Rounding.gamma(terms + OTHER_ROUNDINGS);
    }

    @Provide
    Arbitrary<Pool2dGeometry> geometries() {
        return Pools.geometries(false);
    }

    @Provide
    Arbitrary<AvgDivisor> divisors() {
        return Arbitraries.of(AvgDivisor.PADDED, AvgDivisor.PIXELS, AvgDivisor.of(7), AvgDivisor.of(-3));
    }

    @Provide
    Arbitrary<Float> betas() {
        return Arbitraries.of(0f, 1f, -0.75f);
    }

    @Provide
    Arbitrary<AdaptivePool2dGeometry> adaptive() {
        Arbitrary<Integer> sizes = Arbitraries.integers().between(1, 40);
        Arbitrary<Integer> outputs = Arbitraries.oneOf(Arbitraries.just(1), Arbitraries.integers().between(0, 9));
        Arbitrary<AdaptivePool2dGeometry> any = Combinators
                .combine(Arbitraries.integers().between(0, 3), sizes, sizes, outputs, outputs)
                .as(AdaptivePool2dGeometry::new);
        Arbitrary<AdaptivePool2dGeometry> even = Combinators.combine(Arbitraries.integers().between(0, 3),
                Arbitraries.integers().between(1, 9), Arbitraries.integers().between(1, 9),
                Arbitraries.integers().between(1, 4), Arbitraries.integers().between(1, 4))
                .as((p, oh, ow, kh, kw) -> new AdaptivePool2dGeometry(p, oh * kh, ow * kw, oh, ow));
        return Arbitraries.oneOf(any, even);
    }
}
