package org.lanewise.autograd;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Arrays come back by their exact length, and are forgotten when nobody asks any more. */
class BufferPoolTest {

    private final BufferPool pool = new BufferPool();

    @Test
    void anArrayComesBack() {
        float[] array = pool.take(10);
        pool.give(array);
        assertThat(pool.take(11)).hasSize(11);
        assertThat(pool.take(10)).isSameAs(array);
        assertThat(pool.take(10)).isNotSameAs(array);
    }

    @Test
    void manyLengthsAreKeptApart() {
        SplittableRandom random = new SplittableRandom(1);
        Set<float[]> taken = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 5000; i++) {
            int length = random.nextInt(1000);
            float[] array = pool.take(length);
            assertThat(array).hasSize(length);
            assertThat(taken.add(array)).as("an array is handed out once").isTrue();
            if (random.nextInt(3) == 0) {
                taken.remove(array);
                pool.give(array);
            }
        }
    }

    /** Sequences of ever new lengths: what is kept stays in proportion to what a step uses. */
    @Test
    void changingLengthsDoNotPileUp() {
        for (int step = 0; step < 1000; step++) {
            float[] a = pool.take(10_000 + step);
            float[] b = pool.take(20_000 + step);
            pool.give(a);
            pool.give(b);
            pool.endGeneration();
            assertThat(pool.freeFloats()).isLessThanOrEqualTo(2 * (30_000 + 2L * step));
        }
    }

    @Test
    void aLengthThatNobodyAsksForIsDropped() {
        float[] array = pool.take(10);
        pool.give(array);
        for (int i = 0; i < 1000; i++) {
            pool.give(pool.take(20));
            pool.endGeneration();
        }
        assertThat(pool.take(10)).isNotSameAs(array);
    }
}
