package org.lanewise.kernels;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceGemm;

@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class GemvContractTest {

    /** The sizes of A as stored. */
    record Product(Transpose trans, int m, int n) {

        int outputs() {
            return trans == Transpose.NO ? m : n;
        }

        int terms() {
            return trans == Transpose.NO ? n : m;
        }

        void run(float alpha, Padded a, Padded x, float beta, Padded y, Parallelism parallelism) {
            Gemv.sgemv(trans, m, n, alpha, a.array(), a.offset(), a.ld(), x.array(), x.offset(), x.ld(),
                    beta, y.array(), y.offset(), y.ld(), parallelism);
        }

        Padded expected(float alpha, Padded a, Padded x, float beta, Padded y) {
            boolean transposed = trans == Transpose.YES;
            Padded result = y.copy();
            ReferenceGemm.sgemm(outputs(), 1, terms(), alpha,
                    a.array(), a.offset(), transposed ? 1 : a.ld(), transposed ? a.ld() : 1,
                    x.array(), x.offset(), x.ld(), 1, beta, result.array(), result.offset(), result.ld());
            return result;
        }

        void check(float alpha, Padded a, Padded x, float beta, Padded y) {
            Padded expected = expected(alpha, a, x, beta, y);
            Padded magnitude = expected(Math.abs(alpha), a.abs(), x.abs(), Math.abs(beta), y.abs());
            run(alpha, a, x, beta, y, Parallelism.serial());
            // At most one rounding for each term, whatever the order, 1 for alpha, 1 for beta*y added, 1 for the magnitude, and
            // those of the reference.
            y.assertNear(expected, magnitude, Rounding.gamma(terms() + 3 + Rounding.ofReference(terms() + 2)));
        }
    }

    @Provide
    Arbitrary<Product> products() {
        return Combinators.combine(Arbitraries.of(Transpose.class), Sizes.ofLoops(), Sizes.ofLoops()).as(Product::new);
    }

    @Property
    void agreesWithReferenceAndWritesNothingElse(@ForAll("products") Product product, @ForAll float alpha,
            @ForAll float beta, @ForAll Recipe a, @ForAll Recipe x, @ForAll Recipe y) {
        product.check(alpha, a.matrix(product.m(), product.n()), x.strided(product.terms()), beta,
                y.strided(product.outputs()));
    }

    @Property
    void betaZeroIgnoresNanInY(@ForAll("products") Product product, @ForAll float alpha, @ForAll Recipe a,
            @ForAll Recipe x, @ForAll Recipe y) {
        product.check(alpha, a.matrix(product.m(), product.n()), x.strided(product.terms()), 0,
                y.strided(product.outputs()).map(v -> Float.NaN));
    }

    @Property
    void alphaZeroDoesNotReadAOrX(@ForAll("products") Product product, @ForAll float beta, @ForAll Recipe a,
            @ForAll Recipe x, @ForAll Recipe ry) {
        Padded y = ry.strided(product.outputs());
        Padded scaled = y.map(v -> beta == 0 ? 0 : beta * v);
        product.run(0, a.matrix(product.m(), product.n()).map(v -> Float.NaN),
                x.strided(product.terms()).map(v -> Float.NaN), beta, y, Parallelism.serial());
        y.assertSameBits(scaled);
    }

    /** Seven threads share 7 * 64K elements. */
    @Property(tries = 12)
    void sameBitsForAnyThreadCount(@ForAll Transpose trans, @ForAll("largeSizes") Tuple.Tuple2<Integer, Integer> size,
            @ForAll float beta, @ForAll Recipe ra, @ForAll Recipe rx, @ForAll Recipe ry) {
        Product product = new Product(trans, size.get1(), size.get2());
        Padded a = ra.matrix(product.m(), product.n());
        Padded x = rx.strided(product.terms());
        Padded expected = ry.strided(product.outputs());
        product.run(1.5f, a, x, beta, expected, Parallelism.serial());
        for (Parallelism team : Teams.ALL) {
            Padded y = ry.strided(product.outputs());
            product.run(1.5f, a, x, beta, y, team);
            y.assertSameBits(expected);
        }
    }

    @Provide
    Arbitrary<Tuple.Tuple2<Integer, Integer>> largeSizes() {
        return Arbitraries.of(Tuple.of(701, 661), Tuple.of(4099, 113), Tuple.of(113, 4099));
    }
}
