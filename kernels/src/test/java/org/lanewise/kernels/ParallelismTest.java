package org.lanewise.kernels;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class ParallelismTest {

    @ParameterizedTest
    @CsvSource({"1, 10", "2, 0", "2, 1", "2, 2", "3, 1000", "7, 3", "7, 100"})
    void everyIndexIsRunOnce(int threads, int tasks) {
        try (Parallelism team = Parallelism.of(threads)) {
            for (int round = 0; round < 200; round++) {
                assertEveryIndexOnce(team, tasks);
            }
        }
    }

    private static void assertEveryIndexOnce(Parallelism team, int tasks) {
        AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
        team.forEach(tasks, runs::incrementAndGet);
        for (int i = 0; i < tasks; i++) {
            assertThat(runs.get(i)).isEqualTo(1);
        }
    }

    /** A worker that is late for one call must not take tasks of the next one, which has more of them. */
    @ParameterizedTest
    @ValueSource(ints = {2, 7})
    void noTaskIsRunTwiceBetweenCalls(int threads) {
        AtomicIntegerArray few = new AtomicIntegerArray(2);
        AtomicIntegerArray many = new AtomicIntegerArray(9);
        IntConsumer countFew = few::incrementAndGet;
        IntConsumer countMany = many::incrementAndGet;
        int calls = 1_000_000 / threads;
        try (Parallelism team = Parallelism.of(threads)) {
            for (int call = 1; call <= calls; call++) {
                team.forEach(few.length(), countFew);
                team.forEach(many.length(), countMany);
                if (!each(few, call) || !each(many, call)) {
                    throw new AssertionError("call " + call + ": " + few + ", " + many);
                }
            }
        }
        assertThat(each(few, calls) && each(many, calls)).as("no task ran after its call: %s, %s", few, many).isTrue();
    }

    private static boolean each(AtomicIntegerArray counts, int expected) {
        for (int i = 0; i < counts.length(); i++) {
            if (counts.get(i) != expected) {
                return false;
            }
        }
        return true;
    }

    /** Each task waits for all others, which ends only if each has a thread of its own. */
    @Test
    void tasksRunAtTheSameTime() {
        try (Parallelism team = Parallelism.of(3)) {
            CountDownLatch all = new CountDownLatch(3);
            team.forEach(3, i -> {
                all.countDown();
                await(all);
            });
            assertThat(all.getCount()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void failureIsThrownAndTheTeamStaysUsable(int threads) {
        try (Parallelism team = Parallelism.of(threads)) {
            for (Throwable failure : List.of(new IllegalArgumentException("runtime"), new AssertionError("error"),
                    new IOException("checked"))) {
                assertThatThrownBy(() -> team.forEach(100, i -> {
                    if (i % 10 == 7) {
                        sneakyThrow(failure);
                    }
                })).isSameAs(failure);
                assertEveryIndexOnce(team, 50);
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> void sneakyThrow(Throwable e) throws E {
        throw (E) e;
    }

    @Test
    void callFromInsideATaskRuns() {
        try (Parallelism team = Parallelism.of(3)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(8 * 8);
            team.forEach(8, i -> team.forEach(8, j -> runs.incrementAndGet(8 * i + j)));
            for (int i = 0; i < runs.length(); i++) {
                assertThat(runs.get(i)).isEqualTo(1);
            }
        }
    }

    @Test
    void manyCallersShareATeam() throws Exception {
        try (Parallelism team = Parallelism.of(3); ExecutorService callers = Executors.newFixedThreadPool(8)) {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                int tasks = i % 20;
                calls.add(callers.submit(() -> assertEveryIndexOnce(team, tasks)));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        }
    }

    @Test
    void threadsAreDaemonsAndEndWithTheTeam() {
        Set<Thread> workers = ConcurrentHashMap.newKeySet();
        Parallelism team = Parallelism.of(3);
        CountDownLatch all = new CountDownLatch(3);
        team.forEach(3, i -> {
            workers.add(Thread.currentThread());
            all.countDown();
            await(all);
        });
        assertThat(workers).hasSize(3).contains(Thread.currentThread());
        workers.remove(Thread.currentThread());
        assertThat(workers).allMatch(Thread::isDaemon).allMatch(Thread::isAlive);

        team.close();
        assertThat(workers).noneMatch(Thread::isAlive);
        assertThatIllegalStateException().isThrownBy(() -> team.forEach(1, i -> {})).withMessageContaining("closed");
        team.close();
    }

    /** Whether it runs on a worker or on the thread of the caller. */
    @Test
    void aTaskMayNotCloseItsTeam() {
        Parallelism team = Parallelism.of(2);
        CountDownLatch both = new CountDownLatch(2);
        AtomicIntegerArray refused = new AtomicIntegerArray(2);
        team.forEach(2, i -> {
            both.countDown();
            await(both);
            try {
                team.close();
            } catch (IllegalStateException e) {
                refused.incrementAndGet(i);
            }
        });
        assertThat(refused).hasToString("[1, 1]");
        assertEveryIndexOnce(team, 10);
        team.close();
    }

    @Test
    void aRunningCallOutlivesItsTeam() throws Exception {
        Parallelism team = Parallelism.of(2);
        CountDownLatch both = new CountDownLatch(2);
        CountDownLatch closed = new CountDownLatch(1);
        AtomicIntegerArray runs = new AtomicIntegerArray(2 * 8);
        try (ExecutorService others = Executors.newFixedThreadPool(2)) {
            Future<?> closing = others.submit(() -> {
                await(both);
                team.close();
            });
            Future<?> watching = others.submit(() -> {
                await(both);
                // close() has begun, but ends only with the call
                assertThatIllegalStateException().isThrownBy(() -> callUntilRefused(team));
                closed.countDown();
            });
            team.forEach(2, i -> {
                both.countDown();
                await(closed);
                team.forEach(8, j -> runs.incrementAndGet(8 * i + j));
            });
            watching.get();
            closing.get();
        }
        for (int i = 0; i < runs.length(); i++) {
            assertThat(runs.get(i)).isEqualTo(1);
        }
    }

    private static void callUntilRefused(Parallelism team) {
        while (true) {
            team.forEach(1, i -> Thread.onSpinWait());
        }
    }

    @Test
    void serialAndSharedTeamsStayOpen() {
        Parallelism.serial().close();
        Parallelism.shared().close();
        assertEveryIndexOnce(Parallelism.serial(), 3);
        assertEveryIndexOnce(Parallelism.shared(), 100);
        assertThat(Parallelism.serial().threads()).isOne();
        assertThat(Parallelism.shared().threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(Parallelism.shared()).isSameAs(Parallelism.shared());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void fewerThreadsThanOneAreRefused(int threads) {
        assertThatIllegalArgumentException().isThrownBy(() -> Parallelism.of(threads))
                .withMessage("threads=" + threads + " must be positive");
    }

    @Test
    void argumentsOfForEachAreChecked() {
        Parallelism team = Parallelism.serial();
        assertThatIllegalArgumentException().isThrownBy(() -> team.forEach(-1, i -> {}))
                .withMessage("tasks=-1 must not be negative");
        assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> team.forEach(0, null))
                .withMessage("task");
    }

    /** A pool that spins would take 200 ms of each core. */
    @Test
    void idleTeamUsesNoProcessorTime() throws InterruptedException {
        try (Parallelism team = Parallelism.of(3)) {
            Set<Thread> workers = ConcurrentHashMap.newKeySet();
            CountDownLatch all = new CountDownLatch(3);
            team.forEach(3, i -> {
                workers.add(Thread.currentThread());
                all.countDown();
                await(all);
            });
            workers.remove(Thread.currentThread());
            Thread.sleep(50);
            long before = processorTime(workers);
            Thread.sleep(200);
            assertThat(Duration.ofNanos(processorTime(workers) - before)).isLessThan(Duration.ofMillis(10));
        }
    }

    private static long processorTime(Set<Thread> threads) {
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        return threads.stream().mapToLong(thread -> bean.getThreadCpuTime(thread.threadId())).sum();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
