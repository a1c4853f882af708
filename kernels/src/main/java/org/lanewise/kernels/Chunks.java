package org.lanewise.kernels;

import java.util.Objects;

/**
 * Cuts a long elementwise loop into pieces for several threads.
 */
final class Chunks {

    /** Elements that are worth a second thread, and the size of a piece: 32 K floats are 128 KB. */
    static final int SIZE = 32 * 1024;

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
