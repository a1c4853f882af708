package org.lanewise.kernels.rnn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.RnnGeometry;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.Blocking;
import org.lanewise.kernels.vector.SharedLoop;

/**
 * The walks through the sequences of a batch, each through some of them. If there are tiles of rows for as many threads as there are
 * panels of units, threads share the walks, and meet only where a part of the steps ends; else there is one walk, and they share the
 * units of each step.
 */
final class Walks<W extends Walk> extends SharedLoop {

    /** Sequences of a walk are a multiple of these, so that its rows are tiles of 12, 8 and 4, or of 6 and 4. */
    private static final int ROWS = BlockedGemm.PANEL_ROWS % 4 == 0 ? 4 : 2;

    private final List<W> all = new ArrayList<>();
    private final Supplier<W> made;
    private int sequences;
    private int count;
    private int from;
    private int to;

    Walks(Supplier<W> made) {
        this.made = made;
    }

    /** Cuts the batch into as many walks as have work for a thread. */
    void begin(RnnGeometry g, Parallelism parallelism) {
        int threads = Walk.threads(g, parallelism);
        int byUnits = Math.min(Math.ceilDiv(g.hiddenSize(), BlockedGemm.PANEL_COLUMNS), threads);
        int bySequences = Math.min(g.batch() / BlockedGemm.PANEL_ROWS, threads);
        int walks = bySequences >= byUnits ? bySequences : 1;
        sequences = Blocking.evenPart(g.batch(), Math.max(Math.ceilDiv(g.batch(), walks), 1), ROWS);
        count = Math.max(Math.ceilDiv(g.batch(), sequences), 1);
        while (all.size() < count) {
            all.add(made.get());
        }
    }

    /** {@return how many sequences each goes through, but the last one} */
    int sequences() {
        return sequences;
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
