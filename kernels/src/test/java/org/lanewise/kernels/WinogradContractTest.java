package org.lanewise.kernels;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
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
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lanewise.kernels.reference.ReferenceConv2d;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.lanewise.kernels.Conv2dAlgorithm.AUTO;
import static org.lanewise.kernels.Conv2dAlgorithm.IMPLICIT_GEMM;
import static org.lanewise.kernels.Conv2dAlgorithm.WINOGRAD;

/** The properties of {@link Conv2dContractTest} for Winograd's filtering, and how its error compares with that of sums tap by tap. */
@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class WinogradContractTest {

    /** Roundings on the way of one product to an output, but for the sum over channels: U 4, V 2, their product, Y 4. */
    private static final int TRANSFORMS = 11;

    @Property
    void forwardAgreesWithReferenceAndWritesNothingElse(@ForAll("geometries") Conv2dGeometry g, @ForAll float beta,
            @ForAll Recipe rx, @ForAll Recipe rw, @ForAll @WithNull Recipe rBias, @ForAll Recipe ry) {
        Padded x = rx.contiguous(g.inputSize());
        Padded w = rw.contiguous(g.weightSize());
        Padded bias = rBias == null ? null : rBias.contiguous(g.outChannels());
        Epilogue epilogue = bias == null ? Epilogue.NONE : Epilogue.rowBias(bias.array(), bias.offset());
        Padded old = ry.contiguous(g.outputSize());
        Padded y = beta == 0 ? old.map(v -> Float.NaN) : old;
        Padded expected = y.copy();
        ReferenceConv2d.forward(g, x.array(), x.offset(), w.array(), w.offset(), epilogue, beta, expected.array(),
                expected.offset());
        Padded magnitude = WinogradMagnitude.forward(g, x, w, y);
        int pixels = g.outputPixels();
        for (int i = 0; bias != null && i < g.outputSize(); i++) {
            magnitude.set(0, i, magnitude.get(i) + Math.abs(bias.get(i / pixels % g.outChannels())));
        }
        for (int i = 0; beta != 0 && i < g.outputSize(); i++) {
            magnitude.set(0, i, magnitude.get(i) + Math.abs(beta * y.get(i)));
        }
        // The bias, 2 for beta*y, and the rounding of the reference and of the magnitude.
        double relative = Rounding.gamma(Math.max(g.taps(), g.inChannels() + TRANSFORMS) + 6);
        for (Conv2dAlgorithm algorithm : new Conv2dAlgorithm[] {AUTO, WINOGRAD}) {
            Padded actual = y.copy();
            forward(g, algorithm, x, w, epilogue, beta, actual);
            actual.assertNear(expected, magnitude, relative);
            Padded rectified = y.copy();
            forward(g, algorithm, x, w, epilogue.thenRelu(), beta, rectified);
            rectified.assertSameNumbers(actual.map(v -> v < 0 ? 0 : v));
        }
    }

    @Property
    void backwardDataAgreesWithReferenceAndWritesNothingElse(@ForAll("geometries") Conv2dGeometry g,
            @ForAll float beta, @ForAll Recipe rw, @ForAll Recipe rDy, @ForAll Recipe rDx) {
        Padded w = rw.contiguous(g.weightSize());
        Padded dY = rDy.contiguous(g.outputSize());
        Padded dX = rDx.contiguous(g.inputSize());
        dX = beta == 0 ? dX.map(v -> Float.NaN) : dX;
        Padded expected = dX.copy();
        ReferenceConv2d.backwardData(g, w.array(), w.offset(), dY.array(), dY.offset(), beta, expected.array(),
                expected.offset());
        Padded magnitude = WinogradMagnitude.backwardData(g, w, dY, dX);
        for (int i = 0; beta != 0 && i < g.inputSize(); i++) {
            magnitude.set(0, i, magnitude.get(i) + Math.abs(beta * dX.get(i)));
        }
        int taps = 9 * g.outChannels();
        double relative = Rounding.gamma(Math.max(taps, g.outChannels() + TRANSFORMS) + 5);
        for (Conv2dAlgorithm algorithm : new Conv2dAlgorithm[] {AUTO, WINOGRAD}) {
            Padded actual = dX.copy();
            Conv2d.backwardData(g, algorithm, w.array(), w.offset(), dY.array(), dY.offset(), beta, actual.array(),
                    actual.offset(), Parallelism.serial());
            actual.assertNear(expected, magnitude, relative);
        }
    }

    @Property
    void backwardWeightsAgreesWithReferenceAndWritesNothingElse(@ForAll("geometries") Conv2dGeometry g,
            @ForAll float beta, @ForAll Recipe rx, @ForAll Recipe rDy, @ForAll Recipe rDw) {
        Padded x = rx.contiguous(g.inputSize());
        Padded dY = rDy.contiguous(g.outputSize());
        Padded dW = rDw.contiguous(g.weightSize());
        dW = beta == 0 ? dW.map(v -> Float.NaN) : dW;
        Padded expected = dW.copy();
        ReferenceConv2d.backwardWeights(g, x.array(), x.offset(), dY.array(), dY.offset(), beta, expected.array(),
                expected.offset());
        Padded magnitude = WinogradMagnitude.backwardWeights(g, x, dY, dW);
        for (int i = 0; beta != 0 && i < g.weightSize(); i++) {
            magnitude.set(0, i, magnitude.get(i) + Math.abs(beta * dW.get(i)));
        }
        // Each pixel and each image, or each tile and the transforms.
        int tiles = Math.ceilDiv(g.outputHeight(), 2) * Math.ceilDiv(g.outputWidth(), 2);
        double relative = Rounding
                .gamma(Math.max(g.outputPixels() + g.batch(), TRANSFORMS + g.batch() * tiles) + 5);
        for (Conv2dAlgorithm algorithm : new Conv2dAlgorithm[] {AUTO, WINOGRAD}) {
            Padded actual = dW.copy();
            backwardWeights(g, algorithm, x, dY, beta, actual, Parallelism.serial());
            actual.assertNear(expected, magnitude, relative);
        }
    }

    private static void backwardWeights(Conv2dGeometry g, Conv2dAlgorithm algorithm, Padded x, Padded dY, float beta,
            Padded dW, Parallelism team) {
        Conv2d.backwardWeights(g, algorithm, x.array(), x.offset(), dY.array(), dY.offset(), beta, dW.array(),
                dW.offset(), team);
    }

    @Property(tries = 100)
    void sameBitsForAnyThreadCount(@ForAll("geometries") Conv2dGeometry g, @ForAll float beta, @ForAll Recipe rx,
            @ForAll Recipe rw, @ForAll Recipe rDy) {
        Padded x = rx.contiguous(g.inputSize());
        Padded w = rw.contiguous(g.weightSize());
        Padded dY = rDy.contiguous(g.outputSize());
        Padded y = dY.copy();
        Padded dX = x.copy();
        forward(g, WINOGRAD, x, w, Epilogue.NONE, y);
        Conv2d.backwardData(g, WINOGRAD, w.array(), w.offset(), dY.array(), dY.offset(), beta, dX.array(),
                dX.offset(), Parallelism.serial());
        Padded dW = w.copy();
        backwardWeights(g, WINOGRAD, x, dY, beta, dW, Parallelism.serial());
        for (Parallelism team : Teams.ALL) {
            Padded otherDw = w.copy();
            backwardWeights(g, WINOGRAD, x, dY, beta, otherDw, team);
            otherDw.assertSameBits(dW);
            Padded otherY = dY.copy();
            Padded otherDx = x.copy();
            Conv2d.forward(g, WINOGRAD, x.array(), x.offset(), w.array(), w.offset(), Epilogue.NONE, otherY.array(),
                    otherY.offset(), team);
            Conv2d.backwardData(g, WINOGRAD, w.array(), w.offset(), dY.array(), dY.offset(), beta, otherDx.array(),
                    otherDx.offset(), team);
            otherY.assertSameBits(y);
            otherDx.assertSameBits(dX);
        }
    }

    private static void forward(Conv2dGeometry g, Conv2dAlgorithm algorithm, Padded x, Padded w, Epilogue epilogue,
            Padded y) {
        forward(g, algorithm, x, w, epilogue, 0, y);
    }

    private static void forward(Conv2dGeometry g, Conv2dAlgorithm algorithm, Padded x, Padded w, Epilogue epilogue,
            float beta, Padded y) {
        Conv2d.forward(g, algorithm, x.array(), x.offset(), w.array(), w.offset(), epilogue, beta, y.array(),
                y.offset(), Parallelism.serial());
    }

    @Provide
    Arbitrary<Conv2dGeometry> geometries() {
        // 13 lines pass a panel; 40 tiles a panel of columns, more than 128 channels a block of steps.
        Arbitrary<Integer> channels = Arbitraries.frequencyOf(Tuple.of(20, Arbitraries.integers().between(0, 6)),
                Tuple.of(4, Arbitraries.integers().between(12, 26)), Tuple.of(1, Arbitraries.of(129, 150)));
        Arbitrary<Integer> filters = Arbitraries.frequencyOf(Tuple.of(10, Arbitraries.integers().between(0, 6)),
                Tuple.of(4, Arbitraries.integers().between(12, 26)), Tuple.of(2, Arbitraries.of(33, 40, 65)));
        Arbitrary<Integer> size = Arbitraries.frequencyOf(Tuple.of(8, Arbitraries.integers().between(0, 12)),
                Tuple.of(1, Arbitraries.of(31, 32, 33, 35, 70)));
        Arbitrary<Integer> padding = Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.of(1)),
                Tuple.of(2, Arbitraries.integers().between(0, 5)));
        return Combinators.combine(Arbitraries.integers().between(0, 3), channels, size, size, filters,
                padding.list().ofSize(4))
                .filter((n, c, h, w, k, p) -> h + p.get(0) + p.get(1) >= 3 && w + p.get(2) + p.get(3) >= 3)
                .as((n, c, h, w, k, p) -> Conv2dGeometry.builder(n, c, h, w, k, 3, 3)
                        .withPadding(p.get(0), p.get(1), p.get(2), p.get(3)).build());
    }

    /** Inputs of one kind: what is done to Gaussian numbers by the place of a pixel, and by the place of a weight. */
    record Scaling(String name, Value pixel, Value weight) {

        @FunctionalInterface
        interface Value {
            double of(int channel, int index, double gaussian, DoubleUnaryOperator heavy);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Scaling> scalings() {
        Scaling.Value plain = (c, i, v, heavy) -> v;
        return Stream.of(new Scaling("Gaussian", plain, plain),
                new Scaling("not centred", (c, i, v, heavy) -> 100 + v, plain),
                new Scaling("channels from 2^-10 to 2^10", (c, i, v, heavy) -> Math.scalb(v, c % 21 - 10),
                        (c, i, v, heavy) -> Math.scalb(v, 10 - c % 21)),
                new Scaling("smooth", (c, i, v, heavy) -> 10 * Math.sin(0.01 * i) + 0.01 * v, plain),
                new Scaling("one huge pixel", (c, i, v, heavy) -> i == 100 ? 1e5 * v : v, plain),
                new Scaling("filters that sum to nearly 0", plain,
                        (c, i, v, heavy) -> (i % 9 == 4 ? 8 : -1) * (1 + 1e-3 * v)),
                new Scaling("weights over many orders of magnitude", plain,
                        (c, i, v, heavy) -> v * heavy.applyAsDouble(3)));
    }

    /** Blocks of few steps, as one run of the tests has, make any sums more exact, and those tap by tap most. */
    private static void assumeUsualBlocks() {
        Assumptions.assumeTrue(Backend.current().vectorized() && System.getProperty("lanewise.gemm.kc") == null);
    }

    /** Root mean squares of the errors against sums in double precision. Those of sums tap by tap are the measure. */
    @ParameterizedTest
    @MethodSource("scalings")
    void errorIsThatOfSumsTapByTap(Scaling scaling) {
        assumeUsualBlocks();
        for (int channels : new int[] {16, 64, 256}) {
            Conv2dGeometry g = Conv2dGeometry.square(2, channels, 14, 14, 16, 3, 1, 1);
            var random = new Random(channels);
            float[] x = values(g.inputSize(), 196, channels, scaling.pixel(), random);
            float[] w = values(g.weightSize(), 9, channels, scaling.weight(), random);
            double[] exact = exact(g, x, w);
            assertThat(error(g, WINOGRAD, x, w, exact)).as("%d channels", channels)
                    .isLessThan(1.5 * error(g, IMPLICIT_GEMM, x, w, exact));
        }
    }

    /** The same for the gradient by weights, where it is channels that pixels are scaled by. */
    @ParameterizedTest
    @MethodSource("scalings")
    void errorByWeightsIsThatOfSumsTapByTap(Scaling scaling) {
        assumeUsualBlocks();
        for (int images : new int[] {1, 4, 16}) {
            Conv2dGeometry g = Conv2dGeometry.square(images, 20, 14, 14, 24, 3, 1, 1);
            var random = new Random(images);
            float[] x = values(g.inputSize(), 196, g.inChannels(), scaling.pixel(), random);
            float[] dY = values(g.outputSize(), 196, g.outChannels(), scaling.weight(), random);
            double[] exact = new double[g.weightSize()];
            for (int n = 0; n < images; n++) {
                addExact(g, x, n * 20 * 196, dY, n * 24 * 196, exact);
            }
            assertThat(errorByWeights(g, WINOGRAD, x, dY, exact)).as("%d images", images)
                    .isLessThan(1.5 * errorByWeights(g, IMPLICIT_GEMM, x, dY, exact));
        }
    }

    private static double errorByWeights(Conv2dGeometry g, Conv2dAlgorithm algorithm, float[] x, float[] dY,
            double[] exact) {
        float[] dW = new float[g.weightSize()];
        Conv2d.backwardWeights(g, algorithm, x, 0, dY, 0, 0, dW, 0, Parallelism.serial());
        return rootMeanSquare(dW, exact);
    }

    private static void addExact(Conv2dGeometry g, float[] x, int xOffset, float[] dY, int dYOffset, double[] dW) {
        for (int i = 0; i < dW.length; i++) {
            int tap = i % g.taps();
            int k = i / g.taps();
            for (int pixel = 0; pixel < g.outputPixels(); pixel++) {
                int row = pixel / g.outputWidth() + tap / 3 % 3 - g.paddingTop();
                int column = pixel % g.outputWidth() + tap % 3 - g.paddingLeft();
                if (row >= 0 && row < g.height() && column >= 0 && column < g.width()) {
                    dW[i] += (double) dY[dYOffset + k * g.outputPixels() + pixel]
                            * x[xOffset + (tap / 9 * g.height() + row) * g.width() + column];
                }
            }
        }
    }

    private static float[] values(int n, int size, int channels, Scaling.Value value, Random random) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) value.of(i / size % channels, i % size, random.nextGaussian(),
                    scale -> Math.exp(scale * random.nextGaussian()));
        }
        return values;
    }

    private static double error(Conv2dGeometry g, Conv2dAlgorithm algorithm, float[] x, float[] w, double[] exact) {
        float[] y = new float[g.outputSize()];
        Conv2d.forward(g, algorithm, x, 0, w, 0, Epilogue.NONE, y, 0, Parallelism.serial());
        return rootMeanSquare(y, exact);
    }

    private static double rootMeanSquare(float[] values, double[] exact) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += (values[i] - exact[i]) * (values[i] - exact[i]);
        }
        return Math.sqrt(sum / values.length);
    }

    private static double[] exact(Conv2dGeometry g, float[] x, float[] w) {
        double[] y = new double[g.outputSize()];
        for (int i = 0; i < y.length; i++) {
            int v = i % g.outputWidth();
            int u = i / g.outputWidth() % g.outputHeight();
            int k = i / g.outputPixels() % g.outChannels();
            int n = i / g.outputPixels() / g.outChannels();
            for (int tap = 0; tap < g.taps(); tap++) {
                int row = u + tap / 3 % 3 - g.paddingTop();
                int column = v + tap % 3 - g.paddingLeft();
                if (row >= 0 && row < g.height() && column >= 0 && column < g.width()) {
                    y[i] += (double) w[k * g.taps() + tap]
                            * x[((n * g.inChannels() + tap / 9) * g.height() + row) * g.width() + column];
                }
            }
        }
        return y;
    }

    /** A NaN makes NaN of the outputs that see it, an infinity either, and neither of any others. */
    @Test
    void notANumberIsSeenByItsWindowsOnly() {
        Assumptions.assumeTrue(Backend.current().vectorized());
        Conv2dGeometry g = Conv2dGeometry.square(2, 3, 11, 13, 5, 3, 1, 1);
        float[] w = new float[g.weightSize()];
        Arrays.fill(w, 1);
        for (int at = 0; at < g.outputPixels(); at++) {
            float[] x = new float[g.inputSize()];
            x[at] = at % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
            float[] y = new float[g.outputSize()];
            Conv2d.forward(g, WINOGRAD, x, 0, w, 0, Epilogue.NONE, y, 0, Parallelism.serial());
            for (int i = 0; i < y.length; i++) {
                boolean sees = Math.abs(i % 13 - at % 13) <= 1 && Math.abs(i / 13 % 11 - at / 13) <= 1 && i < 5 * 143;
                assertThat(at % 2 == 0 ? Float.isNaN(y[i]) : !Float.isFinite(y[i])).as("output %d from %d", i, at)
                        .isEqualTo(sees);
            }
        }
    }

    @Test
    void refusesWhatItCannotCompute() {
        Conv2dGeometry g = Conv2dGeometry.square(1, 2, 8, 8, 2, 3, 2, 1);
        float[] y = new float[g.outputSize()];
        assertThatThrownBy(() -> Conv2d.forward(g, WINOGRAD, new float[g.inputSize()], 0, new float[g.weightSize()], 0,
                Epilogue.NONE, y, 0, Parallelism.serial())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "algorithm=WINOGRAD needs filters of 3x3, stride 1, no dilation and one group but"
                                + " got Conv2dGeometry[batch=1, inChannels=2,");
    }
}
