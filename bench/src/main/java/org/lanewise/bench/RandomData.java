package org.lanewise.bench;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Operands and places to look at, the same in every run.
 */
final class RandomData {

    private static final int GRID = 16;
    private static final int PLACES = 64;

    private final SplittableRandom random = new SplittableRandom(1);

    /**
     * Multiples of 1/16 in [-1, 1]. Products of two are multiples of 1/256, and sums of up to 2^16 products are floats exactly:
     * a kernel has to give the exact answer, whatever its order of summation.
     */
    float[] grid(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextInt(-GRID, GRID + 1) / (float) GRID;
        }
        return values;
    }

    /** Numbers in [-bound, bound). */
    float[] uniform(int n, double bound) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextDouble(-bound, bound);
        }
        return values;
    }

    /** The first and the last index of n, where kernels have their edges, and some between. */
    IntStream places(int n) {
        return n == 0
                ? IntStream.empty()
                : IntStream.concat(IntStream.of(0, n - 1), IntStream.generate(() -> random.nextInt(n)).limit(PLACES));
    }
}
