package org.lanewise.kernels.math;

import java.util.Arrays;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.lanewise.kernels.Ulps;

import static org.assertj.core.api.Assertions.assertThat;

/** The loops over vectors and their scalar twins give the same bits: also where a vector has one element that needs the longer way. */
class MathBitsContractTest {

    private static final float[] ONES = new float[1 << 23];

    static {
        Arrays.fill(ONES, 1);
    }

    @FunctionalInterface
    interface Loop {
        void run(int n, float[] x, float[] y);
    }

    @FunctionalInterface
    interface Twin {
        float of(float x);
    }

    enum Function {
        EXP((n, x, y) -> VectorExponentials.exp(n, x, 0, y, 0), ScalarMath::exp), //
        LOG((n, x, y) -> VectorExponentials.log(n, x, 0, y, 0), ScalarMath::log), //
        TANH((n, x, y) -> VectorActivations.tanh(n, x, 0, y, 0), ScalarMath::tanh), //
        SIGMOID((n, x, y) -> VectorActivations.sigmoid(n, x, 0, y, 0), ScalarMath::sigmoid), //
        SILU((n, x, y) -> VectorLinearUnits.silu(n, x, 0, y, 0), ScalarUnits::silu), //
        SILU_SLOPE((n, x, y) -> VectorLinearUnits.siluBackward(n, x, 0, ONES, 0, y, 0), ScalarUnits::siluSlope), //
        GELU((n, x, y) -> VectorLinearUnits.gelu(n, x, 0, y, 0), ScalarUnits::gelu), //
        GELU_SLOPE((n, x, y) -> VectorLinearUnits.geluBackward(n, x, 0, ONES, 0, y, 0), ScalarUnits::geluSlope), //
        GELU_TANH((n, x, y) -> VectorLinearUnits.geluTanh(n, x, 0, y, 0), ScalarUnits::geluTanh), //
        GELU_TANH_SLOPE((n, x, y) -> VectorLinearUnits.geluTanhBackward(n, x, 0, ONES, 0, y, 0),
                ScalarUnits::geluTanhSlope), //
        SOFTPLUS((n, x, y) -> VectorLinearUnits.softplus(n, 1, Float.MAX_VALUE, x, 0, y, 0), ScalarUnits::softplus), //
        ELU((n, x, y) -> VectorLinearUnits.elu(n, 1, x, 0, y, 0), x -> ScalarUnits.elu(x, 1));

        @SuppressWarnings("ImmutableEnumChecker") // these lambdas hold nothing
        private final Loop loop;

        @SuppressWarnings("ImmutableEnumChecker")
        private final Twin twin;

        Function(Loop loop, Twin twin) {
            this.loop = loop;
            this.twin = twin;
        }

        private void check(float[] x) {
            float[] expected = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                expected[i] = twin.of(x[i]);
            }
            float[] y = new float[x.length];
            loop.run(x.length, x, y);
            assertThat(Arrays.equals(y, expected)).as("bits of %s", this).isTrue(); // NaN equals NaN, and -0 is not 0
            loop.run(x.length, x, x);
            assertThat(Arrays.equals(x, expected)).as("bits of %s in place", this).isTrue();
        }
    }

    @Property
    void ofAllKindsOfFloats(@ForAll Function function) {
        function.check(Ulps.sample());
    }

    @Property
    void ofOneUnusualNumberAmongOrdinaryOnes(@ForAll Function function, @ForAll("unusual") float unusual,
            @ForAll @IntRange(min = 1, max = 100) int n, @ForAll @IntRange(max = 99) int place) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = 0.01f + 0.37f * i;
        }
        x[place % n] = unusual;
        function.check(x);
    }

    @Provide
    Arbitrary<Float> unusual() {
        return Arbitraries.of(0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 87f, -87f,
                86.99999f,
                -86.99999f, 88.8f, -104.5f, -109.8f, -109.9f, -110.2f, -111f, Float.MIN_VALUE, Float.MIN_NORMAL,
                1.17549421e-38f, Float.MAX_VALUE, -1f,
                14.8f);
    }
}
