package org.lanewise.kernels;

import java.util.Objects;

import org.lanewise.kernels.vector.SharedLoop;

/**
 * Cuts a long elementwise loop into pieces for several threads.
 */
final class Chunks {

    /** The size of a piece. */
    static final int SIZE = SharedLoop.ELEMENTS;

    /** A loop over the elements [from, from + n). */
    @FunctionalInterface
    interface Loop {
        void run(int from, int n);
    }

    private Chunks() {
    }

    /** Runs the loop over [0, n), on one thread if n is small. */
    static void run(int n, Parallelism parallelism, Loop loop) {
        Objects.requireNonNull(parallelism, "parallelism");
        if (n <= SIZE || parallelism.threads() == 1) {
            loop.run(0, n);
        } else {
            parallelism.forEach(Math.ceilDiv(n, SIZE), chunk -> {
                int from = chunk * SIZE;
                loop.run(from, Math.min(SIZE, n - from));
            });
        }
    }
}
