package org.lanewise.kernels;

import java.util.Arrays;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceDropout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class DropoutContractTest {

    private static final Parallelism SERIAL = Parallelism.serial();

    @Provide
    Arbitrary<Integer> lengths() {
        return Sizes.ofLoops();
    }

    @Property
    void hasTheBitsOfTheReferenceInPlaceToo(@ForAll("lengths") int n, @ForAll @DoubleRange(max = 1) double p,
            @ForAll long seed, @ForAll Recipe rx, @ForAll Recipe ry) {
        Padded x = rx.contiguous(n);
        Padded y = ry.contiguous(n);
        Padded expected = y.copy();
        ReferenceDropout.apply(n, (int) Math.round(p * (1 << 24)), (float) (1 / (1 - p)), seed, x.array(), x.offset(),
                expected.array(), expected.offset());
        Dropout.apply(n, p, seed, x.array(), x.offset(), y.array(), y.offset(), SERIAL);
        y.assertSameBits(expected);
        Dropout.apply(n, p, seed, x.array(), x.offset(), x.array(), x.offset(), SERIAL);
        assertThat(x.elements()).isEqualTo(y.elements());
    }

    @Property(tries = 5)
    void sameMaskForAnyThreadCount(@ForAll long seed, @ForAll Recipe recipe) {
        Padded x = recipe.contiguous(3 * Chunks.SIZE + 11);
        Padded expected = x.copy();
        Dropout.apply(x.columns(), 0.3, seed, x.array(), x.offset(), expected.array(), expected.offset(), SERIAL);
        for (Parallelism team : Teams.ALL) {
            Padded y = x.copy();
            Dropout.apply(x.columns(), 0.3, seed, x.array(), x.offset(), y.array(), y.offset(), team);
            y.assertSameBits(expected);
        }
    }

    /** As many as there should be, and neighbours independent: within five standard deviations. */
    @Example
    void keepsTheRightShare() {
        int n = 1 << 20;
        float[] ones = new float[n];
        Arrays.fill(ones, 1);
        for (double p : new double[] {0.1, 0.5, 0.8}) {
            for (long seed = 0; seed < 5; seed++) {
                float[] y = new float[n];
                Dropout.apply(n, p, seed, ones, 0, y, 0, SERIAL);
                int left = 0;
                int both = 0;
                for (int i = 0; i < n; i++) {
                    left += y[i] == 0 ? 1 : 0;
                    both += i > 0 && y[i] == 0 && y[i - 1] == 0 ? 1 : 0;
                }
                assertThat((double) left / n).isCloseTo(p, within(5 * Math.sqrt(p * (1 - p) / n)));
                assertThat((double) both / n).isCloseTo(p * p, within(5 * Math.sqrt(2 * p * p / n)));
            }
        }
    }

    @Example
    void leavesAllOrNothing() {
        float[] x = {1, 2, 3, -4, 5};
        float[] y = new float[5];
        Dropout.apply(5, 0, 7, x, 0, y, 0, SERIAL);
        assertThat(y).isEqualTo(x);
        Dropout.apply(5, 1, 7, x, 0, y, 0, SERIAL);
        assertThat(y).containsOnly(0);
        assertThatThrownBy(() -> Dropout.apply(5, 1.5, 7, x, 0, y, 0, SERIAL))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("p=1.5 must be in [0, 1]");
    }
}
