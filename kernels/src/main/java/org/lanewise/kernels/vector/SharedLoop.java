package org.lanewise.kernels.vector;

import java.util.function.IntConsumer;

import org.lanewise.kernels.Parallelism;

/**
 * A loop over [0, total) whose parts the threads of a team share.
 *
 * <p>
 * A kernel has one such object for each thread that calls it, with the arguments of the call in its fields, and uses it again and
 * again, so that a call allocates nothing: a lambda that captures them would be an object.
 */
public abstract class SharedLoop implements IntConsumer {

    /** Elements of an elementwise loop that are worth another thread: 32 K floats are 128 KB. */
    public static final int ELEMENTS = 32 * 1024;

    private int total;
    private int part;

    /** For subclasses. */
    protected SharedLoop() {
    }

    /** Runs the loop in parts of {@code newPart} indices, the last one may be shorter, and returns when all have ended. */
    protected final void share(int newTotal, int newPart, Parallelism parallelism) {
        total = newTotal;
        part = newPart;
        if (part >= total) {
            run(0, total);
        } else {
            parallelism.forEach(Math.ceilDiv(total, part), this);
        }
    }

    /** The same for lines of so many elements each, with as many lines in a part as are worth another thread. */
    protected final void shareLines(int lines, int elements, Parallelism parallelism) {
        share(lines, Math.ceilDiv(ELEMENTS, Math.max(1, elements)), parallelism);
    }

    /** One part: the indices [from, to). */
    protected abstract void run(int from, int to);

    @Override
    public final void accept(int index) {
        int from = index * part;
        run(from, from + Math.min(part, total - from));
    }
}
