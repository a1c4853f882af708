package org.lanewise.kernels.gemm;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;

class BlockingTest {

    @Property
    void partsAreEvenAndNoLargerThanTheLimit(@ForAll @IntRange(min = 1, max = 1 << 30) int total,
            @ForAll @IntRange(min = 1, max = 100) int units, @ForAll @IntRange(min = 1, max = 40) int unit) {
        int limit = units * unit;
        int part = Blocking.evenPart(total, limit, unit);
        assertThat(part).isBetween(1, Math.max(limit, 1));
        if (part < total) {
            assertThat(part % unit).isZero();
        }
        assertThat(Math.ceilDiv(total, part)).as("parts").isLessThanOrEqualTo(Math.ceilDiv(total, limit));
    }
}
