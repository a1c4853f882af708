package org.lanewise.kernels;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceBatchNorm;
import org.lanewise.kernels.reference.ReferenceLayerNorm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * {@link LayerNorm} and {@link BatchNorm}. Values are uniform in [-1, 1), so that the deviation is no smaller than the roundings, and
 * results are compared with the largest magnitude: a few hundred roundings of sums of some hundred terms.
 */
@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class NormsContractTest {

    private static final Parallelism SERIAL = Parallelism.serial();

    /** The roundings of a sum in blocks, of the normalised value, and of what is made of it. */
    private static final double TOLERANCE = Rounding.gamma(1024 / 8 + 32);

    /** With eps as large as a variance, no result depends on the last bits of one. */
    private static final float EPS = 0.1f;

    @Provide
    Arbitrary<Integer> sizes() {
        return Sizes.ofLoops();
    }

    @Provide
    Arbitrary<Integer> pixels() {
        return Arbitraries.of(1, 1, 2, 5, 16, 17, 49, 64, 70);
    }

    @Property
    void layerNormAgreesWithReferenceAndWritesNothingElse(@ForAll @IntRange(max = 70) int rows,
            @ForAll("sizes") int columns, @ForAll boolean affine, @ForAll Recipe layout, @ForAll long seed) {
        int n = rows * columns;
        Padded x = plain(layout, seed, n);
        Padded weight = plain(layout, seed + 1, columns);
        Padded bias = plain(layout, seed + 2, columns);
        Padded dY = plain(layout, seed + 3, n);
        Padded y = plain(layout, seed + 4, n);
        Padded mean = plain(layout, seed + 5, rows);
        Padded rstd = plain(layout, seed + 6, rows);
        Padded dX = y.copy();
        Padded dWeight = weight.copy();
        Padded expectedY = y.copy();
        Padded expectedMean = mean.copy();
        Padded expectedRstd = rstd.copy();
        Padded expectedDx = y.copy();
        Padded expectedDweight = weight.copy();
        float[] w = affine ? weight.array() : null;
        ReferenceLayerNorm.forward(rows, columns, x.array(), x.offset(), w, weight.offset(),
                affine ? bias.array() : null, bias.offset(), EPS, expectedY.array(), expectedY.offset(),
                expectedMean.array(), expectedMean.offset(), expectedRstd.array(), expectedRstd.offset());
        LayerNorm.forward(rows, columns, x.array(), x.offset(), w, weight.offset(), affine ? bias.array() : null,
                bias.offset(), EPS, y.array(), y.offset(), mean.array(), mean.offset(), rstd.array(), rstd.offset(),
                SERIAL);
        assertNear(y, expectedY, 8);
        assertNear(mean, expectedMean, 1);
        assertNear(rstd, expectedRstd, 4);
        ReferenceLayerNorm.backward(rows, columns, x.array(), x.offset(), w, weight.offset(), mean.array(),
                mean.offset(), rstd.array(), rstd.offset(), dY.array(), dY.offset(), expectedDx.array(),
                expectedDx.offset());
        LayerNorm.backward(rows, columns, x.array(), x.offset(), w, weight.offset(), mean.array(), mean.offset(),
                rstd.array(), rstd.offset(), dY.array(), dY.offset(), dX.array(), dX.offset(), SERIAL);
        assertNear(dX, expectedDx, 64);
        ReferenceLayerNorm.backwardWeight(rows, columns, x.array(), x.offset(), mean.array(), mean.offset(),
                rstd.array(), rstd.offset(), dY.array(), dY.offset(), expectedDweight.array(),
                expectedDweight.offset());
        LayerNorm.backwardWeight(rows, columns, x.array(), x.offset(), mean.array(), mean.offset(), rstd.array(),
                rstd.offset(), dY.array(), dY.offset(), dWeight.array(), dWeight.offset());
        assertNear(dWeight, expectedDweight, 8 * Math.sqrt(rows));

        LayerNorm.backward(rows, columns, x.array(), x.offset(), w, weight.offset(), mean.array(), mean.offset(),
                rstd.array(), rstd.offset(), dY.array(), dY.offset(), dY.array(), dY.offset(), SERIAL);
        dY.map(v -> 0).assertSameBits(dX.map(v -> 0)); // nothing else written
        dX.assertSameNumbers(dY);
    }

    @Property
    void batchNormAgreesWithReferenceAndWritesNothingElse(@ForAll @IntRange(max = 70) int batch,
            @ForAll("sizes") int channels, @ForAll("pixels") int pixels, @ForAll boolean affine, @ForAll Recipe layout,
            @ForAll long seed) {
        int n = batch * channels * pixels;
        Padded x = plain(layout, seed, n);
        Padded weight = plain(layout, seed + 1, channels);
        Padded bias = plain(layout, seed + 2, channels);
        Padded dY = plain(layout, seed + 3, n);
        Padded y = plain(layout, seed + 4, n);
        float[][] actual = new float[5][channels];
        float[][] expected = new float[5][channels];
        Padded expectedY = y.copy();
        Padded dX = y.copy();
        Padded expectedDx = y.copy();
        float[] w = affine ? weight.array() : null;
        float[] b = affine ? bias.array() : null;
        ReferenceBatchNorm.forward(batch, channels, pixels, x.array(), x.offset(), w, weight.offset(), b, bias.offset(),
                EPS, expectedY.array(), expectedY.offset(), expected[0], expected[1], expected[2]);
        BatchNorm.forward(batch, channels, pixels, x.array(), x.offset(), w, weight.offset(), b, bias.offset(), EPS,
                y.array(), y.offset(), actual[0], actual[1], actual[2], SERIAL);
        assertNear(y, expectedY, 8);
        for (int k = 0; k < 3; k++) {
            assertNear(whole(actual[k]), whole(expected[k]), 4);
        }
        ReferenceBatchNorm.backward(batch, channels, pixels, x.array(), x.offset(), w, weight.offset(), actual[0],
                actual[2], dY.array(), dY.offset(), expectedDx.array(), expectedDx.offset(), expected[3], expected[4]);
        BatchNorm.backward(batch, channels, pixels, x.array(), x.offset(), w, weight.offset(), actual[0], actual[2],
                dY.array(), dY.offset(), dX.array(), dX.offset(), actual[3], actual[4], SERIAL);
        assertNear(dX, expectedDx, 64);
        for (int k = 3; k < 5; k++) {
            assertNear(whole(actual[k]), whole(expected[k]), 8 * Math.sqrt(Math.max(1, batch * pixels)));
        }
    }

    @Property(tries = 5)
    void sameBitsForAnyThreadCount(@ForAll long seed) {
        Recipe layout = new Recipe(3, 0, 1, Recipe.Values.PLAIN, seed);
        int rows = 6 * Chunks.SIZE / 1000;
        Padded x = plain(layout, seed, rows * 1000);
        Padded weight = plain(layout, seed + 1, 1000);
        float[] mean = new float[1000];
        float[] rstd = new float[1000];
        Padded expected = x.copy();
        LayerNorm.forward(rows, 1000, x.array(), x.offset(), weight.array(), weight.offset(), null, 0, EPS,
                expected.array(), expected.offset(), mean, 0, rstd, 0, SERIAL);
        Padded expectedBatch = x.copy();
        float[] var = new float[1000];
        BatchNorm.forward(rows / 4, 4, 1000, x.array(), x.offset(), null, 0, null, 0, EPS, expectedBatch.array(),
                expectedBatch.offset(), new float[4], var, new float[4], SERIAL);
        for (Parallelism team : Teams.ALL) {
            Padded y = x.copy();
            LayerNorm.forward(rows, 1000, x.array(), x.offset(), weight.array(), weight.offset(), null, 0, EPS,
                    y.array(), y.offset(), mean, 0, rstd, 0, team);
            y.assertSameBits(expected);
            y = x.copy();
            BatchNorm.forward(rows / 4, 4, 1000, x.array(), x.offset(), null, 0, null, 0, EPS, y.array(), y.offset(),
                    new float[4], var, new float[4], team);
            y.assertSameBits(expectedBatch);
        }
    }

    @Example
    void refusesANegativeEps() {
        float[] x = new float[4];
        assertThatThrownBy(() -> LayerNorm.forward(2, 2, x, 0, null, 0, null, 0, -1, x, 0, x, 0, x, 0, SERIAL))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("eps=-1.0 must be finite and not negative");
    }

    private static Padded plain(Recipe layout, long seed, int n) {
        return new Recipe(layout.before(), 0, layout.after(), Recipe.Values.PLAIN, seed).contiguous(n);
    }

    private static Padded whole(float[] values) {
        return new Padded(values, 0, 1, values.length, values.length);
    }

    /** Within so many units of the tolerance, of results whose magnitude is that. */
    private static void assertNear(Padded actual, Padded expected, double magnitude) {
        actual.assertNear(expected, expected.map(v -> 0), 0, TOLERANCE * magnitude);
    }
}
