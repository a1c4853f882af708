package org.lanewise.kernels;

import java.util.Objects;

import org.lanewise.kernels.math.DropoutLoop;
import org.lanewise.kernels.reference.ReferenceDropout;

/**
 * Dropout: y(i) := x(i)/(1 - p) with probability 1 - p, else 0.
 *
 * <p>
 * Whether element i stays is a function of the seed and i alone, so a mask needs no memory and is the same for any number of
 * threads: half of the i/2-th output of the generator SplitMix64 (G. Steele, D. Lea and C. Flood, Fast Splittable Pseudorandom Number
 * Generators, OOPSLA 2014), which is a mix of a counter, and whose seed is mixed first. 24 of its bits are compared with p, so the
 * probability is p rounded to a multiple of 2^-24. The gradient is the same function of dY.
 */
public final class Dropout {

    private Dropout() {
    }

    /**
     * y := x with some elements left out and the others scaled, or the same with gradients.
     *
     * @param n           number of elements
     * @param p           probability that an element becomes 0
     * @param seed        chooses the mask
     * @param x           input
     * @param xOffset     index of its first element
     * @param y           output; may be x
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative or p not in [0, 1]
     * @throws IndexOutOfBoundsException if a range leaves its array
     */
    public static void apply(int n, double p, long seed, float[] x, int xOffset, float[] y, int yOffset,
            Parallelism parallelism) {
        Checks.notNegative("n", n);
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException("p=" + p + " must be in [0, 1]");
        }
        Checks.range("x", x, xOffset, n);
        Checks.range("y", y, yOffset, n);
        Objects.requireNonNull(parallelism, "parallelism");
        int threshold = (int) Math.round(p * (1 << 24));
        float scale = (float) (1 / (1 - p));
        if (Backend.current().vectorized()) {
            DropoutLoop.current().run(n, threshold, scale, seed, x, xOffset, y, yOffset, parallelism);
        } else {
            ReferenceDropout.apply(n, threshold, scale, seed, x, xOffset, y, yOffset);
        }
    }
}
