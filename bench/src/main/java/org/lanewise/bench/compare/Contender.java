package org.lanewise.bench.compare;

/** One implementation of one case, ready to be timed. */
interface Contender extends AutoCloseable {

    /** The implementation. */
    String name();

    /**
     * Calls it again and again, for at least so long and at least once.
     *
     * @param seconds how long
     * @return nanoseconds of one call
     */
    double nanosPerCall(double seconds);

    @Override
    default void close() {
    }
}
