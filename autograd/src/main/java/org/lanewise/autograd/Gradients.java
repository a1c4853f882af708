package org.lanewise.autograd;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Elementwise;
import org.lanewise.kernels.Parallelism;

/**
 * What a {@link Function} sees of the backward pass: the gradient of its output, and where those of its inputs go.
 *
 * <p>
 * Gradients add up: an input that was used twice receives two contributions. Which method an operation calls depends on
 * what its kernel can do: add ({@link #accumulate}), overwrite ({@link #compute}), overwrite several at once ({@link #buffer} and
 * {@link #commit}), or turn dY itself into the contribution ({@link #give}).
 */
public final class Gradients {

    /** A kernel that adds to what is there: dX := contribution + beta*dX, where beta == 0 overwrites. */
    @FunctionalInterface
    public interface Accumulation {
        /**
         * Runs the kernel.
         *
         * @param dX   the gradient of the input
         * @param beta 0 if dX holds nothing yet, else 1
         */
        void run(float[] dX, float beta);
    }

    /** A kernel that overwrites. */
    @FunctionalInterface
    public interface Computation {
        /**
         * Runs the kernel.
         *
         * @param dX takes the contribution; its content is unknown
         */
        void run(float[] dX);
    }

    private static final Tensor[] NONE = {};

    private final Tape tape;
    private @Nullable Tensor output;
    private float @Nullable [] dY;
    private boolean given;
    private Tensor[] others = NONE;
    private float[] @Nullable [] otherGradients = {};

    Gradients(Tape tape) {
        this.tape = tape;
    }

    /** Runs the backward pass of one operation if the gradient of an output has arrived, and frees those of its outputs. */
    void run(Function function, Tensor first, Tensor[] more) {
        dY = first.takeGradient();
        boolean arrived = dY != null;
        output = first;
        others = more;
        if (more.length > 0) {
            arrived |= takeOthers(more);
        }
        given = false;
        try {
            if (arrived) {
                function.backward(this);
            }
        } finally {
            release();
        }
    }

    private boolean takeOthers(Tensor[] more) {
        boolean arrived = false;
        otherGradients = new float[more.length][];
        for (int i = 0; i < more.length; i++) {
            otherGradients[i] = more[i].takeGradient();
            arrived |= otherGradients[i] != null;
        }
        return arrived;
    }

    private void release() {
        if (dY != null && !given) {
            tape.release(dY);
        }
        for (int i = 0; i < others.length; i++) {
            float[] gradient = otherGradients[i];
            if (gradient != null) {
                tape.release(gradient);
            }
        }
        dY = null;
        output = null;
        others = NONE;
    }

    /**
     * The gradient of the output, complete. It may be changed if it is then handed on by {@link #give}.
     *
     * @return the array, of the output's size
     * @throws IllegalStateException outside of backward(), or if none has arrived at the first one of several outputs: see
     *                               {@link #dY(Tensor)}
     */
    public float[] dY() {
        if (dY == null) {
            throw new IllegalStateException(
                    "dY() was called outside of backward(), or no gradient has arrived at the first output");
        }
        return dY;
    }

    /**
     * The gradient of one of several outputs, complete.
     *
     * @param y one of the outputs that were recorded
     * @return an array of its size, or null if no gradient has arrived there: it is 0
     * @throws IllegalArgumentException if y is no output of the operation
     */
    public float @Nullable [] dY(Tensor y) {
        for (int i = 0; i < others.length; i++) {
            if (others[i] == y) {
                return otherGradients[i];
            }
        }
        if (y != output) {
            throw new IllegalArgumentException(
                    "dY: the tensor of shape " + y.shape() + " is no output of the operation");
        }
        return dY;
    }

    /**
     * Whether an input takes part in the differentiation.
     *
     * @param x an input
     * @return whether its gradient is wanted
     */
    public boolean needed(Tensor x) {
        return x.requiresGrad();
    }

    /**
     * The threads that kernels may use.
     *
     * @return those of the tape
     */
    public Parallelism parallelism() {
        return tape.threads();
    }

    /**
     * Adds a contribution that the kernel itself can add to what is there. Not called if x needs no gradient.
     *
     * @param x      an input
     * @param kernel the kernel
     */
    public void accumulate(Tensor x, Accumulation kernel) {
        if (needed(x)) {
            float beta = x.hasGradient() ? 1 : 0;
            kernel.run(x.gradientArray(tape), beta);
            x.gradientWritten();
        }
    }

    /**
     * Adds a contribution of a kernel that can only overwrite. Not called if x needs no gradient.
     *
     * @param x      an input
     * @param kernel the kernel
     */
    public void compute(Tensor x, Computation kernel) {
        if (!needed(x)) {
            return;
        }
        if (x.hasGradient()) {
            float[] contribution = tape.scratch(x.size());
            kernel.run(contribution);
            commit(x, contribution);
        } else {
            kernel.run(x.gradientArray(tape));
            x.gradientWritten();
        }
    }

    /**
     * For kernels that write several gradients at once: an array for one of them, to be handed to {@link #commit}.
     *
     * @param x an input, or null
     * @return an array of its size with unknown content; null if there is no such input or it needs no gradient
     */
    public float @Nullable [] buffer(@Nullable Tensor x) {
        return x != null && needed(x) ? tape.scratch(x.size()) : null;
    }

    /**
     * Adds what a kernel wrote to an array of {@link #buffer}, and takes the array back.
     *
     * @param x            the input, or null
     * @param contribution the array, or null if buffer gave none
     * @throws IllegalArgumentException if it is not of the size of x
     */
    public void commit(@Nullable Tensor x, float @Nullable [] contribution) {
        if (x == null || contribution == null) {
            return;
        }
        checkSize("commit", x, contribution);
        if (!x.adoptGradient(contribution)) {
            add(x, contribution);
            tape.release(contribution);
        }
    }

    /**
     * Adds a contribution that is held in an array, and leaves the array alone.
     *
     * @param x            an input
     * @param contribution an array of its size
     * @throws IllegalArgumentException if it is of another size
     */
    public void add(Tensor x, float[] contribution) {
        checkSize("add", x, contribution);
        accumulate(x, (dX, beta) -> Elementwise.axpby(x.size(), 1, contribution, 0, beta, dX, 0, parallelism()));
    }

    /**
     * Hands {@link #dY} on as the contribution to an input, without a copy where that is possible. It must be the last use of
     * dY, and may happen once.
     *
     * @param x an input of the same size as the output
     * @throws IllegalArgumentException if it is of another size
     */
    public void give(Tensor x) {
        float[] array = dY();
        checkSize("give", x, array);
        if (given) {
            throw new IllegalStateException("dY was given away before");
        }
        if (needed(x) && x.adoptGradient(array)) {
            given = true;
        } else {
            add(x, array);
        }
    }

    private void checkSize(String method, Tensor x, float[] contribution) {
        if (contribution.length != x.size()) {
            throw new IllegalArgumentException(method + ": a contribution of " + contribution.length
                    + " elements does not fit the input of shape " + x.shape()
                    + (output == null ? "" : "; the output has shape " + output.shape()));
        }
    }
}
