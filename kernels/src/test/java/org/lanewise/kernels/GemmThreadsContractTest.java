package org.lanewise.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.GemmContractTest.Product;

@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class GemmThreadsContractTest {

    /** Products of every way, all of which seven threads share: 7*64^3 multiply-adds, 7*64K elements. */
    @Provide
    Arbitrary<Product> largeProducts() {
        Arbitrary<Transpose> transpose = Arbitraries.of(Transpose.class);
        return Combinators.combine(transpose, transpose, Arbitraries.of(
                new int[] {37, 331, 151}, new int[] {331, 37, 151}, new int[] {1, 701, 661}, new int[] {701, 1, 661},
                new int[] {5, 701, 661}, new int[] {701, 5, 661}, new int[] {61, 131, 300},
                new int[] {12, 331, 700}, new int[] {200, 120, 110}, new int[] {701, 661, 1}))
                .as((ta, tb, size) -> new Product(ta, tb, size[0], size[1], size[2]));
    }

    @Property(tries = 40)
    void sameBitsForAnyThreadCount(@ForAll("largeProducts") Product product, @ForAll boolean scaled, @ForAll float beta,
            @ForAll Recipe ra,
            @ForAll Recipe rb, @ForAll Recipe rc) {
        Padded a = product.a(ra);
        Padded b = product.b(rb);
        Padded expected = rc.matrix(product.m(), product.n());
        float alpha = scaled ? 1.5f : 1;
        product.run(alpha, a, b, beta, expected, Parallelism.serial());
        for (Parallelism team : Teams.ALL) {
            Padded c = rc.matrix(product.m(), product.n());
            product.run(alpha, a, b, beta, c, team);
            c.assertSameBits(expected);
        }
    }

    @Property(tries = 4)
    void sameBitsForManyCallersOfOneTeam(@ForAll("largeProducts") Product product, @ForAll Recipe ra,
            @ForAll Recipe rb, @ForAll Recipe rc) throws Exception {
        Padded a = product.a(ra);
        Padded b = product.b(rb);
        Callable<Padded> call = () -> {
            Padded c = rc.matrix(product.m(), product.n());
            product.run(1, a, b, 0, c, Teams.THREE);
            return c;
        };
        Padded expected = call.call();
        try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
            List<Future<Padded>> results = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                results.add(callers.submit(call));
            }
            for (Future<Padded> result : results) {
                result.get().assertSameBits(expected);
            }
        }
    }
}
