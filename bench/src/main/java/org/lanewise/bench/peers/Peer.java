package org.lanewise.bench.peers;

/**
 * Another library, measured beside ours on the same operands. Implementations live in the module {@code bench/peers}, are found by
 * {@link java.util.ServiceLoader}, and throw from {@link #version()} if the library cannot run on this machine.
 */
public interface Peer {

    /** {@return the value of the parameter {@code implementation}} */
    String name();

    /** {@return the library's version, and what it chose on this machine, such as the CPU core that its kernels are for} */
    String version();

    /**
     * Sets the threads of the following runs.
     *
     * @param threads at least 1
     * @throws UnsupportedOperationException if the library always runs on one thread and more are asked for
     */
    void threads(int threads);
}
