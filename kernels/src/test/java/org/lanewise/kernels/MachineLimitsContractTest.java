package org.lanewise.kernels;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.lanewise.kernels.reference.ReferenceLimits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A limit that a compiler has optimised away is none: each loop has an answer. */
class MachineLimitsContractTest {

    @Property(tries = 100)
    void chainsAddUp(@ForAll @IntRange(max = 1000) int rounds) {
        int chains = MachineLimits.multiplyAddsPerRound();
        // Integers below 2^24: exact.
        assertThat(MachineLimits.multiplyAdds(rounds, 2, 3)).isEqualTo(chains * (2f + 6f * rounds));
    }

    @Property(tries = 100)
    void streamsAgreeWithReferenceAndWriteNothingElse(@ForAll @IntRange(max = 9) int blocks,
            @ForAll @IntRange(max = 50) int s) {
        int n = 128 * blocks;
        float[] b = new float[n + 7];
        float[] c = new float[n + 7];
        for (int i = 0; i < b.length; i++) {
            b[i] = i % 13;
            c[i] = i % 7;
        }
        assertThat(MachineLimits.read(n, b)).isEqualTo(ReferenceLimits.read(n, b));
        float[] a = new float[n + 7];
        float[] expected = new float[n + 7];
        MachineLimits.triad(n, s, b, c, a);
        ReferenceLimits.triad(n, s, b, c, expected);
        assertThat(a).isEqualTo(expected);
        MachineLimits.write(n, s, a);
        ReferenceLimits.write(n, s, expected);
        assertThat(a).isEqualTo(expected);
    }

    @Example
    void sizesAreChecked() {
        float[] x = new float[100];
        assertThatThrownBy(() -> MachineLimits.read(100, x)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("n=100 must be a multiple of 128");
        assertThatThrownBy(() -> MachineLimits.write(128, 1, x)).isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("x: elements 0 to 127 are needed, but the array has 100");
        assertThatThrownBy(() -> MachineLimits.multiplyAdds(-1, 1, 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rounds=-1 must not be negative");
    }
}
