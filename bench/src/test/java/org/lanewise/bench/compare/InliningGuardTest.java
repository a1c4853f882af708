package org.lanewise.bench.compare;

import org.junit.jupiter.api.Test;
import org.lanewise.bench.compare.InliningGuard.Seen;

import static org.assertj.core.api.Assertions.assertThat;

class InliningGuardTest {

    @Test
    void aProductThatAllocatesOrIsSlowIsNotFine() {
        assertThat(new Seen("packed", 0, 0.5, 0.5).isFine()).isTrue();
        assertThat(new Seen("packed", 0, 0.49, 0.5).isFine()).isFalse();
        assertThat(new Seen("packed", 64, 0.9, 0.5).isFine()).isFalse();
        assertThat(new Seen("row", 0, 0.01, 0).isFine()).isTrue();
    }

    @Test
    void saysWhatMustHold() {
        assertThat(new Seen("packed", 64, 0.07, 0.5)).hasToString(
                "packed                     allocates 64 bytes a call, runs at 0.07 of the peak: it must be 0 bytes, and at least 0.5");
    }
}
