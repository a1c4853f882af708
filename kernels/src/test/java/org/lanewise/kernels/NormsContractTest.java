package org.lanewise.kernels;

import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * {@link LayerNorm} and {@link BatchNorm}: each result is as near to the reference's as the magnitudes of its terms and the roundings
 * that these pass say. So a term that is wrong by a factor of 1.001 is seen.
 */
@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class NormsContractTest {

    private static final Parallelism SERIAL = Parallelism.serial();
    private static final int L = Backend.current().lanes();
    private static final double U = Rounding.UNIT;

    /** The mean of inputs that are shifted, beside a deviation of 0.6. */
    private static final float SHIFT = 100;

    /** That of layers. */
    private static final float EPS = 1e-5f;

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
            @ForAll("sizes") int columns, @ForAll boolean affine, @ForAll boolean shifted, @ForAll Recipe layout,
            @ForAll long seed) {
        int n = rows * columns;
        Padded x = input(layout, seed, n, shifted);
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
        float[] b = affine ? bias.array() : null;
        Lines lines = Lines.rows(rows, columns, x, w, weight.offset());
        ReferenceLayerNorm.forward(rows, columns, x.array(), x.offset(), w, weight.offset(), b, bias.offset(), EPS,
                expectedY.array(), expectedY.offset(), expectedMean.array(), expectedMean.offset(),
                expectedRstd.array(), expectedRstd.offset());
        LayerNorm.forward(rows, columns, x.array(), x.offset(), w, weight.offset(), b, bias.offset(), EPS, y.array(),
                y.offset(), mean.array(), mean.offset(), rstd.array(), rstd.offset(), SERIAL);
        assertNear(y, expectedY, lines.outputs(expectedY));
        assertNear(mean, expectedMean, lines.means());
        assertNear(rstd, expectedRstd, lines.rstds());

        ReferenceLayerNorm.backward(rows, columns, x.array(), x.offset(), w, weight.offset(), mean.array(),
                mean.offset(), rstd.array(), rstd.offset(), dY.array(), dY.offset(), expectedDx.array(),
                expectedDx.offset());
        LayerNorm.backward(rows, columns, x.array(), x.offset(), w, weight.offset(), mean.array(), mean.offset(),
                rstd.array(), rstd.offset(), dY.array(), dY.offset(), dX.array(), dX.offset(), SERIAL);
        assertNear(dX, expectedDx, lines.gradients(mean, rstd, dY));

        ReferenceLayerNorm.backwardWeight(rows, columns, x.array(), x.offset(), mean.array(), mean.offset(),
                rstd.array(), rstd.offset(), dY.array(), dY.offset(), expectedDweight.array(),
                expectedDweight.offset());
        LayerNorm.backwardWeight(rows, columns, x.array(), x.offset(), mean.array(), mean.offset(), rstd.array(),
                rstd.offset(), dY.array(), dY.offset(), dWeight.array(), dWeight.offset(), SERIAL);
        assertNear(dWeight, expectedDweight, columnGradients(rows, columns, x, mean, rstd, dY));

        LayerNorm.backward(rows, columns, x.array(), x.offset(), w, weight.offset(), mean.array(), mean.offset(),
                rstd.array(), rstd.offset(), dY.array(), dY.offset(), dY.array(), dY.offset(), SERIAL);
        assertSameInPlace(dY, dX);
        LayerNorm.forward(rows, columns, x.array(), x.offset(), w, weight.offset(), b, bias.offset(), EPS, x.array(),
                x.offset(), mean.array(), mean.offset(), rstd.array(), rstd.offset(), SERIAL);
        assertSameInPlace(x, y);
    }

    /** Of dWeight(j), the sum of dY*(x - mean)*r over the rows. */
    private static double[] columnGradients(int rows, int columns, Padded x, Padded mean, Padded rstd, Padded dY) {
        double[] bounds = new double[columns];
        for (int j = 0; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                int at = i * columns + j;
                bounds[j] += Math.abs(((double) x.get(at) - mean.get(i)) * rstd.get(i) * dY.get(at));
            }
            // the difference, its product with r, the reference
            bounds[j] *= Rounding.gamma(Lines.ofColumns(rows) + 3);
        }
        return bounds;
    }

    @Property
    void batchNormAgreesWithReferenceAndWritesNothingElse(@ForAll @IntRange(max = 70) int batch,
            @ForAll("sizes") int channels, @ForAll("pixels") int pixels, @ForAll boolean affine,
            @ForAll boolean shifted, @ForAll Recipe layout, @ForAll long seed) {
        int n = batch * channels * pixels;
        Padded x = input(layout, seed, n, shifted);
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
        Lines lines = Lines.channels(batch, channels, pixels, x, w, weight.offset());
        ReferenceBatchNorm.forward(batch, channels, pixels, x.array(), x.offset(), w, weight.offset(), b, bias.offset(),
                EPS, expectedY.array(), expectedY.offset(), expected[0], expected[1], expected[2]);
        BatchNorm.forward(batch, channels, pixels, x.array(), x.offset(), w, weight.offset(), b, bias.offset(), EPS,
                y.array(), y.offset(), actual[0], actual[1], actual[2], SERIAL);
        assertNear(y, expectedY, lines.outputs(expectedY));
        assertNear(whole(actual[0]), whole(expected[0]), lines.means());
        assertNear(whole(actual[1]), whole(expected[1]), lines.variances());
        assertNear(whole(actual[2]), whole(expected[2]), lines.rstds());

        ReferenceBatchNorm.backward(batch, channels, pixels, x.array(), x.offset(), w, weight.offset(), actual[0],
                actual[2], dY.array(), dY.offset(), expectedDx.array(), expectedDx.offset(), expected[3], expected[4]);
        BatchNorm.backward(batch, channels, pixels, x.array(), x.offset(), w, weight.offset(), actual[0], actual[2],
                dY.array(), dY.offset(), dX.array(), dX.offset(), actual[3], actual[4], SERIAL);
        assertNear(dX, expectedDx, lines.gradients(whole(actual[0]), whole(actual[2]), dY));
        assertNear(whole(actual[3]), whole(expected[3]), lines.weightGradients(whole(actual[0]), whole(actual[2]), dY));
        assertNear(whole(actual[4]), whole(expected[4]), lines.biasGradients(dY));

        BatchNorm.backward(batch, channels, pixels, x.array(), x.offset(), w, weight.offset(), actual[0], actual[2],
                dY.array(), dY.offset(), dY.array(), dY.offset(), actual[3], actual[4], SERIAL);
        assertSameInPlace(dY, dX);
        BatchNorm.forward(batch, channels, pixels, x.array(), x.offset(), w, weight.offset(), b, bias.offset(), EPS,
                x.array(), x.offset(), actual[0], actual[1], actual[2], SERIAL);
        assertSameInPlace(x, y);
    }

    /** The result in place of an operand has the numbers of the one that stands for itself, and nothing else was written. */
    private static void assertSameInPlace(Padded inPlace, Padded expected) {
        assertThat(inPlace.elements()).isEqualTo(expected.elements());
        inPlace.assertNothingElseWritten();
    }

    /** What is normalised together, and how far its results may be from the reference's. */
    private static final class Lines {
        private final int count;
        private final int n;
        /** Of the line and its element, the place in x. */
        private final IntBinaryOperator place;
        /** Of the line and its element, the factor. */
        private final Weight weight;
        /** The roundings that a term passes in a sum over a line. */
        private final int roundings;
        private final Padded x;
        private final double[] mean;
        private final double[] magnitude;
        private final double[] variance;

        @FunctionalInterface
        private interface Weight {
            double at(int line, int k);
        }

        private Lines(int count, int n, IntBinaryOperator place, Weight weight, int roundings, Padded x) {
            this.count = count;
            this.n = n;
            this.place = place;
            this.weight = weight;
            this.roundings = roundings;
            this.x = x;
            mean = new double[count];
            magnitude = new double[count];
            variance = new double[count];
            for (int line = 0; line < count; line++) {
                for (int k = 0; k < n; k++) {
                    mean[line] += (double) x(line, k) / n;
                    magnitude[line] += Math.abs((double) x(line, k)) / n;
                }
                for (int k = 0; k < n; k++) {
                    variance[line] += (x(line, k) - mean[line]) * (x(line, k) - mean[line]) / n;
                }
            }
        }

        static Lines rows(int rows, int columns, Padded x, float[] w, int offset) {
            return new Lines(rows, columns, (i, j) -> i * columns + j, (i, j) -> w == null ? 1 : w[offset + j],
                    ofABlock(columns), x);
        }

        static Lines channels(int batch, int channels, int pixels, Padded x, float[] w, int offset) {
            return new Lines(channels, batch * pixels,
                    (c, k) -> (k / pixels * channels + c) * pixels + k % pixels,
                    (c, k) -> w == null ? 1 : w[offset + c],
                    pixels == 1 ? ofColumns(batch) : ofABlock(pixels), x);
        }

        /** In a sum of so many, of blocks of 1024 that are added in double; see {@link ReductionsContractTest}. */
        static int ofABlock(int terms) {
            int additions = Math.max(0, terms - 1); // in whatever order
            return Math.min(additions, Math.ceilDiv(Math.min(terms, 1024), 2 * L) + 9 + 2 * L);
        }

        /** In the sum of a column: those of a block of 64 rows, and two and a bit of Kahan's addition to the total. */
        static int ofColumns(int terms) {
            return Math.max(0, Math.min(terms, 64) - 1) + 3;
        }

        private float x(int line, int k) {
            return x.get(place.applyAsInt(line, k));
        }

        /** How far the mean in float is from that in double: by the sum, the quotient, and the roundings of both to float. */
        private double offMean(int line) {
            return Rounding.gamma(roundings + 3) * magnitude[line];
        }

        double[] means() {
            return of(this::offMean);
        }

        /** Two roundings of a term more, the quotient, both floats; measured from another mean, a variance is larger by the square. */
        private double offVariance(int line) {
            double square = offMean(line) * offMean(line);
            return Rounding.gamma(roundings + 5) * (variance[line] + square) + square;
        }

        double[] variances() {
            return of(this::offVariance);
        }

        private double r(int line) {
            return 1 / Math.sqrt(variance[line] + EPS);
        }

        /** The relative error of r = (var + eps)^(-1/2), and its rounding to float. */
        private double offR(int line) {
            double e = offVariance(line) / (variance[line] + EPS);
            return e / 2 / Math.pow(1 - e, 1.5) + U;
        }

        double[] rstds() {
            return of(line -> (offR(line) + U) * r(line));
        }

        /** Of (x - mean)*r*weight + bias: the errors of mean and r, four roundings; then the sum's, and the reference's. */
        double[] outputs(Padded y) {
            double[] bounds = new double[count * n];
            for (int line = 0; line < count; line++) {
                double off = offMean(line);
                double offR = offR(line);
                for (int k = 0; k < n; k++) {
                    double d = Math.abs(x(line, k) - mean[line]) + off;
                    double scale = Math.abs(weight.at(line, k)) * r(line);
                    double product = scale * (off + d * (offR + Rounding.gamma(4) * (1 + offR)));
                    int at = place.applyAsInt(line, k);
                    bounds[at] = product + 2 * U * (Math.abs(y.get(at)) + product);
                }
            }
            return bounds;
        }

        /**
         * Of r*(g - sum(g)/n - d*r^2*sum(d*g)/n) with g = dY*weight and d = x - mean: beside those of the sum, a term passes at most
         * nine roundings: of g, d twice, the factors of both terms, their sums, and the reference.
         */
        double[] gradients(Padded means, Padded rstds, Padded dY) {
            double[] bounds = new double[count * n];
            for (int line = 0; line < count; line++) {
                double r = rstds.get(line);
                double sum = 0;
                double dot = 0;
                for (int k = 0; k < n; k++) {
                    sum += g(line, k, dY);
                    dot += g(line, k, dY) * d(line, k, means);
                }
                for (int k = 0; k < n; k++) {
                    bounds[place.applyAsInt(line, k)] = Rounding.gamma(roundings + 9) * r
                            * (g(line, k, dY) + sum / n + d(line, k, means) * r * r * dot / n);
                }
            }
            return bounds;
        }

        private double g(int line, int k, Padded dY) {
            return Math.abs((double) dY.get(place.applyAsInt(line, k)) * weight.at(line, k));
        }

        private double d(int line, int k, Padded means) {
            return Math.abs((double) x(line, k) - means.get(line));
        }

        /** The difference, the product with r, both floats. */
        double[] weightGradients(Padded means, Padded rstds, Padded dY) {
            return of(line -> {
                double dot = 0;
                for (int k = 0; k < n; k++) {
                    dot += Math.abs(dY.get(place.applyAsInt(line, k)) * d(line, k, means));
                }
                return n == 0 ? 0 : Rounding.gamma(roundings + 4) * rstds.get(line) * dot; // of nothing, r is NaN
            });
        }

        double[] biasGradients(Padded dY) {
            return of(line -> {
                double sum = 0;
                for (int k = 0; k < n; k++) {
                    sum += Math.abs(dY.get(place.applyAsInt(line, k)));
                }
                return Rounding.gamma(roundings + 2) * sum;
            });
        }

        private double[] of(IntToDoubleFunction bound) {
            return IntStream.range(0, count).mapToDouble(bound).toArray();
        }
    }

    /** Of rows, and of channels with many pixels and with one: outputs, statistics and gradients. */
    @Property(tries = 5)
    void sameBitsForAnyThreadCount(@ForAll @IntRange(max = 2) int kind, @ForAll long seed) {
        int n = 6 * Chunks.SIZE / 1000 * 1000; // worth several threads
        Recipe layout = new Recipe(3, 0, 1, Recipe.Values.PLAIN, seed);
        Padded x = plain(layout, seed, n);
        Padded dY = plain(layout, seed + 1, n);
        Padded weight = plain(layout, seed + 2, n);
        List<float[]> expected = normalised(kind, n, x, weight, dY, SERIAL);
        for (Parallelism team : Teams.ALL) {
            List<float[]> actual = normalised(kind, n, x, weight, dY, team);
            for (int i = 0; i < actual.size(); i++) {
                assertThat(actual.get(i)).as("result %d", i).isEqualTo(expected.get(i));
            }
        }
    }

    /** y, mean, r, dX, and what else there is. */
    private static List<float[]> normalised(int kind, int n, Padded x, Padded weight, Padded dY, Parallelism team) {
        int lines = kind == 0 ? n / 1000 : kind == 1 ? 5 : 1000;
        float[] y = new float[n];
        float[] dX = new float[n];
        float[] mean = new float[lines];
        float[] rstd = new float[lines];
        if (kind == 0) {
            LayerNorm.forward(lines, 1000, x.array(), x.offset(), weight.array(), weight.offset(), null, 0, EPS, y, 0,
                    mean, 0, rstd, 0, team);
            LayerNorm.backward(lines, 1000, x.array(), x.offset(), weight.array(), weight.offset(), mean, 0, rstd, 0,
                    dY.array(), dY.offset(), dX, 0, team);
            return List.of(y, mean, rstd, dX);
        }
        int batch = kind == 1 ? 4 : n / lines;
        int pixels = n / lines / batch;
        float[] var = new float[lines];
        float[] dWeight = new float[lines];
        float[] dBias = new float[lines];
        BatchNorm.forward(batch, lines, pixels, x.array(), x.offset(), weight.array(), weight.offset(), null, 0, EPS, y,
                0, mean, var, rstd, team);
        BatchNorm.backward(batch, lines, pixels, x.array(), x.offset(), weight.array(), weight.offset(), mean, rstd,
                dY.array(), dY.offset(), dX, 0, dWeight, dBias, team);
        return List.of(y, mean, rstd, dX, var, dWeight, dBias);
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

    /** Around 0, or around a mean that is much larger than the deviation. */
    private static Padded input(Recipe layout, long seed, int n, boolean shifted) {
        Padded x = plain(layout, seed, n);
        return shifted ? x.map(v -> v + SHIFT) : x;
    }

    private static Padded whole(float[] values) {
        return new Padded(values, 0, 1, values.length, values.length);
    }

    private static void assertNear(Padded actual, Padded expected, double[] bounds) {
        Padded magnitude = expected.copy();
        for (int j = 0; j < bounds.length; j++) {
            magnitude.set(0, j, Math.nextUp((float) bounds[j]));
        }
        actual.assertNear(expected, magnitude, 1);
    }
}
