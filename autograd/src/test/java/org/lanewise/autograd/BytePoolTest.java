package org.lanewise.autograd;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The k-th array serves the k-th request, and does not stay longer than the requests are. */
class BytePoolTest {

    private final BytePool pool = new BytePool();

    @Test
    void theSameRequestsGetTheSameArrays() {
        byte[] first = pool.take(10);
        byte[] second = pool.take(20);
        assertThat(first).hasSize(10);
        assertThat(second).hasSize(20).isNotSameAs(first);
        for (int step = 0; step < 1000; step++) {
            pool.endGeneration();
            assertThat(pool.take(10)).isSameAs(first);
            assertThat(pool.take(15 + step % 6)).isSameAs(second);
        }
    }

    @Test
    void aLongArrayIsDroppedWhenShortOnesAreAskedFor() {
        pool.take(1_000_000);
        pool.take(1_000_000);
        for (int step = 0; step < 2 * BufferPool.KEPT_FOR; step++) {
            pool.endGeneration();
            pool.take(10);
        }
        assertThat(pool.take(10)).hasSize(10);
        pool.endGeneration();
        assertThat(pool.take(10)).hasSize(10);
    }

    @Test
    void aRequestIsServedWhateverTheLastOneWas() {
        pool.take(10);
        pool.endGeneration();
        assertThat(pool.take(11)).hasSize(11);
        assertThat(pool.take(0)).isEmpty();
    }
}
