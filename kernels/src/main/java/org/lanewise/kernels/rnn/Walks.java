package org.lanewise.kernels.rnn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.SharedLoop;

/** The walks through the sequences of a batch, each through some of them, which threads share. */
final class Walks<W extends Walk> extends SharedLoop {

    private final List<W> all = new ArrayList<>();
    private final Supplier<W> made;
    private int count;
    private int from;
    private int to;

    Walks(Supplier<W> made) {
        this.made = made;
    }

    /** Says how many there are. */
    void begin(int newCount) {
        count = newCount;
        while (all.size() < count) {
            all.add(made.get());
        }
    }

    int count() {
        return count;
    }

    W get(int index) {
        return all.get(index);
    }

    /** All walk through the steps of the visits [newFrom, newTo); a single one has all threads. */
    void steps(int newFrom, int newTo, Parallelism parallelism) {
        if (count == 1) {
            get(0).steps(newFrom, newTo, parallelism);
        } else {
            from = newFrom;
            to = newTo;
            share(count, 1, parallelism);
        }
    }

    @Override
    protected void run(int first, int end) {
        for (int index = first; index < end; index++) {
            get(index).steps(from, to, Parallelism.serial());
        }
    }

    /** They let go of their operands. */
    void end() {
        for (int index = 0; index < count; index++) {
            get(index).end();
        }
    }
}
