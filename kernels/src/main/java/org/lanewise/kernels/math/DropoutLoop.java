package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.reference.ReferenceDropout;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.SharedLoop;

import static org.lanewise.kernels.reference.ReferenceDropout.GOLDEN;
import static org.lanewise.kernels.reference.ReferenceDropout.MIX_1;
import static org.lanewise.kernels.reference.ReferenceDropout.MIX_2;

/** The elements of {@link org.lanewise.kernels.Dropout}; threads share them. */
public final class DropoutLoop extends SharedLoop {

    private static final ThreadLocal<DropoutLoop> CURRENT = ThreadLocal.withInitial(DropoutLoop::new);
    private static final float[] EMPTY = {};

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, S.vectorShape());
    private static final int L = Lanes.COUNT;

    /** The counters of a vector of elements: two of them share one. */
    private static final LongVector STEPS = LongVector.broadcast(LONGS, 0).addIndex(1).mul(GOLDEN);

    private int threshold;
    private float scale;
    private long start;
    private float[] x = EMPTY;
    private int xOffset;
    private float[] y = EMPTY;
    private int yOffset;

    private DropoutLoop() {
    }

    /** The loop of the calling thread. */
    public static DropoutLoop current() {
        return CURRENT.get();
    }

    /** All elements. */
    public void run(int n, int newThreshold, float newScale, long seed, float[] input, int inputOffset, float[] output,
            int outputOffset, Parallelism parallelism) {
        threshold = newThreshold;
        scale = newScale;
        start = ReferenceDropout.mix(seed);
        x = input;
        xOffset = inputOffset;
        y = output;
        yOffset = outputOffset;
        try {
            share(n, ELEMENTS, parallelism); // an even number, so that no counter is split
        } finally {
            x = EMPTY;
            y = EMPTY;
        }
    }

    @Override
    protected void run(int from, int to) {
        int whole = from + S.loopBound(to - from);
        if (whole > from) {
            vectors(from, whole, threshold, scale, start, x, xOffset, y, yOffset);
        }
        for (int i = whole; i < to; i++) {
            y[yOffset + i] = ReferenceDropout.bits(start, i) >= threshold ? x[xOffset + i] * scale : 0;
        }
    }

    private static void vectors(int from, int to, int threshold, float scale, long start, float[] x, int xOffset,
            float[] y, int yOffset) {
        for (int i = to - L; i >= from; i -= L) {
            LongVector z = STEPS.lanewise(VectorOperators.ADD, start + i / 2 * GOLDEN);
            z = z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, 30)).lanewise(VectorOperators.MUL,
                    MIX_1);
            z = z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, 27)).lanewise(VectorOperators.MUL,
                    MIX_2);
            z = z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, 31));
            IntVector bits = z.reinterpretAsInts().lanewise(VectorOperators.LSHR, 8);
            FloatVector kept = FloatVector.fromArray(S, x, xOffset + i).mul(scale);
            kept.blend(0, bits.compare(VectorOperators.LT, threshold).cast(S)).intoArray(y, yOffset + i);
        }
    }
}
