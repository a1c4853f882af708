package org.lanewise.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The sum of a vector's lanes in a fixed order.
 *
 * <p>
 * {@code reduceLanes(ADD)} may add in any order and gives other bits interpreted than compiled. Here the upper half is added to
 * the lower one until one lane is left.
 */
public final class LaneSum {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final VectorShuffle<Float> HALF = VectorShuffle.iota(S, Lanes.COUNT / 2, 1, true);
    private static final VectorShuffle<Float> QUARTER = VectorShuffle.iota(S, Math.max(1, Lanes.COUNT / 4), 1, true);
    private static final VectorShuffle<Float> EIGHTH = VectorShuffle.iota(S, Math.max(1, Lanes.COUNT / 8), 1, true);

    private LaneSum() {
    }

    /** v[0] + v[1] + ... + v[L-1], as a tree. */
    public static float of(FloatVector v) {
        FloatVector sum = v.add(v.rearrange(HALF));
        if (Lanes.COUNT >= 4) {
            sum = sum.add(sum.rearrange(QUARTER));
        }
        if (Lanes.COUNT >= 8) {
            sum = sum.add(sum.rearrange(EIGHTH));
        }
        if (Lanes.COUNT >= 16) {
            return sum.lane(0) + sum.lane(1);
        }
        return sum.lane(0);
    }
}
