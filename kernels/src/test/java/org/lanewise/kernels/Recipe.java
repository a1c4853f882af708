package org.lanewise.kernels;

import java.util.Random;

/**
 * How to make an operand: where it lies in its array and which values it has.
 *
 * @param before  elements of the array before the first one
 * @param between elements between two rows, or between two elements of a strided vector
 * @param after   elements after the last one; 0 lets an access beyond the end fail
 * @param values  the kind of values
 * @param seed    their seed
 */
record Recipe(int before, int between, int after, Values values, long seed) {

    /** All values, and all sums of some hundred products of two of them, are far from underflow and overflow. */
    enum Values {
        /** Uniform in [-1, 1). */
        PLAIN {
            @Override
            float next(Random random) {
                return 2 * random.nextFloat() - 1;
            }
        },
        /** Magnitudes from 2^-16 to 2^16, and zeros of both signs: sums that cancel and terms that vanish. */
        NASTY {
            @Override
            float next(Random random) {
                return switch (random.nextInt(8)) {
                    case 0 -> 0f;
                    case 1 -> -0f;
                    default -> Math.scalb(2 * random.nextFloat() - 1, random.nextInt(33) - 16);
                };
            }
        };

        abstract float next(Random random);
    }

    Padded matrix(int rows, int columns) {
        return fill(Padded.empty(before, rows, columns, columns + between, after));
    }

    Padded contiguous(int n) {
        return matrix(1, n);
    }

    /** A vector whose elements are {@code ld} = 1 + between apart. */
    Padded strided(int n) {
        return matrix(n, 1);
    }

    /** A place below n, which must not be 0. */
    int pick(int n) {
        return Math.floorMod(seed, n);
    }

    private Padded fill(Padded empty) {
        Random random = new Random(seed);
        return empty.map(ignored -> values.next(random));
    }
}
