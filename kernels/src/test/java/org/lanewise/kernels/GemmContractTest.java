package org.lanewise.kernels;

import java.util.Arrays;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceGemm;

import static org.assertj.core.api.Assertions.assertThat;

@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class GemmContractTest {

    /** The sizes of a product and how its operands are stored. */
    record Product(Transpose transA, Transpose transB, int m, int n, int k) {

        Padded a(Recipe recipe) {
            return transA == Transpose.NO ? recipe.matrix(m, k) : recipe.matrix(k, m);
        }

        Padded b(Recipe recipe) {
            return transB == Transpose.NO ? recipe.matrix(k, n) : recipe.matrix(n, k);
        }

        void run(float alpha, Padded a, Padded b, float beta, Padded c, Parallelism parallelism) {
            Gemm.sgemm(transA, transB, m, n, k, alpha, a.array(), a.offset(), a.ld(), b.array(), b.offset(), b.ld(),
                    beta, c.array(), c.offset(), c.ld(), parallelism);
        }

        /** What {@link #run} should make of c. */
        Padded expected(float alpha, Padded a, Padded b, float beta, Padded c) {
            boolean ta = transA == Transpose.YES;
            boolean tb = transB == Transpose.YES;
            Padded result = c.copy();
            ReferenceGemm.sgemm(m, n, k, alpha, a.array(), a.offset(), ta ? 1 : a.ld(), ta ? a.ld() : 1,
                    b.array(), b.offset(), tb ? 1 : b.ld(), tb ? b.ld() : 1,
                    beta, result.array(), result.offset(), result.ld());
            return result;
        }

        /** Runs the product on c and compares it with the reference, which in turn says what error is allowed. */
        void check(float alpha, Padded a, Padded b, float beta, Padded c) {
            Padded expected = expected(alpha, a, b, beta, c);
            Padded magnitude = expected(Math.abs(alpha), a.abs(), b.abs(), Math.abs(beta), c.abs());
            run(alpha, a, b, beta, c, Parallelism.serial());
            // Of a product: 1 rounding for alpha and at most k + 1 for the sum (a sum cut into blocks has fewer). Of beta*C: 1
            // and those of the sum. 1 each for beta*C added and the magnitude, and those of the reference.
            c.assertNear(expected, magnitude, Rounding.gamma(k + 4 + Rounding.ofReference(k + 2)));
        }
    }

    @Provide
    Arbitrary<Product> products() {
        Arbitrary<Transpose> transpose = Arbitraries.of(Transpose.class);
        return Combinators.combine(transpose, transpose, Sizes.ofRows(), Sizes.ofColumns(), Sizes.ofSteps())
                .as(Product::new);
    }

    /** Products that have at least one element of C and one step. */
    @Provide
    Arbitrary<Product> fullProducts() {
        return products().filter(p -> p.m() > 0 && p.n() > 0 && p.k() > 0);
    }

    @Property
    void agreesWithReferenceAndWritesNothingOutsideC(@ForAll("products") Product product, @ForAll float alpha,
            @ForAll float beta, @ForAll Recipe a, @ForAll Recipe b, @ForAll Recipe c) {
        product.check(alpha, product.a(a), product.b(b), beta, c.matrix(product.m(), product.n()));
    }

    /** Products of several blocks in each direction: in all that a machine's caches make of it, few rows and many, wide and narrow. */
    @Property(tries = 12)
    void agreesWithReferenceOverManyBlocks(@ForAll Transpose transA, @ForAll Transpose transB,
            @ForAll("blocks") int[] size,
            @ForAll float alpha, @ForAll float beta, @ForAll Recipe a, @ForAll Recipe b, @ForAll Recipe c) {
        Product product = new Product(transA, transB, size[0], size[1], size[2]);
        product.check(alpha, product.a(a), product.b(b), beta, c.matrix(product.m(), product.n()));
    }

    @Provide
    Arbitrary<int[]> blocks() {
        // more rows and fewer than a block of A, more columns and fewer than a block of B, of 2 MB of L2 and of 512 KB
        return Arbitraries.of(new int[] {301, 1101, 67}, new int[] {1403, 1101, 5}, new int[] {61, 1101, 130},
                new int[] {301, 57, 600});
    }

    /** Few rows or columns, up to those that go another way, and what is added or multiplied by dot products. */
    @Property(tries = 50)
    void agreesWithReferenceForSkinnyProducts(@ForAll Transpose transA, @ForAll Transpose transB,
            @ForAll("skinny") int[] size, @ForAll boolean fewRows,
            @ForAll float alpha, @ForAll float beta, @ForAll Recipe a, @ForAll Recipe b, @ForAll Recipe c) {
        int m = fewRows ? size[0] : size[1];
        int n = fewRows ? size[1] : size[0];
        Product product = new Product(transA, transB, m, n, size[2]);
        product.check(alpha, product.a(a), product.b(b), beta, c.matrix(m, n));
    }

    @Provide
    Arbitrary<int[]> skinny() {
        return Arbitraries.of(new int[] {2, 1029, 70}, new int[] {3, 41, 1030}, new int[] {4, 1100, 33},
                new int[] {5, 70, 521}, new int[] {8, 333, 259}, new int[] {12, 130, 300}, new int[] {13, 37, 420},
                new int[] {16, 21, 517}, new int[] {17, 21, 517});
    }

    @Property
    void readsAAndBOnly(@ForAll("products") Product product, @ForAll Recipe ra, @ForAll Recipe rb, @ForAll Recipe rc) {
        Padded a = product.a(ra);
        Padded b = product.b(rb);
        Padded aBefore = a.copy();
        Padded bBefore = b.copy();
        product.run(1, a, b, 1, rc.matrix(product.m(), product.n()), Parallelism.serial());
        a.assertSameBits(aBefore);
        b.assertSameBits(bBefore);
    }

    @Property
    void betaZeroIgnoresNanInC(@ForAll("products") Product product, @ForAll float alpha, @ForAll Recipe a,
            @ForAll Recipe b, @ForAll Recipe c) {
        product.check(alpha, product.a(a), product.b(b), 0, c.matrix(product.m(), product.n()).map(v -> Float.NaN));
    }

    @Property
    void alphaZeroDoesNotReadAOrB(@ForAll("products") Product product, @ForAll float beta, @ForAll Recipe ra,
            @ForAll Recipe rb, @ForAll Recipe rc) {
        Padded c = rc.matrix(product.m(), product.n());
        Padded scaled = c.map(v -> beta == 0 ? 0 : beta * v);
        product.run(0, product.a(ra).map(v -> Float.NaN), product.b(rb).map(v -> Float.NaN), beta, c,
                Parallelism.serial());
        c.assertSameBits(scaled);
    }

    @Property
    void emptySumLeavesBetaTimesC(@ForAll("products") Product any, @ForAll float alpha, @ForAll float beta,
            @ForAll Recipe ra, @ForAll Recipe rb, @ForAll Recipe rc) {
        Product product = new Product(any.transA(), any.transB(), any.m(), any.n(), 0);
        Padded c = rc.matrix(product.m(), product.n());
        Padded scaled = c.map(v -> beta == 0 ? 0 : beta * v);
        product.run(alpha, product.a(ra), product.b(rb), beta, c, Parallelism.serial());
        c.assertSameBits(scaled);
    }

    @Property
    void nonFiniteElementOfASpreadsOverItsRowOnly(@ForAll("fullProducts") Product product, @ForAll float alpha,
            @ForAll("nonFinite") float poison, @ForAll Recipe ra, @ForAll Recipe rb, @ForAll Recipe rc) {
        Assume.that(alpha != 0);
        int i = ra.pick(product.m());
        int p = rb.pick(product.k());
        Padded a = product.a(ra);
        if (product.transA() == Transpose.NO) {
            a.set(i, p, poison);
        } else {
            a.set(p, i, poison);
        }
        Padded c = rc.matrix(product.m(), product.n());
        product.check(alpha, a, product.b(rb), 1, c);
        for (int row = 0; row < product.m(); row++) {
            for (int j = 0; j < product.n(); j++) {
                assertThat(Float.isFinite(c.get(row, j))).isEqualTo(row != i);
            }
        }
    }

    @Property
    void nonFiniteElementOfBSpreadsOverItsColumnOnly(@ForAll("fullProducts") Product product, @ForAll float alpha,
            @ForAll("nonFinite") float poison, @ForAll Recipe ra, @ForAll Recipe rb, @ForAll Recipe rc) {
        Assume.that(alpha != 0);
        int p = ra.pick(product.k());
        int j = rb.pick(product.n());
        Padded b = product.b(rb);
        if (product.transB() == Transpose.NO) {
            b.set(p, j, poison);
        } else {
            b.set(j, p, poison);
        }
        Padded c = rc.matrix(product.m(), product.n());
        product.check(alpha, product.a(ra), b, 1, c);
        for (int i = 0; i < product.m(); i++) {
            for (int column = 0; column < product.n(); column++) {
                assertThat(Float.isFinite(c.get(i, column))).isEqualTo(column != j);
            }
        }
    }

    @Provide
    Arbitrary<Float> nonFinite() {
        return Arbitraries.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    }

    @Property
    void epilogueIsABiasAndAReluAfterTheProduct(@ForAll("products") Product product, @ForAll Epilogue.Bias bias,
            @ForAll boolean relu, @ForAll float alpha, @ForAll float beta, @ForAll("teams") Parallelism team,
            @ForAll Recipe ra, @ForAll Recipe rb, @ForAll Recipe rc) {
        Padded values = rb.contiguous(bias == Epilogue.Bias.ROW ? product.m() : product.n());
        Epilogue epilogue = new Epilogue(bias, values.array(), values.offset(), relu);
        Padded a = product.a(ra);
        Padded b = product.b(rb);
        Padded c = rc.matrix(product.m(), product.n());
        Padded expected = c.copy();
        product.run(alpha, a, b, beta, expected, Parallelism.serial());
        finish(epilogue, expected);
        Gemm.sgemm(product.transA(), product.transB(), product.m(), product.n(), product.k(), alpha, a.array(),
                a.offset(), a.ld(), b.array(), b.offset(), b.ld(), beta, c.array(), c.offset(), c.ld(), epilogue, team);
        c.assertSameNumbers(expected);
        c.assertNothingElseWritten();
    }

    private static void finish(Epilogue epilogue, Padded c) {
        ReferenceGemm.finish(epilogue, c.rows(), c.columns(), c.array(), c.offset(), c.ld());
    }

    @Property
    void packedOperandsGiveTheProduct(@ForAll("products") Product product, @ForAll float alpha, @ForAll float beta,
            @ForAll Epilogue.Bias bias, @ForAll("teams") Parallelism team,
            @ForAll Recipe ra, @ForAll Recipe rb, @ForAll Recipe rc) {
        Padded values = rb.contiguous(bias == Epilogue.Bias.ROW ? product.m() : product.n());
        Epilogue epilogue = new Epilogue(bias, values.array(), values.offset(), false);
        Padded a = product.a(ra);
        Padded b = product.b(rb);
        Padded c = rc.matrix(product.m(), product.n());
        Padded expected = product.expected(alpha, a, b, beta, c);
        Padded magnitude = product.expected(Math.abs(alpha), a.abs(), b.abs(), Math.abs(beta), c.abs());
        finish(epilogue, expected);
        Padded sizes = values.abs();
        finish(new Epilogue(bias, sizes.array(), sizes.offset(), false), magnitude);
        Padded c2 = c.copy();
        PackedMatrix left = PackedMatrix.left(product.transA(), product.m(), product.k(), alpha, a.array(), a.offset(),
                a.ld());
        Gemm.sgemm(left, product.transB(), product.n(), b.array(), b.offset(), b.ld(), beta, c.array(), c.offset(),
                c.ld(), epilogue, team);
        PackedMatrix right = PackedMatrix.right(product.transB(), product.k(), product.n(), b.array(), b.offset(),
                b.ld());
        Gemm.sgemm(product.transA(), product.m(), alpha, a.array(), a.offset(), a.ld(), right, beta, c2.array(),
                c2.offset(), c2.ld(), epilogue, team);
        // as in check, and one rounding each for the bias here, in the reference and in the magnitude
        double bound = Rounding.gamma(product.k() + 7 + Rounding.ofReference(product.k() + 2));
        c.assertNear(expected, magnitude, bound);
        c2.assertNear(expected, magnitude, bound);
    }

    @Property
    void batchedProductsAreTheProductsOneByOne(@ForAll("products") Product product, @ForAll float alpha,
            @ForAll float beta, @ForAll("batches") int batch, @ForAll("teams") Parallelism team,
            @ForAll boolean oneA, @ForAll boolean beside, @ForAll Recipe ra, @ForAll Recipe rb, @ForAll Recipe rc) {
        int m = product.m();
        int n = product.n();
        Padded a = product.a(ra);
        Padded b = product.b(rb);
        int aStride = oneA ? 0 : 3;
        int bStride = 5;
        float[] as = Arrays.copyOf(a.array(), a.array().length + batch * aStride);
        float[] bs = Arrays.copyOf(b.array(), b.array().length + batch * bStride);
        // in rows of batch * n, or as blocks of rows
        Padded c = beside ? rc.matrix(m, batch * n) : rc.matrix(batch * m, n);
        int cStride = beside ? n : m * c.ld();
        Padded expected = c.copy();
        for (int i = 0; i < batch; i++) {
            Gemm.sgemm(product.transA(), product.transB(), m, n, product.k(), alpha, as, a.offset() + i * aStride,
                    a.ld(),
                    bs, b.offset() + i * bStride, b.ld(), beta, expected.array(), c.offset() + i * cStride, c.ld(),
                    Parallelism.serial());
        }
        Gemm.sgemmBatched(batch, product.transA(), product.transB(), m, n, product.k(), alpha, as, a.offset(), a.ld(),
                aStride, bs, b.offset(), b.ld(), bStride, beta, c.array(), c.offset(), c.ld(), cStride, team);
        c.assertSameNumbers(expected);
        c.assertNothingElseWritten();
    }

    @Provide
    Arbitrary<Integer> batches() {
        return Arbitraries.of(0, 1, 2, 5, 9);
    }

    @Provide
    Arbitrary<Parallelism> teams() {
        return Arbitraries.of(Teams.ALL);
    }
}
