package org.lanewise.kernels.conv;

import java.util.Arrays;
import java.util.SplittableRandom;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.lanewise.kernels.Conv2dAlgorithm;
import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.reference.ReferenceConv2d;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Planes that hold some rows only, as those of large images do, and the products that read them. Values are small integers, so that
 * sums are exact and the order does not matter.
 */
class PaddedPlanesContractTest {

    /** The definition: each output finds each of its taps at the distance that the table has. */
    @Property
    void everyTapStandsAtItsOffset(@ForAll("geometries") Conv2dGeometry g,
            @ForAll @IntRange(min = 1, max = 4) int rows) {
        float[] x = integers(g.inputSize(), 1);
        PaddedPlanes layout = layout(g, rows);
        float[] planes = new float[layout.floats()];
        for (int first = 0; first < g.outputHeight(); first += rows) {
            Arrays.fill(planes, Float.NaN);
            int count = Math.min(rows, g.outputHeight() - first);
            layout.load(x, 0, first, count, planes);
            for (int u = 0; u < count; u++) {
                for (int v = 0; v < g.outputWidth(); v++) {
                    for (int p = 0; p < g.taps(); p++) {
                        assertThat(planes[u * layout.pitch() + v + layout.offsets()[p]])
                                .isEqualTo(tap(g, x, p, first + u, v));
                    }
                }
            }
        }
    }

    /** By data: pixel (h, w) went into output (h + paddingTop - r*dilation, w + paddingLeft - s*dilation) by tap (r, s). */
    @Property
    void everyTapOfTheGradientStandsAtItsOffset(@ForAll("geometries") Conv2dGeometry any,
            @ForAll @IntRange(min = 1, max = 4) int rows) {
        Conv2dGeometry g = Conv2dGeometry
                .builder(1, 1, any.height(), any.width(), any.outChannels(), any.kernelHeight(), any.kernelWidth())
                .withPadding(any.paddingTop(), any.paddingBottom(), any.paddingLeft(), any.paddingRight())
                .withDilation(any.dilationHeight(), any.dilationWidth()).build();
        float[] dY = integers(g.outputSize(), 1);
        PaddedPlanes layout = new PaddedPlanes(g.outChannels(),
                Sweep.gradient(g.height(), g.outputHeight(), g.kernelHeight(), g.paddingTop(), g.dilationHeight()),
                Sweep.gradient(g.width(), g.outputWidth(), g.kernelWidth(), g.paddingLeft(), g.dilationWidth()), rows);
        float[] planes = new float[layout.floats()];
        for (int first = 0; first < g.height(); first += rows) {
            Arrays.fill(planes, Float.NaN);
            int count = Math.min(rows, g.height() - first);
            layout.load(dY, 0, first, count, planes);
            for (int h = 0; h < count; h++) {
                for (int w = 0; w < g.width(); w++) {
                    for (int p = 0; p < layout.offsets().length; p++) {
                        int s = p % g.kernelWidth();
                        int r = p / g.kernelWidth() % g.kernelHeight();
                        int k = p / (g.kernelWidth() * g.kernelHeight());
                        int u = first + h + g.paddingTop() - r * g.dilationHeight();
                        int v = w + g.paddingLeft() - s * g.dilationWidth();
                        boolean inside = u >= 0 && u < g.outputHeight() && v >= 0 && v < g.outputWidth();
                        assertThat(planes[h * layout.pitch() + w + layout.offsets()[p]])
                                .isEqualTo(inside ? dY[(k * g.outputHeight() + u) * g.outputWidth() + v] : 0);
                    }
                }
            }
        }
    }

    private static float tap(Conv2dGeometry g, float[] x, int p, int u, int v) {
        int c = p / (g.kernelHeight() * g.kernelWidth());
        int h = u * g.strideHeight() + p / g.kernelWidth() % g.kernelHeight() * g.dilationHeight() - g.paddingTop();
        int w = v * g.strideWidth() + p % g.kernelWidth() * g.dilationWidth() - g.paddingLeft();
        boolean inside = h >= 0 && h < g.height() && w >= 0 && w < g.width();
        return inside ? x[(c * g.height() + h) * g.width() + w] : 0;
    }

    @Property
    void forwardByStripsIsTheDefinition(@ForAll("geometries") Conv2dGeometry g,
            @ForAll @IntRange(min = 1, max = 4) int rows, @ForAll @IntRange(min = 1, max = 3) int threads) {
        float[] x = integers(g.inputSize(), 1);
        float[] w = integers(g.weightSize(), 2);
        float[] expected = new float[g.outputSize()];
        ReferenceConv2d.forward(g, x, 0, w, 0, Epilogue.NONE, expected, 0);
        float[] y = new float[g.outputSize()];
        Arrays.fill(y, Float.NaN);
        PackedOperand packed = ImplicitGemmConv2d.pack(1, g.outChannels(), g.taps(),
                new StoredOperand(w, 0, g.taps(), 1, 1));
        try (Parallelism team = Parallelism.of(threads)) {
            ImageProduct.current()
                    .of(g.outChannels(), g.outputHeight(), g.outputWidth(), g.taps(), packed, 1, false, layout(g, rows))
                    .run(g.batch(), shifted(x), 3, g.inputSize() / g.batch(), 0, Epilogue.NONE, y, 0, team);
        }
        assertThat(y).isEqualTo(expected);
    }

    @Property
    void weightGradientByStripsIsTheDefinition(@ForAll("geometries") Conv2dGeometry g,
            @ForAll @IntRange(min = 1, max = 4) int rows, @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll @IntRange(min = 0, max = 2) int beta) {
        float[] x = integers(g.inputSize(), 1);
        float[] dY = integers(g.outputSize(), 2);
        float[] expected = integers(g.weightSize(), 3);
        float[] dW = expected.clone();
        if (beta == 0) {
            Arrays.fill(dW, Float.NaN);
        }
        ReferenceConv2d.backwardWeights(g, x, 0, dY, 0, beta, expected, 0);
        try (Parallelism team = Parallelism.of(threads)) {
            PlaneGradient.current().run(g, 1, layout(g, rows), shifted(x), 3, shifted(dY), 3, beta, dW, 0, team);
        }
        assertThat(dW).isEqualTo(expected);
    }

    /** With groups too, which are images of their own here. */
    @Property
    void pointwiseGradientIsTheDefinition(@ForAll @IntRange(min = 1, max = 2) int images,
            @ForAll @IntRange(min = 1, max = 70) int channels, @ForAll @IntRange(min = 1, max = 70) int filters,
            @ForAll @IntRange(min = 1, max = 30) int side, @ForAll @IntRange(min = 1, max = 2) int groups,
            @ForAll @IntRange(min = 1, max = 3) int threads, @ForAll @IntRange(min = 0, max = 2) int beta) {
        Conv2dGeometry g = Conv2dGeometry
                .builder(images, groups * channels, side, side, groups * filters, 1, 1).withGroups(groups).build();
        float[] x = integers(g.inputSize(), 1);
        float[] dY = integers(g.outputSize(), 2);
        float[] expected = integers(g.weightSize(), 3);
        float[] dW = expected.clone();
        if (beta == 0) {
            Arrays.fill(dW, Float.NaN);
        }
        ReferenceConv2d.backwardWeights(g, x, 0, dY, 0, beta, expected, 0);
        ConvPlan plan = ConvPlan.of(g, Conv2dAlgorithm.POINTWISE);
        try (Parallelism team = Parallelism.of(threads)) {
            PointwiseGradient.current().run(plan.ofGroup(), groups, plan.lines(), shifted(x), 3, shifted(dY), 3, beta,
                    dW, 0, team);
        }
        assertThat(dW).isEqualTo(expected);
    }

    @Property
    void phasesByStripsAreTheDefinition(@ForAll("geometries") Conv2dGeometry any,
            @ForAll @IntRange(min = 1, max = 4) int rows, @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll @IntRange(min = 0, max = 2) int beta) {
        Conv2dGeometry g = Conv2dGeometry
                .builder(any.batch(), any.inChannels(), any.height(), any.width(), any.outChannels(),
                        any.kernelHeight(), any.kernelWidth())
                .withPadding(any.paddingTop(), any.paddingBottom(), any.paddingLeft(), any.paddingRight())
                .withStride(any.strideHeight(), any.strideWidth()).build();
        float[] w = integers(g.weightSize(), 1);
        float[] dY = integers(g.outputSize(), 2);
        float[] expected = integers(g.inputSize(), 3);
        float[] dX = expected.clone();
        if (beta == 0) {
            Arrays.fill(dX, Float.NaN);
        }
        ReferenceConv2d.backwardData(g, w, 0, dY, 0, beta, expected, 0);
        Phases phases = new Phases(g, new PaddedPlanes(g.outChannels(), Phases.vertical(g).sweep(),
                Phases.horizontal(g).sweep(), rows));
        try (Parallelism team = Parallelism.of(threads)) {
            PhaseGradient.current().run(g, phases, shifted(w), 3, shifted(dY), 3, beta, dX, 0, team);
        }
        assertThat(dX).isEqualTo(expected);
    }

    private static PaddedPlanes layout(Conv2dGeometry g, int rows) {
        return new PaddedPlanes(g.inChannels(),
                Sweep.forward(g.height(), g.outputHeight(), g.kernelHeight(), g.strideHeight(), g.paddingTop(),
                        g.dilationHeight()),
                Sweep.forward(g.width(), g.outputWidth(), g.kernelWidth(), g.strideWidth(), g.paddingLeft(),
                        g.dilationWidth()),
                rows);
    }

    /** The same after three others. */
    private static float[] shifted(float[] values) {
        float[] result = new float[values.length + 3];
        Arrays.fill(result, Float.NaN);
        System.arraycopy(values, 0, result, 3, values.length);
        return result;
    }

    /** -3 to 3. */
    private static float[] integers(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextInt(7) - 3;
        }
        return values;
    }

    /** One side of an image and how the window moves along it. */
    private record Side(int size, int kernel, int stride, int low, int high, int dilation) {

        boolean fits() {
            return size + low + high >= dilation * (kernel - 1) + 1;
        }
    }

    @Provide
    Arbitrary<Conv2dGeometry> geometries() {
        Arbitrary<Side> side = Combinators.combine(Arbitraries.integers().between(1, 40),
                Arbitraries.integers().between(1, 4), Arbitraries.integers().between(1, 3),
                Arbitraries.integers().between(0, 5), Arbitraries.integers().between(0, 5),
                Arbitraries.integers().between(1, 3)).as(Side::new)
                .filter(Side::fits);
        // 35 channels fill a panel of 512 bits and begin another, 49 filters two
        Arbitrary<Integer> channels = Arbitraries.of(1, 2, 3, 13, 35);
        return Combinators
                .combine(Arbitraries.integers().between(1, 2), channels, Arbitraries.of(1, 2, 13, 49), side, side)
                .as((batch, in, out, h, w) -> new Conv2dGeometry(batch, in, h.size(), w.size(), out, h.kernel(),
                        w.kernel(), h.stride(), w.stride(), h.low(), h.high(), w.low(), w.high(), h.dilation(),
                        w.dilation(), 1))
                .filter(g -> (long) g.outputSize() * g.taps() < 1_000_000);
    }
}
