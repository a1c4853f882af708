package org.lanewise.kernels;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceReductions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class ReductionsContractTest {

    private static final int L = Backend.current().lanes();

    /**
     * The roundings that a term passes within a block of 1024, which do not grow with n: with two accumulators or four, the
     * additions to one, those of a last incomplete round, of the accumulators, of the lanes and of the scalar tail.
     */
    private static final int BLOCK_ROUNDINGS = 1024 / (2 * L) + 3 + 2 + 4 + 2 * L;

    @Provide
    Arbitrary<Integer> lengths() {
        return Arbitraries.frequencyOf(Tuple.of(20, Sizes.ofLoops()),
                Tuple.of(5, Arbitraries.of(1023, 1024, 1025, 5000)), Tuple.of(1, Arbitraries.just(100_003)));
    }

    @Property
    void errorOfSumDoesNotGrowWithItsLength(@ForAll("lengths") int n, @ForAll Recipe recipe) {
        Padded x = recipe.contiguous(n);
        double magnitude = ReferenceReductions.sum(n, x.abs().array(), x.offset());
        assertThat(Reductions.sum(n, x.array(), x.offset())).isCloseTo(
                ReferenceReductions.sum(n, x.array(), x.offset()), within(Rounding.gamma(BLOCK_ROUNDINGS) * magnitude));
    }

    /** Errors of random terms cancel; those of equal terms all have one sign, until the sum passes a power of two. */
    @Example
    void errorOfAMillionEqualTermsIsThatOfABlock() {
        float[] x = new float[1 << 20];
        Arrays.fill(x, 0.1f);
        double exact = x.length * (double) 0.1f;
        assertThat(Reductions.sum(x.length, x, 0))
                .isCloseTo(exact, within(Rounding.gamma(BLOCK_ROUNDINGS) * exact));
    }

    @Property
    void errorOfSumOfSquaresDoesNotGrowWithItsLength(@ForAll("lengths") int n, @ForAll Recipe ra, @ForAll Recipe rb) {
        Padded a = ra.contiguous(n);
        Padded b = rb.contiguous(n);
        double expected = ReferenceReductions.sumOfSquaredDifferences(n, a.array(), a.offset(), b.array(), b.offset());
        // The difference is rounded before it is squared: two more.
        assertThat(Reductions.sumOfSquaredDifferences(n, a.array(), a.offset(), b.array(), b.offset()))
                .isCloseTo(expected, within(Rounding.gamma(BLOCK_ROUNDINGS + 2) * expected));
    }

    @Property
    void columnSumsAgreeWithReferenceAndWriteNothingElse(@ForAll("rows") int m, @ForAll("columns") int n,
            @ForAll float beta, @ForAll Recipe ra, @ForAll Recipe ry) {
        Padded a = ra.matrix(m, n);
        Padded y = unreadIfZero(beta, ry.contiguous(n));
        Padded expected = expectedColumnSums(m, n, a, beta, y);
        Padded magnitude = expectedColumnSums(m, n, a.abs(), Math.abs(beta), y.abs());
        Reductions.columnSums(m, n, a.array(), a.offset(), a.ld(), beta, y.array(), y.offset(),
                Parallelism.serial());
        // 64 rows are summed before they are added to the total; 1 for beta, the reference and the magnitude each.
        y.assertNear(expected, magnitude, Rounding.gamma(64 + Math.ceilDiv(m, 64) + 3));
    }

    /** Columns enough for several parts, with a tail. */
    @Property(tries = 10)
    void threadsChangeNoBitOfColumns(@ForAll @IntRange(min = 150, max = 200) int m, @ForAll Reduction reduction,
            @ForAll Recipe recipe) {
        Padded a = recipe.matrix(m, 1003);
        float[] expected = new float[1003];
        Reductions.columns(reduction, m, 1003, a.array(), a.offset(), a.ld(), expected, 0, Parallelism.serial());
        for (Parallelism team : Teams.ALL) {
            float[] y = new float[1003];
            Reductions.columns(reduction, m, 1003, a.array(), a.offset(), a.ld(), y, 0, team);
            assertThat(y).isEqualTo(expected);
        }
    }

    private static Padded expectedColumnSums(int m, int n, Padded a, float beta, Padded y) {
        Padded result = y.copy();
        ReferenceReductions.columnSums(m, n, a.array(), a.offset(), a.ld(), beta, result.array(), result.offset());
        return result;
    }

    @Property
    void channelSumsAgreeWithReferenceAndWriteNothingElse(@ForAll @IntRange(max = 3) int batch,
            @ForAll @IntRange(max = 4) int channels, @ForAll("columns") int pixels, @ForAll float beta,
            @ForAll Recipe rx, @ForAll Recipe ry) {
        Padded x = rx.contiguous(batch * channels * pixels);
        Padded y = unreadIfZero(beta, ry.contiguous(channels));
        Padded expected = expectedChannelSums(batch, channels, pixels, x, beta, y);
        Padded magnitude = expectedChannelSums(batch, channels, pixels, x.abs(), Math.abs(beta), y.abs());
        Reductions.channelSums(batch, channels, pixels, x.array(), x.offset(), beta, y.array(), y.offset());
        y.assertNear(expected, magnitude, Rounding.gamma(BLOCK_ROUNDINGS + 3));
    }

    private static Padded expectedChannelSums(int batch, int channels, int pixels, Padded x, float beta, Padded y) {
        Padded result = y.copy();
        ReferenceReductions.channelSums(batch, channels, pixels, x.array(), x.offset(), beta, result.array(),
                result.offset());
        return result;
    }

    /** Of a sum of squares there are 2 roundings more in a term, and the root halves relative errors. */
    @Property
    void reductionsAgreeWithReference(@ForAll Reduction reduction, @ForAll("lengths") int n, @ForAll Recipe recipe) {
        Padded x = recipe.contiguous(n);
        double expected = ReferenceReductions.reduce(reduction, n, x.array(), x.offset(), 1);
        double actual = Reductions.reduce(reduction, n, x.array(), x.offset());
        assertNear(actual, expected, bound(reduction, BLOCK_ROUNDINGS + 2, n, x, x.offset(), 1));
    }

    @Property
    void rowsAgreeWithReferenceAndWriteNothingElse(@ForAll Reduction reduction, @ForAll @IntRange(max = 4) int m,
            @ForAll("lengths") int n, @ForAll Recipe ra, @ForAll Recipe ry) {
        Padded a = ra.matrix(m, n);
        Padded y = ry.contiguous(m);
        Reductions.rows(reduction, m, n, a.array(), a.offset(), a.ld(), y.array(), y.offset(), Parallelism.serial());
        for (int i = 0; i < m; i++) {
            int at = a.offset() + i * a.ld();
            double expected = ReferenceReductions.reduce(reduction, n, a.array(), at, 1);
            assertNear(y.get(i), expected, bound(reduction, BLOCK_ROUNDINGS + 3, n, a, at, 1));
        }
        y.assertNothingElseWritten();
    }

    @Property(tries = 20)
    void rowsHaveTheSameBitsForAnyThreadCount(@ForAll Reduction reduction, @ForAll Recipe recipe) {
        int m = 7;
        int n = Chunks.SIZE + 5;
        Padded a = recipe.matrix(m, n);
        float[] expected = new float[m];
        Reductions.rows(reduction, m, n, a.array(), a.offset(), a.ld(), expected, 0, Parallelism.serial());
        for (Parallelism team : Teams.ALL) {
            float[] y = new float[m];
            Reductions.rows(reduction, m, n, a.array(), a.offset(), a.ld(), y, 0, team);
            assertThat(y).isEqualTo(expected);
        }
    }

    @Property
    void columnsAgreeWithReferenceAndWriteNothingElse(@ForAll Reduction reduction, @ForAll("rows") int m,
            @ForAll("columns") int n, @ForAll Recipe ra, @ForAll Recipe ry) {
        Padded a = ra.matrix(m, n);
        Padded y = ry.contiguous(n);
        Reductions.columns(reduction, m, n, a.array(), a.offset(), a.ld(), y.array(), y.offset(), Parallelism.serial());
        for (int j = 0; j < n; j++) {
            double expected = ReferenceReductions.reduce(reduction, m, a.array(), a.offset() + j, a.ld());
            // blocks of 64 rows, their compensated sum, the quotient
            assertNear(y.get(j), expected, bound(reduction, 64 + 2 + 6, m, a, a.offset() + j, a.ld()));
        }
        y.assertNothingElseWritten();
    }

    private static void assertNear(double actual, double expected, double bound) {
        if (Double.isNaN(expected) || Double.isInfinite(expected)) {
            assertThat(Double.compare(actual, expected)).isZero();
        } else {
            assertThat(actual).isCloseTo(expected, within(bound));
        }
    }

    /**
     * Roundings times the sum of the magnitudes of what is summed. A variance is measured from the mean in float, which is off by its own
     * error, a relative one of the mean magnitude; it adds the square of that.
     */
    private static double bound(Reduction reduction, int roundings, int n, Padded x, int from, int step) {
        double magnitude = 0;
        double largest = 0;
        for (int i = 0; i < n; i++) {
            double v = Math.abs(x.array()[from + i * step]);
            magnitude += v;
            largest = Math.max(largest, v);
        }
        double gamma = Rounding.gamma(roundings);
        return switch (reduction) {
            case SUM -> gamma * magnitude;
            case MEAN -> gamma * magnitude / n;
            case MAX -> 0;
            case VARIANCE, POPULATION_VARIANCE -> {
                double offMean = gamma * magnitude / n;
                double variance = ReferenceReductions.reduce(reduction, n, x.array(), from, step);
                double ofDifferences = 4 * Rounding.UNIT * largest * Math.sqrt(variance);
                yield gamma * variance + 2 * offMean * offMean + ofDifferences + gamma * gamma * largest * largest;
            }
            case NORM -> gamma * ReferenceReductions.reduce(reduction, n, x.array(), from, step);
        };
    }

    @Property
    void argmaxIsTheFirstPlaceOfTheLargest(@ForAll("lengths") int length, @ForAll Recipe recipe,
            @ForAll @IntRange(max = 3) int nans) {
        int n = Math.max(1, length);
        Padded x = recipe.contiguous(n).map(v -> Math.round(v * 4)); // ties
        for (int k = 0; k < nans; k++) {
            x.set(0, Math.floorMod(recipe.seed() * (k + 1), n), Float.NaN);
        }
        int expected = 0;
        for (int i = 1; i < n; i++) {
            if (Float.compare(x.get(i) + 0f, x.get(expected) + 0f) > 0) { // + 0: zeros of both signs are equal
                expected = i;
            }
        }
        assertThat(Reductions.argmax(n, x.array(), x.offset())).isEqualTo(expected);
        assertThat(ReferenceReductions.argmax(n, x.array(), x.offset(), 1)).isEqualTo(expected);
    }

    /** Also where the faster way finds a NaN that is the sum of two infinities, or a -0 that stands beside a 0. */
    @Property
    void maximumOfUnusualNumbersHasTheBitsOfMathMax(@ForAll("lengths") int length, @ForAll Recipe recipe,
            @ForAll @Size(min = 1, max = 3) List<@From("unusual") Float> values) {
        int n = Math.max(1, length);
        Padded x = recipe.contiguous(n).map(v -> -Math.abs(v));
        Random random = new Random(recipe.seed());
        boolean few = random.nextBoolean();
        for (int i = 0; i < n; i++) {
            if (!few || random.nextInt(n) == 0) {
                x.set(0, i, values.get(random.nextInt(values.size())));
            }
        }
        float max = x.get(0);
        for (int i = 1; i < n; i++) {
            max = Math.max(max, x.get(i));
        }
        float found = (float) Reductions.reduce(Reduction.MAX, n, x.array(), x.offset());
        assertThat(Float.floatToIntBits(found)).isEqualTo(Float.floatToIntBits(max));
    }

    @Provide
    Arbitrary<Float> unusual() {
        return Arbitraries.of(-0f, 0f, Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, -1f,
                Float.MAX_VALUE,
                -Float.MAX_VALUE);
    }

    @Example
    void normsNeitherOverflowNorUnderflow() {
        float[] x = {3e30f, 4e30f, 0, 0};
        assertThat(Reductions.reduce(Reduction.NORM, 4, x, 0)).isCloseTo(5e30, within(1e24));
        float[] tiny = {3e-30f, 4e-30f, 0, 0};
        assertThat(Reductions.reduce(Reduction.NORM, 4, tiny, 0)).isCloseTo(5e-30, within(1e-36));
        float[] y = new float[2];
        Reductions.columns(Reduction.NORM, 2, 2, new float[] {3e30f, 1, 4e30f, 2}, 0, 2, y, 0, Parallelism.serial());
        assertThat((double) y[0]).isCloseTo(5e30, within(1e24));
    }

    private static Padded unreadIfZero(float beta, Padded old) {
        return beta == 0 ? old.map(v -> Float.NaN) : old;
    }

    @Provide
    Arbitrary<Integer> rows() {
        return Arbitraries.of(0, 1, 2, 3, 63, 64, 65, 200);
    }

    @Provide
    Arbitrary<Integer> columns() {
        return Sizes.ofLoops();
    }
}
