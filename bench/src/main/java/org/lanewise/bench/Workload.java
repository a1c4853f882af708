package org.lanewise.bench;

import java.util.List;

/**
 * A kernel bound to its operands.
 *
 * @param kernel       what is timed; its answers do not depend on earlier runs
 * @param flops        additions, multiplications, quotients and comparisons of one run, counted as the mathematics does; a value of
 *                     exp or tanh counts as one
 * @param bytesRead    bytes of the operands that one run must read: each once, however often the caches miss
 * @param bytesWritten bytes that one run must write
 * @param answers      what a run writes
 */
public record Workload(Runnable kernel, double flops, double bytesRead, double bytesWritten, List<Answer> answers) {

    Workload(Runnable kernel, double flops, double bytesRead, double bytesWritten, Answer... answers) {
        this(kernel, flops, bytesRead, bytesWritten, List.of(answers));
    }

    /** {@return the bytes that one run must move} */
    public double bytes() {
        return bytesRead + bytesWritten;
    }

    /**
     * Compares what a run wrote with what belongs there.
     *
     * @throws IllegalStateException if something is wrong
     */
    public void check() {
        answers.forEach(Answer::check);
    }

    /** Bytes of so many floats. */
    static double floats(double count) {
        return Float.BYTES * count;
    }
}
