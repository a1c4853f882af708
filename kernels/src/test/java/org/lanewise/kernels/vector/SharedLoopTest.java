package org.lanewise.kernels.vector;

import java.util.ArrayList;
import java.util.List;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.lanewise.kernels.Parallelism;

import static org.assertj.core.api.Assertions.assertThat;

class SharedLoopTest {

    /** Totals up to the largest int: the end of a part must not overflow. */
    @Property
    void partsCoverTheLoopOnceAndInOrder(@ForAll @IntRange(min = 1, max = Integer.MAX_VALUE) int total,
            @ForAll @IntRange(min = 1, max = 9) int parts) {
        List<Integer> bounds = new ArrayList<>();
        SharedLoop loop = new SharedLoop() {
            @Override
            protected void run(int from, int to) {
                bounds.add(from);
                bounds.add(to);
            }
        };
        loop.share(total, Math.ceilDiv(total, parts), Parallelism.serial());
        assertThat(bounds.getFirst()).isZero();
        assertThat(bounds.getLast()).isEqualTo(total);
        for (int i = 1; i + 1 < bounds.size(); i += 2) {
            assertThat(bounds.get(i)).isEqualTo(bounds.get(i + 1));
        }
    }
}
