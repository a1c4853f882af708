package org.lanewise.kernels;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

import org.jspecify.annotations.Nullable;

/**
 * How many cores a kernel call may use: a team of threads that share the tasks of one call.
 *
 * <p>
 * The calling thread is a member of the team and works too, so a team of {@code n} owns {@code n - 1} daemon threads. They
 * spin for some microseconds after each call, because the next one usually follows at once, and then park.
 *
 * <p>
 * A team serves one call at a time. A call that finds it busy, or comes from inside a task, runs all its tasks on its own
 * thread: with many application threads, each already has a core. Results do not depend on it, since no kernel splits a sum by
 * the number of threads.
 */
public final class Parallelism implements AutoCloseable {

    /** Long enough to bridge the gap between two kernel calls, short enough to leave an idle machine idle. */
    private static final long SPIN_NANOS = 50_000;

    /** No number of a call. */
    private static final long CLOSED = -1;

    /** An index that no call has. */
    private static final long NO_TASK = Integer.MAX_VALUE;

    private static final Parallelism SERIAL = new Parallelism(1, false);

    private final Worker[] workers;
    private final boolean closeable;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * Which call the team is at work on, and the next of its tasks: the number of the call in the upper half, the index in the
     * lower one. A task is taken by a compare-and-set of both. While {@link #body} and {@link #tasks} are being written, this
     * holds a number of its own with no tasks, so what was read of them belongs to the call whose task is then taken.
     */
    private final AtomicLong next = new AtomicLong();

    private final AtomicInteger ended = new AtomicInteger();
    private volatile int tasks;
    private volatile @Nullable IntConsumer body;
    private volatile @Nullable Thread caller;
    private volatile @Nullable Throwable failure;

    private Parallelism(int threads, boolean closeable) {
        this.closeable = closeable;
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker("lanewise-" + (i + 1));
        }
        try {
            for (Worker worker : workers) {
                worker.start();
            }
        } catch (Throwable e) { // no memory for a thread: those before it must not wait for ever
            closed = true;
            throw e;
        }
    }

    /**
     * {@return the team of one: every task runs on the calling thread}
     */
    public static Parallelism serial() {
        return SERIAL;
    }

    /**
     * A new team. Close it to end its threads.
     *
     * @param threads number of threads, the caller's included; at least 1
     * @return the team
     * @throws IllegalArgumentException if {@code threads < 1}
     */
    public static Parallelism of(int threads) {
        Checks.positive("threads", threads);
        return threads == 1 ? SERIAL : new Parallelism(threads, true);
    }

    /**
     * The team that a process shares by default: as many threads as the JVM sees processors, or as the system property
     * {@code lanewise.threads} says. It is made at the first call and cannot be closed.
     *
     * @return the shared team
     */
    public static Parallelism shared() {
        return Shared.TEAM;
    }

    /**
     * {@return the number of threads that work at a call, the caller's included}
     */
    public int threads() {
        return workers.length + 1;
    }

    /**
     * Runs {@code task.accept(i)} for every i in [0, tasks), on any threads of the team and in any order, and returns when all
     * have ended. If tasks fail, the others may be left out, and one of the failures is thrown.
     *
     * @param tasks number of tasks, at least 0
     * @param task  the task; different indices must not write to the same place
     * @throws IllegalArgumentException if tasks is negative
     * @throws IllegalStateException    if the team was closed, unless it is still at work on the call that this one comes from
     */
    public void forEach(int tasks, IntConsumer task) {
        Checks.notNegative("tasks", tasks);
        Objects.requireNonNull(task, "task");
        if (closed && !insideTask()) {
            throw new IllegalStateException("this Parallelism was closed");
        }
        if (tasks <= 1 || workers.length == 0 || !busy.compareAndSet(false, true)) {
            for (int i = 0; i < tasks; i++) {
                task.accept(i);
            }
            return;
        }
        Throwable thrown = null;
        try {
            begin(tasks, task);
            for (int i = 0; i < Math.min(workers.length, tasks - 1); i++) {
                workers[i].wake();
            }
            work();
            awaitWorkers(tasks);
            thrown = failure;
        } finally {
            body = null; // the team must not hold the arrays of an ended call
            caller = null;
            failure = null;
            busy.set(false);
        }
        Parallelism.<RuntimeException>rethrow(thrown);
    }

    /** Publishes a call. All tasks of the call before have ended, but a worker may still be looking for another one. */
    private void begin(int count, IntConsumer task) {
        long call = next.get() >>> Integer.SIZE;
        next.set((call + 1) << Integer.SIZE | NO_TASK);
        body = task;
        tasks = count;
        caller = Thread.currentThread();
        ended.set(0);
        next.set((call + 2) << Integer.SIZE);
    }

    /** Takes tasks of the present call until none is left. */
    private void work() {
        long state = next.get();
        long call = state >>> Integer.SIZE;
        while (state >>> Integer.SIZE == call) {
            int count = tasks;
            IntConsumer task = body;
            int index = (int) state;
            if (index >= count || task == null) {
                return;
            }
            if (next.compareAndSet(state, state + 1)) {
                runOne(task, index, count);
            }
            state = next.get();
        }
    }

    private void runOne(IntConsumer task, int index, int count) {
        Thread waiting = caller;
        try {
            if (failure == null) {
                task.accept(index);
            }
        } catch (Throwable e) {
            failure = e;
        } finally {
            if (ended.incrementAndGet() == count) {
                LockSupport.unpark(waiting);
            }
        }
    }

    private void awaitWorkers(int count) {
        if (ended.get() == count) {
            return;
        }
        long start = System.nanoTime();
        while (ended.get() < count) {
            if (System.nanoTime() - start < SPIN_NANOS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
    }

    /** As a task on the caller's own thread would have thrown it, even if it is a checked exception. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void rethrow(@Nullable Throwable failure) throws T {
        if (failure != null) {
            throw (T) failure;
        }
    }

    /** Whether this thread runs a task of the call that the team is at work on. */
    private boolean insideTask() {
        Thread thread = Thread.currentThread();
        return caller == thread || Arrays.asList(workers).contains(thread);
    }

    /**
     * Ends the threads of this team; later calls are refused. {@link #serial()} and {@link #shared()} stay open. A call that the
     * team is at work on goes on to its end, calls from inside its tasks included.
     *
     * @throws IllegalStateException if it is called from a task that the team is at work on
     */
    @Override
    public void close() {
        if (!closeable) {
            return;
        }
        if (insideTask()) {
            throw new IllegalStateException("a task must not close the team that runs it");
        }
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker);
        }
        boolean interrupted = false;
        for (Worker worker : workers) {
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Shared {
        static final Parallelism TEAM = new Parallelism(threads(), false);

        private static int threads() {
            String value = System.getProperty("lanewise.threads");
            if (value == null) {
                return Runtime.getRuntime().availableProcessors();
            }
            try {
                int threads = Integer.parseInt(value);
                if (threads >= 1) {
                    return threads;
                }
            } catch (NumberFormatException e) {
                // told below, together with numbers that are too small
            }
            throw new IllegalArgumentException(
                    "system property lanewise.threads=" + value + ": expected an integer >= 1");
        }
    }

    private final class Worker extends Thread {
        private volatile boolean parked;

        Worker(String name) {
            // no inherited thread locals and no class loader: a team may outlive the application that was first to use it
            super(null, null, name, 0, false);
            setDaemon(true);
            setContextClassLoader(null);
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            long last = 0;
            while (true) {
                long call = awaitCallAfter(last);
                if (call == CLOSED) {
                    return;
                }
                work();
                last = call;
            }
        }

        /** Waits for a call with another number than {@code last}, and gives its number, or CLOSED. */
        private long awaitCallAfter(long last) {
            long start = System.nanoTime();
            while (true) {
                long call = next.get() >>> Integer.SIZE;
                if (call != last) {
                    return call;
                }
                if (closed) {
                    return CLOSED;
                }
                if (System.nanoTime() - start < SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    // parked is set before the number is looked at again, so a caller that saw it unset has published its call
                    parked = true;
                    if (next.get() >>> Integer.SIZE == last && !closed) {
                        Thread.interrupted(); // a task may have left the flag set, and park() would return at once
                        LockSupport.park(this);
                    }
                    parked = false;
                    start = System.nanoTime();
                }
            }
        }
    }
}
