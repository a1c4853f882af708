package org.lanewise.autograd;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

import com.sun.management.ThreadMXBean;
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

    /** Free arrays of a length that is in use are dropped too, but for those that a step needs. */
    @Test
    void manyArraysOfOneLengthAreDropped() {
        takeAndGive(1000, 1000);
        pool.endGeneration();
        for (int step = 0; step < 2 * BufferPool.KEPT_FOR; step++) {
            takeAndGive(2, 1000);
            pool.endGeneration();
        }
        assertThat(pool.freeFloats()).isEqualTo(2 * 1000);
        assertThat(pool.made()).isEqualTo(1000);
    }

    /** They are dropped at once where they are more than twice what is needed, not only after a while. */
    @Test
    void scratchThatIsTakenAgainCountsOnce() {
        for (int step = 0; step < 200; step++) {
            for (int i = 0; i < 100; i++) {
                pool.give(pool.take(10_000));
            }
            pool.give(pool.take(20_000 + step)); // a new length at each step
            pool.endGeneration();
            assertThat(pool.freeFloats()).isLessThanOrEqualTo(2L * (30_000 + step));
        }
    }

    /** What a step takes in turn, each array before the next, is needed by the next step nevertheless. */
    @Test
    void lengthsThatAreTakenInTurnAreKept() {
        long made = 0;
        for (int step = 0; step < 2000; step++) {
            for (int length = 0; length < 300; length++) {
                pool.give(pool.take(1000 + length));
            }
            pool.endGeneration();
            made = step == 0 ? pool.made() : made;
        }
        assertThat(pool.made()).isEqualTo(made).isEqualTo(300);
    }

    /** Neither arrays nor tables: what the pool itself does must not be seen by the collector either. */
    @Test
    void aStepAllocatesNothing() {
        takeAndGive(1000, 1000);
        for (int step = 0; step < 3000; step++) { // the largest step is forgotten
            smallStep();
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int step = 0; step < 1000; step++) {
            smallStep();
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }

    private void smallStep() {
        float[] a = pool.take(1000);
        float[] b = pool.take(1000);
        pool.give(a);
        pool.give(b);
        pool.endGeneration();
    }

    private void takeAndGive(int count, int length) {
        List<float[]> arrays = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            arrays.add(pool.take(length));
        }
        arrays.forEach(pool::give);
    }
}
