package org.lanewise.bench.compare;

import java.util.Arrays;

/**
 * Times one contender against another in turn, ours, theirs, ours, theirs: the speed of a machine drifts, and neighbours in time
 * have met the same one.
 */
final class Rounds {

    /** A sample is steady if it is no more than so much faster than the fastest before it. */
    private static final double STEADY = 0.03;
    private static final int STEADY_SAMPLES = 3;
    private static final double LONG_CALL_NANOS = 0.1e9;
    /** After so many calls of a slow contender the compiler has seen it: some hundred calls, and loops inside of them. */
    private static final int CALLS = 1000;

    /** Seconds that a quick comparison waits for the compiler at most. */
    private static final double COMPILING_SECONDS = 10;

    /** What it waits at the least where each shape goes another way: the micro-kernel is fast before the packing of panels is. */
    private static final double LEAST_COMPILING_SECONDS = 0.4;

    /** See {@link #sample}. */
    private static final double WAKING_SECONDS = 0.02;

    /** See {@link #pause}. */
    private static final long PAUSE_MILLIS = 60;

    /** Flops or bytes a nanosecond that no interpreted or boxed kernel has. */
    private static final double COMPILED = 40;

    /**
     * A sample of a quick comparison of one thread has at least so many calls, or as many as fit into that time: the first two or three
     * of a kernel whose operands fill the last cache find there what its opponent left. With samples of two calls, PyTorch's ratio was
     * 0.74 where it is 0.85 with twenty, or 0.81 and not 0.98.
     */
    private static final int SAMPLE_CALLS = 8;
    private static final double SAMPLE_CALLS_SECONDS = 0.02;

    private final boolean quick;
    private final int rounds;
    private final double sampleSeconds;
    private final double maxWarmUpSeconds;
    private final double leastSeconds;
    private final double budgetSeconds;
    private final long pauseMillis;

    /**
     * How to measure.
     *
     * @param quick   in a hurry
     * @param threads of each contender
     */
    Rounds(boolean quick, int threads) {
        this.quick = quick;
        boolean alone = threads == 1;
        rounds = quick ? alone ? 5 : 3 : 15;
        // a thread waits for some 4 ms where the compiler's, or one that looks for work, has its processor
        sampleSeconds = quick ? alone ? 0.004 : 0.02 : 0.05;
        maxWarmUpSeconds = quick ? 0.7 : 20;
        leastSeconds = quick ? 0.05 : 1;
        budgetSeconds = quick ? alone ? 0.2 : 0.6 : 20;
        pauseMillis = alone ? 0 : PAUSE_MILLIS;
    }

    /** Times of both, nanoseconds of a call, by round. */
    record Pairs(double[] ours, double[] theirs) {

        double medianOfTheirs() {
            return median(theirs);
        }

        /** Theirs by ours, the median over the rounds. */
        double ratio() {
            double[] ratios = new double[ours.length];
            Arrays.setAll(ratios, i -> theirs[i] / ours[i]);
            return median(ratios);
        }
    }

    /**
     * Runs until the fastest sample is no longer beaten, three times in a row in which the compiler had nothing to do; returns the
     * fastest. Never for a fixed time: where the compiler's thread gets no processor, that measures the interpreter. The compiler
     * does not begin before some hundred calls either, so a contender with less than one flop or byte a nanosecond gets those. And
     * it takes its second for a micro-kernel, which runs a hundred times slower before: a quick comparison warms ours
     * for 0.4 s at the least, and waits longer where they are slow, because they go another way for every shape.
     *
     * @param work flops and bytes of a call
     * @param many whether it has code of its own for each shape
     */
    double warmUp(Contender contender, double work, boolean many) {
        double best = contender.nanosPerCall(0);
        if (quick && best > LONG_CALL_NANOS && work >= (many ? COMPILED : 1) * best) {
            return best; // a long call because it has much to do; the check was one more, and the compiler has seen the loops inside
        }
        double seconds = best / 1e9;
        double calls = 1;
        int steady = 0;
        double patience = quick && many ? COMPILING_SECONDS / 5 : 0;
        boolean compiling = true;
        boolean unsteady = true;
        while (unsteady || compiling) {
            double nanos = contender.nanosPerCall(sampleSeconds);
            steady = nanos < best * (1 - STEADY) || !JitCompiler.idle() ? 0 : steady + 1;
            best = Math.min(best, nanos);
            double sample = Math.max(sampleSeconds, nanos / 1e9);
            seconds += sample;
            calls += sample * 1e9 / nanos;
            double limit = JitCompiler.idle() ? maxWarmUpSeconds : Math.max(maxWarmUpSeconds, COMPILING_SECONDS);
            boolean fewCalls = calls < CALLS && (work < best || seconds < leastSeconds);
            unsteady = seconds < limit && (steady < STEADY_SAMPLES || fewCalls);
            compiling = seconds < patience && (seconds < LEAST_COMPILING_SECONDS || work < COMPILED * best);
        }
        return best;
    }

    /** The rounds; fewer if a call takes so long that they would take more than the budget. */
    Pairs measure(Contender ours, double ourNanos, Contender theirs, double theirNanos) {
        double ourSeconds = secondsOfSample(ourNanos);
        double theirSeconds = secondsOfSample(theirNanos);
        double samples = Math.max(ourNanos / 1e9, ourSeconds) + Math.max(theirNanos / 1e9, theirSeconds);
        double round = pauseMillis > 0 ? pauseMillis / 1e3 + 2 * samples : samples;
        int n = (int) Math.clamp(budgetSeconds / round, 1, rounds);
        double[] our = new double[n];
        double[] their = new double[n];
        for (int i = 0; i < n; i++) {
            pause();
            our[i] = sample(ours, ourSeconds);
            their[i] = sample(theirs, theirSeconds);
        }
        return new Pairs(our, their);
    }

    private double secondsOfSample(double nanos) {
        return Math.max(sampleSeconds, Math.min(SAMPLE_CALLS_SECONDS, SAMPLE_CALLS * nanos / 1e9));
    }

    /** After a pause a processor is slow for some milliseconds, and so is a thread that was asleep: a sample before is not counted. */
    private double sample(Contender contender, double seconds) {
        if (pauseMillis > 0) {
            contender.nanosPerCall(Math.min(seconds, WAKING_SECONDS));
        }
        return contender.nanosPerCall(seconds);
    }

    double[] measure(Contender alone) {
        double[] times = new double[rounds];
        Arrays.setAll(times, i -> alone.nanosPerCall(sampleSeconds));
        return times;
    }

    /**
     * Lets the threads of theirs fall asleep before ours are timed: OpenBLAS's look for work for 2^26 cycles after a call. After
     * 25 ms two threads of ours ran 512x512x512 in 1.3 times the time that they take after 60 and after 120. (Ours look for 50 us,
     * which theirs do not notice.)
     */
    private void pause() {
        if (pauseMillis > 0) {
            try {
                Thread.sleep(pauseMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CannotMeasure("interrupted");
            }
        }
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
