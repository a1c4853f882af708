package org.lanewise.kernels;

import java.util.List;
import java.util.stream.Stream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.WithNull;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceConv2d;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.lanewise.kernels.Conv2dAlgorithm.AUTO;
import static org.lanewise.kernels.Conv2dAlgorithm.WINOGRAD;

@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class Conv2dContractTest {

    private static final Parallelism SERIAL = Parallelism.serial();

    @Property
    void forwardAgreesWithReferenceAndWritesNothingElse(@ForAll("geometries") Conv2dGeometry g, @ForAll Recipe rx,
            @ForAll Recipe rw, @ForAll @WithNull Recipe rBias, @ForAll Recipe ry) {
        Padded x = rx.contiguous(g.inputSize());
        Padded w = rw.contiguous(g.weightSize());
        Padded bias = rBias == null ? null : rBias.contiguous(g.outChannels());
        Padded y = ry.contiguous(g.outputSize()).map(v -> Float.NaN);
        Padded expected = expectedForward(g, x, w, bias, y);
        Padded magnitude = expectedForward(g, x.abs(), w.abs(), bias == null ? null : bias.abs(), y);
        // One rounding for each tap and the bias; the reference and the magnitude are rounded too.
        double relative = Rounding.gamma(g.taps() + 4);
        for (Conv2dAlgorithm algorithm : algorithms(g)) {
            Padded actual = y.copy();
            forward(g, algorithm, x, w, epilogue(bias), actual, SERIAL);
            actual.assertNear(expected, magnitude, relative);
            Padded rectified = y.copy();
            forward(g, algorithm, x, w, epilogue(bias).thenRelu(), rectified, SERIAL);
            rectified.assertSameNumbers(actual.map(v -> v < 0 ? 0 : v));
        }
    }

    @Property
    void forwardAddsToWhatIsThere(@ForAll("geometries") Conv2dGeometry g, @ForAll float beta, @ForAll Recipe rx,
            @ForAll Recipe rw, @ForAll @WithNull Recipe rBias, @ForAll Recipe ry) {
        Padded x = rx.contiguous(g.inputSize());
        Padded w = rw.contiguous(g.weightSize());
        Padded bias = rBias == null ? null : rBias.contiguous(g.outChannels());
        Padded y = unreadIfZero(beta, ry.contiguous(g.outputSize()));
        Padded expected = expectedForward(g, x, w, bias, beta, y);
        Padded magnitude = expectedForward(g, x.abs(), w.abs(), bias == null ? null : bias.abs(), Math.abs(beta),
                y.abs());
        // One rounding for each tap and the bias, 2 for beta*y; the reference and the magnitude are rounded too.
        double relative = Rounding.gamma(g.taps() + 6);
        for (Conv2dAlgorithm algorithm : algorithms(g)) {
            Padded actual = y.copy();
            forward(g, algorithm, x, w, epilogue(bias), beta, actual, SERIAL);
            actual.assertNear(expected, magnitude, relative);
            Padded rectified = y.copy();
            forward(g, algorithm, x, w, epilogue(bias).thenRelu(), beta, rectified, SERIAL);
            rectified.assertSameNumbers(actual.map(v -> v < 0 ? 0 : v));
        }
    }

    @Property
    void backwardDataAgreesWithReferenceAndWritesNothingElse(@ForAll("geometries") Conv2dGeometry g,
            @ForAll float beta, @ForAll Recipe rw, @ForAll Recipe rDy, @ForAll Recipe rDx) {
        Padded w = rw.contiguous(g.weightSize());
        Padded dY = rDy.contiguous(g.outputSize());
        Padded dX = unreadIfZero(beta, rDx.contiguous(g.inputSize()));
        Padded expected = expectedBackwardData(g, w, dY, beta, dX);
        Padded magnitude = expectedBackwardData(g, w.abs(), dY.abs(), Math.abs(beta), dX.abs());
        // One rounding for each filter tap, 2 for beta*dX; the reference and the magnitude are rounded too.
        double relative = Rounding.gamma(filterTaps(g) + 5);
        for (Conv2dAlgorithm algorithm : algorithms(g)) {
            Padded actual = dX.copy();
            backwardData(g, algorithm, w, dY, beta, actual, SERIAL);
            actual.assertNear(expected, magnitude, relative);
        }
    }

    @Property
    void backwardWeightsAgreesWithReferenceAndWritesNothingElse(@ForAll("geometries") Conv2dGeometry g,
            @ForAll float beta, @ForAll Recipe rx, @ForAll Recipe rDy, @ForAll Recipe rDw) {
        Padded x = rx.contiguous(g.inputSize());
        Padded dY = rDy.contiguous(g.outputSize());
        Padded dW = unreadIfZero(beta, rDw.contiguous(g.weightSize()));
        Padded expected = expectedBackwardWeights(g, x, dY, beta, dW);
        Padded magnitude = expectedBackwardWeights(g, x.abs(), dY.abs(), Math.abs(beta), dW.abs());
        // One rounding for each pixel of an image, one for each image added, 2 for beta*dW; and as above.
        double relative = Rounding.gamma(g.outputPixels() + g.batch() + 5);
        for (Conv2dAlgorithm algorithm : algorithms(g)) {
            Padded actual = dW.copy();
            backwardWeights(g, algorithm, x, dY, beta, actual, SERIAL);
            actual.assertNear(expected, magnitude, relative);
        }
    }

    /** The three passes are one trilinear form seen from its three arguments: sum over all taps of w * x * dY. */
    @Property
    void passesAreAdjoint(@ForAll("geometries") Conv2dGeometry g, @ForAll Recipe rx, @ForAll Recipe rw,
            @ForAll Recipe rDy) {
        Padded x = rx.contiguous(g.inputSize());
        Padded w = rw.contiguous(g.weightSize());
        Padded dY = rDy.contiguous(g.outputSize());
        // Each pass has the error of its own sums, weighted with its argument: gamma(n) times the form of absolute values.
        double magnitude = dot(expectedForward(g, x.abs(), w.abs(), null, dY), dY.abs());
        int terms = Math.max(g.taps(), Math.max(g.outputPixels() + g.batch(), filterTaps(g)));
        double bound = 2 * Rounding.gamma(terms + 5) * magnitude;
        for (Conv2dAlgorithm algorithm : algorithms(g)) {
            Padded y = dY.copy();
            Padded dX = x.copy();
            Padded dW = w.copy();
            forward(g, algorithm, x, w, Epilogue.NONE, y, SERIAL);
            backwardData(g, algorithm, w, dY, 0, dX, SERIAL);
            backwardWeights(g, algorithm, x, dY, 0, dW, SERIAL);
            assertThat(dot(x, dX)).isCloseTo(dot(y, dY), within(bound));
            assertThat(dot(w, dW)).isCloseTo(dot(y, dY), within(bound));
        }
    }

    @Property(tries = 100)
    void sameBitsForAnyThreadCount(@ForAll("geometries") Conv2dGeometry g, @ForAll float beta, @ForAll Recipe rx,
            @ForAll Recipe rw, @ForAll Recipe rDy) {
        Padded x = rx.contiguous(g.inputSize());
        Padded w = rw.contiguous(g.weightSize());
        Padded dY = rDy.contiguous(g.outputSize());
        for (Conv2dAlgorithm algorithm : Conv2dAlgorithm.values()) {
            if (algorithm.fits(g)) {
                sameBits(dY, (y, team) -> forward(g, algorithm, x, w, Epilogue.NONE, beta, y, team));
                sameBits(x, (dX, team) -> backwardData(g, algorithm, w, dY, beta, dX, team));
                sameBits(w, (dW, team) -> backwardWeights(g, algorithm, x, dY, beta, dW, team));
            }
        }
    }

    /** The taps of all filters that see a pixel of the input. */
    private static int filterTaps(Conv2dGeometry g) {
        return g.outChannels() / g.groups() * g.kernelHeight() * g.kernelWidth();
    }

    @FunctionalInterface
    private interface Pass {
        void run(Padded result, Parallelism team);
    }

    private static void sameBits(Padded old, Pass pass) {
        Padded expected = old.copy();
        pass.run(expected, SERIAL);
        for (Parallelism team : Teams.ALL) {
            Padded actual = old.copy();
            pass.run(actual, team);
            actual.assertSameBits(expected);
        }
    }

    private static Padded unreadIfZero(float beta, Padded old) {
        return beta == 0 ? old.map(v -> Float.NaN) : old;
    }

    private static double dot(Padded a, Padded b) {
        double sum = 0;
        for (int i = 0; i < a.columns(); i++) {
            sum += (double) a.get(i) * b.get(i);
        }
        return sum;
    }

    /** The algorithms with the error of sums tap by tap; Winograd's is another: {@link WinogradContractTest}. */
    private static List<Conv2dAlgorithm> algorithms(Conv2dGeometry g) {
        return Stream.of(Conv2dAlgorithm.values()).filter(algorithm -> algorithm.fits(g))
                .filter(algorithm -> algorithm != WINOGRAD && !(algorithm == AUTO && WINOGRAD.fits(g))).toList();
    }

    private static Epilogue epilogue(Padded bias) {
        return bias == null ? Epilogue.NONE : Epilogue.rowBias(bias.array(), bias.offset());
    }

    private static void forward(Conv2dGeometry g, Conv2dAlgorithm algorithm, Padded x, Padded w, Epilogue epilogue,
            Padded y, Parallelism team) {
        Conv2d.forward(g, algorithm, x.array(), x.offset(), w.array(), w.offset(), epilogue, y.array(), y.offset(),
                team);
    }

    private static void forward(Conv2dGeometry g, Conv2dAlgorithm algorithm, Padded x, Padded w, Epilogue epilogue,
            float beta, Padded y, Parallelism team) {
        Conv2d.forward(g, algorithm, x.array(), x.offset(), w.array(), w.offset(), epilogue, beta, y.array(),
                y.offset(), team);
    }

    private static void backwardData(Conv2dGeometry g, Conv2dAlgorithm algorithm, Padded w, Padded dY, float beta,
            Padded dX, Parallelism team) {
        Conv2d.backwardData(g, algorithm, w.array(), w.offset(), dY.array(), dY.offset(), beta, dX.array(), dX.offset(),
                team);
    }

    private static void backwardWeights(Conv2dGeometry g, Conv2dAlgorithm algorithm, Padded x, Padded dY, float beta,
            Padded dW, Parallelism team) {
        Conv2d.backwardWeights(g, algorithm, x.array(), x.offset(), dY.array(), dY.offset(), beta, dW.array(),
                dW.offset(), team);
    }

    private static Padded expectedForward(Conv2dGeometry g, Padded x, Padded w, Padded bias, Padded y) {
        return expectedForward(g, x, w, bias, 0, y);
    }

    private static Padded expectedForward(Conv2dGeometry g, Padded x, Padded w, Padded bias, float beta, Padded y) {
        Padded result = y.copy();
        ReferenceConv2d.forward(g, x.array(), x.offset(), w.array(), w.offset(), epilogue(bias), beta,
                result.array(), result.offset());
        return result;
    }

    private static Padded expectedBackwardData(Conv2dGeometry g, Padded w, Padded dY, float beta, Padded dX) {
        Padded result = dX.copy();
        ReferenceConv2d.backwardData(g, w.array(), w.offset(), dY.array(), dY.offset(), beta,
                result.array(), result.offset());
        return result;
    }

    private static Padded expectedBackwardWeights(Conv2dGeometry g, Padded x, Padded dY, float beta, Padded dW) {
        Padded result = dW.copy();
        ReferenceConv2d.backwardWeights(g, x.array(), x.offset(), dY.array(), dY.offset(), beta,
                result.array(), result.offset());
        return result;
    }

    /** One of the two dimensions of an image and how the window moves along it. */
    private record Axis(int size, int kernel, int stride, int low, int high, int dilation) {

        boolean fits() {
            return size + low + high >= dilation * (kernel - 1) + 1;
        }
    }

    /** Groups, and the channels and filters of each. */
    private record Channels(int groups, int in, int out) {
    }

    @Provide
    Arbitrary<Conv2dGeometry> geometries() {
        Arbitrary<Boolean> strideOne = Arbitraries.of(true, false);
        return Combinators.combine(Arbitraries.integers().between(0, 3), channels(), strideOne)
                .flatAs((batch, c, one) -> Combinators.combine(axis(one ? 1 : 3), axis(one ? 1 : 3))
                        .as((h, w) -> new Conv2dGeometry(batch, c.groups() * c.in(), h.size(), w.size(),
                                c.groups() * c.out(), h.kernel(), w.kernel(), h.stride(), w.stride(), h.low(), h.high(),
                                w.low(), w.high(), h.dilation(), w.dilation(), c.groups())));
    }

    private static Arbitrary<Axis> axis(int maxStride) {
        // 19 pixels pass a vector of 512 bits; 3 taps at distance 1, and 5, have kernels of their own.
        Arbitrary<Integer> size = Arbitraries.frequencyOf(Tuple.of(8, Arbitraries.integers().between(1, 11)),
                Tuple.of(1, Arbitraries.integers().between(15, 19)));
        Arbitrary<Integer> kernel = Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.integers().between(1, 6)),
                Tuple.of(1, Arbitraries.of(3, 5)));
        Arbitrary<Integer> padding = Arbitraries.integers().between(0, 3);
        Arbitrary<Integer> dilation = Arbitraries.frequency(Tuple.of(3, 1), Tuple.of(1, 2), Tuple.of(1, 3));
        return Combinators.combine(size, kernel, Arbitraries.integers().between(1, maxStride), padding, padding,
                dilation).as(Axis::new).filter(Axis::fits);
    }

    private static Arbitrary<Channels> channels() {
        // 13 filters pass the 12 rows of a tile, 40 what is turned at a time; 29 channels of 3x3 taps and more pass a block of steps;
        // from 8 channels on the gradient by data gathers.
        Arbitrary<Integer> some = Arbitraries.frequencyOf(
                Tuple.of(20, Arbitraries.integers().between(0, 5)), Tuple.of(1, Arbitraries.of(13, 29, 40)));
        Arbitrary<Integer> many = Arbitraries.of(8, 9, 12, 13);
        Arbitrary<Integer> few = Arbitraries.integers().between(0, 3);
        Arbitrary<Integer> groups = Arbitraries.integers().between(2, 5);
        return Arbitraries.frequencyOf(
                Tuple.of(4, Combinators.combine(some, some).as((in, out) -> new Channels(1, in, out))),
                Tuple.of(2, Combinators.combine(many, some).as((in, out) -> new Channels(1, in, out))),
                Tuple.of(2, Combinators.combine(groups, few, few).as(Channels::new)),
                Tuple.of(1, Combinators.combine(groups, many, few).as(Channels::new)),
                Tuple.of(3, Combinators.combine(groups, few).as((count, out) -> new Channels(count, 1, out))));
    }
}
