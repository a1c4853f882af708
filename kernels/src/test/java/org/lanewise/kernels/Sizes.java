package org.lanewise.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Sizes at which a loop begins, ends or leaves a rest. */
final class Sizes {

    private static final int L = Backend.current().lanes();

    private Sizes() {
    }

    /** 0, 1, some primes, and the neighbours of one, two and four vectors. */
    static Arbitrary<Integer> ofLoops() {
        return around(1, 3, 5, 7, 13, L, 2 * L, 4 * L);
    }

    /** Rows of C: micro-kernels have 4, 6, 8 or 12. */
    static Arbitrary<Integer> ofRows() {
        return around(1, 4, 6, 8, 12, 18, 24);
    }

    /** Columns of C: micro-kernels have 2 vectors. */
    static Arbitrary<Integer> ofColumns() {
        return around(1, 5, L, 2 * L, 3 * L);
    }

    /**
     * Steps of a sum. 400 is above the 256 of a block, so the sum goes through C more than once.
     */
    static Arbitrary<Integer> ofSteps() {
        return Arbitraries.frequencyOf(Tuple.of(15, around(1, 7, L, 31)), Tuple.of(1, Arbitraries.just(400)));
    }

    private static Arbitrary<Integer> around(int... edges) {
        TreeSet<Integer> sizes = new TreeSet<>();
        for (int edge : edges) {
            sizes.addAll(List.of(edge - 1, edge, edge + 1));
        }
        return Arbitraries.of(new ArrayList<>(sizes));
    }
}
