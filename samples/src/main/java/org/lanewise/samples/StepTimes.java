package org.lanewise.samples;

import java.util.Arrays;

/**
 * The times of the latest steps, of which the median is asked for.
 */
final class StepTimes {

    private final long[] latest = new long[10_000];
    private long count;

    void add(long nanos) {
        latest[(int) (count++ % latest.length)] = nanos;
    }

    /** The median of the latest times, in nanoseconds. */
    long median() {
        long[] sorted = Arrays.copyOf(latest, (int) Math.min(count, latest.length));
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
