package org.lanewise.autograd;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Parallelism;

/**
 * Records the operations of one thread while it is open, and runs them backwards.
 *
 * {@snippet :
 * try (Tape tape = Tape.open()) {
 *     Tensor loss = criterion.forward(model.forward(x), y);
 *     tape.backward(loss);          // fills the gradients of the parameters
 *     System.out.println(loss.item());
 * }                                 // every intermediate buffer goes back to the pool here
 * }
 *
 * <p>
 * The tape owns what is computed while it is open. A tensor that is read after its tape closed throws an
 * {@link IllegalStateException}; {@link Tensor#detach()} makes a copy that lasts. Tensors that the program makes itself, like
 * inputs and parameters, belong to no tape.
 *
 * <p>
 * Without a tape, operations only compute. {@link #noGrad()} opens one that records nothing but owns the intermediate results, so
 * that inference in a loop allocates no buffers either.
 *
 * <p>
 * A thread has one tape at a time. Many threads may run the same model forward at once; only one at a time may run backward, since
 * the parameters hold one gradient.
 */
public final class Tape implements AutoCloseable {

    private static final Tensor[] NONE = {};
    private static final ThreadLocal<Memory> MEMORY = ThreadLocal.withInitial(Memory::new);

    private final Memory memory;
    private final Parallelism parallelism;
    private final boolean records;
    private boolean closed;

    private Tape(Memory memory, Parallelism parallelism, boolean records) {
        this.memory = memory;
        this.parallelism = parallelism;
        this.records = records;
    }

    /** What the tapes of one thread use again: the pool, the list of recorded operations and that of arrays in use. */
    private static final class Memory {
        final BufferPool pool = new BufferPool();
        @Nullable
        Tape current;

        Function[] functions = new Function[64];
        Tensor[] outputs = new Tensor[64];
        /** The outputs that an operation has besides its first one. */
        Tensor[][] others = new Tensor[64][];
        int recorded;

        float[][] used = new float[64][];
        int usedCount;

        final BytePool bytes = new BytePool();

        void record(Tensor output, Tensor[] more, Function function) {
            if (recorded == functions.length) {
                functions = Arrays.copyOf(functions, 2 * recorded);
                outputs = Arrays.copyOf(outputs, 2 * recorded);
                others = Arrays.copyOf(others, 2 * recorded);
            }
            functions[recorded] = function;
            others[recorded] = more;
            outputs[recorded++] = output;
        }

        float[] use(int length) {
            if (usedCount == used.length) {
                used = Arrays.copyOf(used, 2 * usedCount);
            }
            float[] array = pool.take(length);
            used[usedCount++] = array;
            return array;
        }

        @SuppressWarnings("NullAway") // clears array elements that are not looked at again
        void clear() {
            Arrays.fill(functions, 0, recorded, null);
            Arrays.fill(outputs, 0, recorded, null);
            Arrays.fill(others, 0, recorded, null);
            recorded = 0;
            for (int i = 0; i < usedCount; i++) {
                pool.give(used[i]);
                used[i] = null;
            }
            usedCount = 0;
            pool.endGeneration();
            bytes.endGeneration();
            current = null;
        }
    }

    /**
     * Opens a tape on this thread, whose kernels may use {@link Parallelism#shared()}.
     *
     * @return the tape; close it
     * @throws IllegalStateException if one is open on this thread
     */
    public static Tape open() {
        return open(Parallelism.shared());
    }

    /**
     * Opens a tape on this thread.
     *
     * @param parallelism the threads that kernels may use
     * @return the tape; close it
     * @throws IllegalStateException if one is open on this thread
     */
    public static Tape open(Parallelism parallelism) {
        return open(parallelism, true);
    }

    /**
     * Opens a tape that records nothing: for inference and evaluation.
     *
     * @return the tape; close it
     * @throws IllegalStateException if one is open on this thread
     */
    public static Tape noGrad() {
        return noGrad(Parallelism.shared());
    }

    /**
     * Opens a tape that records nothing: for inference and evaluation.
     *
     * @param parallelism the threads that kernels may use
     * @return the tape; close it
     * @throws IllegalStateException if one is open on this thread
     */
    public static Tape noGrad(Parallelism parallelism) {
        return open(parallelism, false);
    }

    private static Tape open(Parallelism parallelism, boolean records) {
        Objects.requireNonNull(parallelism, "parallelism");
        requireNoneOpen();
        Memory memory = MEMORY.get();
        Tape tape = new Tape(memory, parallelism, records);
        memory.current = tape;
        return tape;
    }

    /** Throws if a tape is open on this thread. */
    static void requireNoneOpen() {
        if (MEMORY.get().current != null) {
            throw new IllegalStateException("a tape is open on this thread already; close it first");
        }
    }

    /**
     * The threads that an operation on this thread may use: those of the open tape, else {@link Parallelism#shared()}.
     *
     * @return the threads
     */
    public static Parallelism parallelism() {
        Tape tape = MEMORY.get().current;
        return tape == null ? Parallelism.shared() : tape.parallelism;
    }

    /**
     * A tensor for the result of an operation. Its content is unknown; the operation must write all of it. It belongs to the tape
     * that is open on this thread, if any.
     *
     * @param shape the shape of the result
     * @return the tensor
     */
    public static Tensor newTensor(Shape shape) {
        Memory memory = MEMORY.get();
        return memory.current == null
                ? new Tensor(shape, new float[shape.size()], null)
                : new Tensor(shape, memory.use(shape.size()), memory.current);
    }

    /**
     * Bytes that the backward pass of an operation needs, like the places of maxima. They belong to the tape that is open on this
     * thread, if any.
     *
     * @param length at least this many
     * @return an array with unknown content
     */
    public static byte[] newBytes(int length) {
        Memory memory = MEMORY.get();
        return memory.current == null ? new byte[length] : memory.bytes.take(length);
    }

    /**
     * Another shape for the same elements.
     *
     * @param x     a tensor
     * @param shape a shape of the same size
     * @return a tensor that shares the array of x
     * @throws IllegalArgumentException if the sizes differ
     */
    public static Tensor newView(Tensor x, Shape shape) {
        if (x.size() != shape.size()) {
            throw new IllegalArgumentException(
                    "newView: the elements of shape " + x.shape() + " cannot be seen as " + shape);
        }
        return new Tensor(shape, x.data(), x.owner() != null ? x.owner() : MEMORY.get().current);
    }

    /**
     * Whether an operation on this input must be recorded.
     *
     * @param x the input
     * @return whether a recording tape is open on this thread and x requires a gradient
     */
    public static boolean recording(Tensor x) {
        return x.requiresGrad() && recordingTape(x) != null;
    }

    /**
     * Whether an operation on these inputs must be recorded.
     *
     * @param a an input
     * @param b another one
     * @return whether a recording tape is open on this thread and one of them requires a gradient
     */
    public static boolean recording(Tensor a, Tensor b) {
        return recording(a) || recording(b);
    }

    /**
     * Whether an operation on these inputs must be recorded.
     *
     * @param inputs the inputs; null ones are passed over
     * @return whether a recording tape is open on this thread and one of them requires a gradient
     */
    public static boolean recording(@Nullable Tensor... inputs) {
        for (Tensor input : inputs) {
            if (input != null && recording(input)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Records how an output was made. Call it only where {@link #recording} says so.
     *
     * @param output   the output
     * @param function its backward pass
     * @return the output, which now requires a gradient
     */
    public static Tensor record(Tensor output, Function function) {
        Tape tape = recorded(output);
        tape.memory.record(output, NONE, function);
        return output;
    }

    /**
     * Records how several outputs were made by one operation. Call it only where {@link #recording} says so. Its backward pass runs
     * if the gradient of any of them has arrived, and asks for each by {@link Gradients#dY(Tensor)}.
     *
     * @param function the backward pass
     * @param first    an output, which now requires a gradient
     * @param others   the other outputs, which do so too
     */
    public static void record(Function function, Tensor first, Tensor... others) {
        for (Tensor output : others) {
            recorded(output);
        }
        recorded(first).memory.record(first, others, function);
    }

    private static Tape recorded(Tensor output) {
        Tape tape = recordingTape();
        if (tape == null || output.owner() != tape) {
            throw new IllegalStateException("record: the output must be made by Tape.newTensor under an open tape");
        }
        output.recorded();
        return tape;
    }

    /** The tape that records what is made of this input. A computed tensor may only be differentiated under its own tape. */
    private static @Nullable Tape recordingTape(Tensor input) {
        Tape tape = recordingTape();
        if (tape != null && input.owner() != null && input.owner() != tape) {
            throw new IllegalStateException("this tensor of shape " + input.shape()
                    + " belongs to the tape of another thread; detach() it there");
        }
        return tape;
    }

    private static @Nullable Tape recordingTape() {
        Tape tape = MEMORY.get().current;
        return tape != null && tape.records ? tape : null;
    }

    /**
     * Runs the recorded operations backwards from a scalar, and adds its gradient to every tensor that requires one. The gradients
     * of intermediate results are not kept.
     *
     * @param loss a tensor of one element, computed under this tape
     * @throws IllegalArgumentException if the loss has more than one element, or does not depend on a tensor that requires a
     *                                  gradient
     * @throws IllegalStateException    if this tape is closed, records nothing, or is used from another thread
     */
    public void backward(Tensor loss) {
        if (loss.size() != 1) {
            throw new IllegalArgumentException("backward: expected a loss of one element but got shape " + loss.shape()
                    + "; pass the gradient of each element as well");
        }
        float[] one = start(loss);
        one[0] = 1;
        run(loss, one);
    }

    /**
     * Runs the recorded operations backwards from any tensor, given the gradient of each of its elements.
     *
     * @param y  a tensor computed under this tape
     * @param dY the gradient with respect to y, of its shape; it is copied
     * @throws IllegalArgumentException if the shapes differ, or y does not depend on a tensor that requires a gradient
     * @throws IllegalStateException    if this tape is closed, records nothing, or is used from another thread
     */
    public void backward(Tensor y, Tensor dY) {
        if (!y.shape().equals(dY.shape())) {
            throw new IllegalArgumentException("backward: y has shape " + y.shape() + " but dY has " + dY.shape());
        }
        float[] source = dY.data();
        float[] gradient = start(y);
        System.arraycopy(source, 0, gradient, 0, y.size());
        run(y, gradient);
    }

    /** Checks that the backward pass can begin at y, and takes an array for its gradient. */
    private float[] start(Tensor y) {
        if (closed) {
            throw new IllegalStateException("backward: this tape is closed");
        }
        if (MEMORY.get() != memory) {
            throw new IllegalStateException("backward: this tape was opened by another thread");
        }
        if (!records) {
            throw new IllegalStateException("backward: this tape was opened by noGrad() and records nothing");
        }
        if (y.owner() != this || !y.requiresGrad()) {
            throw new IllegalArgumentException("backward: the tensor of shape " + y.shape()
                    + " was not computed under this tape from one that requires a gradient");
        }
        return scratch(y.size());
    }

    private void run(Tensor y, float[] gradient) {
        if (!y.adoptGradient(gradient)) {
            throw new AssertionError("a computed tensor takes any gradient");
        }
        Gradients gradients = new Gradients(this);
        int next = memory.recorded - 1;
        try {
            for (; next >= 0; next--) {
                gradients.run(memory.functions[next], memory.outputs[next], memory.others[next]);
            }
        } finally {
            // After a failure, what had arrived so far must not count in another backward pass.
            for (; next >= 0; next--) {
                drop(memory.outputs[next]);
                for (Tensor other : memory.others[next]) {
                    drop(other);
                }
            }
        }
    }

    private void drop(Tensor output) {
        float[] dY = output.takeGradient();
        if (dY != null) {
            release(dY);
        }
    }

    /** Gives every array that was made under this tape back to the pool. Closing twice does nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (MEMORY.get() != memory) {
            throw new IllegalStateException("close: this tape was opened by another thread");
        }
        closed = true;
        memory.clear();
    }

    /** Arrays that the tapes of this thread had to allocate so far. */
    static long arraysMade() {
        return MEMORY.get().pool.made();
    }

    boolean isClosed() { return closed; }

    Parallelism threads() {
        return parallelism;
    }

    /** An array for a gradient, to be given back by {@link #release}. */
    float[] scratch(int length) {
        return memory.pool.take(length);
    }

    void release(float[] array) {
        memory.pool.give(array);
    }
}
