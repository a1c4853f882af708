package org.lanewise.kernels;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;
import org.lanewise.kernels.Recipe.Values;

/** What properties are tried with: {@code @ForAll Recipe} of any layout and any values, {@code @ForAll float} as a factor. */
final class Operands extends DomainContextBase {

    @Provide
    Arbitrary<Recipe> recipes() {
        Arbitrary<Integer> gap = Arbitraries.of(0, 1, 2, 3, 5, 8);
        return Combinators.combine(gap, gap, gap, Arbitraries.of(Values.class),
                Arbitraries.longs().withoutEdgeCases().dontShrink()).as(Recipe::new);
    }

    /** alpha and beta: 0 and 1 have ways of their own in most kernels. */
    @Provide
    Arbitrary<Float> factors() {
        return Arbitraries.of(0f, 1f, -1f, 0.3f, -2.5f);
    }
}
