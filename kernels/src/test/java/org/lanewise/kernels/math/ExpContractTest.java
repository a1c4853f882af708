package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;

import net.jqwik.api.Example;
import org.lanewise.kernels.Ulps;
import org.lanewise.kernels.vector.Lanes;

import static org.assertj.core.api.Assertions.assertThat;

/** exp of numbers that are not positive, which sigmoid and softmax are made of. */
class ExpContractTest {

    @Example
    void expIsWithinTwoUlps() {
        Ulps.assertWithin(2, ExpContractTest::scalar, x -> StrictMath.exp(-Math.abs(x)));
    }

    @Example
    void vectorsGiveTheBitsOfScalars() {
        float[] x = Ulps.sample();
        int n = x.length / Lanes.COUNT * Lanes.COUNT;
        float[] expected = new float[n];
        float[] actual = new float[n];
        scalar(n, x, expected);
        for (int i = 0; i < n; i += Lanes.COUNT) {
            VectorMath.expOfNegative(FloatVector.fromArray(Lanes.SPECIES, x, i).abs().neg()).intoArray(actual, i);
        }
        assertThat(actual).isEqualTo(expected);
    }

    private static void scalar(int n, float[] x, float[] y) {
        for (int i = 0; i < n; i++) {
            y[i] = ScalarMath.expOfNegative(-Math.abs(x[i]));
        }
    }
}
