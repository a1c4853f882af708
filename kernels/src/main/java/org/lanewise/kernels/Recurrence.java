package org.lanewise.kernels;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.reference.ReferenceRecurrence;
import org.lanewise.kernels.rnn.VectorRecurrence;

/**
 * One direction of one recurrent layer over whole sequences, forward and backward. The equations of a step are those of its
 * {@link RecurrentCell}.
 *
 * <p>
 * The input is projected for all time steps in one product, or for as many as stay in the cache if nothing is saved; the gradients of
 * both weights are products over as many rows of T*B as a product sums in registers, 256, or B. What remains for a step is the product
 * with W_hh, which is packed once for all steps, and the cell. Threads share the sequences if there are tiles of rows for as many as
 * there are panels of units, and meet where a part of the steps ends; else they share the units of the state: each multiplies the rows
 * of W_hh that belong to its units and finishes these, and they meet once a step. A single sequence is multiplied with W_hh where it
 * stands, because it reads it once a step, from the cache.
 *
 * <p>
 * Arrays start at index 0 where nothing else is said. Memory, in floats, with G gates: the backward pass needs what the forward pass
 * saves besides the states, {@link RnnGeometry#savedSize}: 6*T*B*H for an LSTM, 4*T*B*H for a GRU and none for the others. As scratch it
 * takes W_hh once and, for some steps with at least 256 rows of T*B, and no more than B + 255 (for all T*B, if the batch is first and B
 * &gt; 1), (G + 1)*H + 16 a row (5*H + 16 for a GRU), and I more if sequences are padded. The forward pass takes W_hh once, W_ih once if
 * the gates of all steps of an LSTM or a GRU take more than half of the L2 cache and, if they are not saved, that half for the gates of
 * some steps (or those of one step, if they are more) and, if the batch is first, a copy of the inputs of these steps. Scratch stays
 * with the thread for the next call.
 *
 * @see <a href="https://doi.org/10.1207/s15516709cog1402_1">Elman: Finding Structure in Time, 1990</a>
 * @see <a href="https://doi.org/10.1162/neco.1997.9.8.1735">Hochreiter, Schmidhuber: Long Short-Term Memory, 1997</a>
 * @see <a href="https://arxiv.org/abs/1406.1078">Cho et al.: Learning Phrase Representations using RNN Encoder-Decoder, 2014</a>
 */
public final class Recurrence {

    /**
     * The parameters, with PyTorch's names and shapes.
     *
     * @param inputWeight  W_ih, shape (G*H, I)
     * @param hiddenWeight W_hh, shape (G*H, H)
     * @param inputBias    b_ih, G*H values, or null for none
     * @param hiddenBias   b_hh, G*H values, or null for none
     */
    public record Weights(float[] inputWeight, float[] hiddenWeight, float @Nullable [] inputBias,
            float @Nullable [] hiddenBias) {
    }

    /**
     * The states of all sequences before the first step or after the last one, or their gradients.
     *
     * @param h      h, shape (B, H); null for zeros where it is read, for nothing where it would be written
     * @param c      c of an LSTM in the same way; other cells do not look at it
     * @param offset index of the first element in both
     */
    public record States(float @Nullable [] h, float @Nullable [] c, int offset) {

        /** Zeros where they are read, nothing where they would be written. */
        public static final States NONE = new States(null, null, 0);
    }

    /**
     * Where the backward pass writes. What is null is not computed.
     *
     * @param x            gradient of the input, of its shape
     * @param betaX        factor of what x holds before; 0 overwrites and never reads it. The other gradients are overwritten.
     * @param initial      gradient of the initial states
     * @param inputWeight  gradient of W_ih
     * @param hiddenWeight gradient of W_hh
     * @param inputBias    gradient of b_ih
     * @param hiddenBias   gradient of b_hh
     */
    public record Gradients(float @Nullable [] x, float betaX, States initial, float @Nullable [] inputWeight,
            float @Nullable [] hiddenWeight, float @Nullable [] inputBias, float @Nullable [] hiddenBias) {
    }

    private Recurrence() {
    }

    /**
     * All states of all sequences.
     *
     * @param geometry    the sizes
     * @param x           input, shape (T, B, I), or (B, T, I) if batch first
     * @param initial     the states before the first step
     * @param weights     the parameters
     * @param y           its columns of this direction are overwritten with the states h, shape (T, B, outputWidth), or (B, T,
     *                    outputWidth); must not overlap an input
     * @param last        takes the states after the last step
     * @param saved       overwritten with {@link RnnGeometry#savedSize} floats for {@link #backward}; null if there will be none
     * @param parallelism the threads that may be used
     * @throws IndexOutOfBoundsException if an array is too short
     */
    public static void forward(RnnGeometry geometry, float[] x, States initial, Weights weights, float[] y, States last,
            float @Nullable [] saved, Parallelism parallelism) {
        checkInputs(geometry, x, initial, weights, y);
        checkStates("last", "last.h", "last.c", last, geometry);
        optional("saved", saved, geometry.savedSize());
        Objects.requireNonNull(parallelism, "parallelism");
        if (Backend.current().vectorized()) {
            VectorRecurrence.forward(geometry, x, initial, weights, y, last, saved, parallelism);
        } else {
            ReferenceRecurrence.forward(geometry, x, initial, weights, y, last, saved);
        }
    }

    /**
     * The gradients, given those of all states and of the last ones.
     *
     * @param geometry    the sizes
     * @param x           the input of {@link #forward}
     * @param initial     its initial states
     * @param weights     the parameters
     * @param y           its output
     * @param saved       what it saved
     * @param dY          gradient with respect to y, of its shape, or null for zeros; only the columns of this direction are read
     * @param dLast       gradient with respect to the last states; that of h is added to dY's
     * @param gradients   where the results go; must not overlap an input
     * @param parallelism the threads that may be used
     * @throws IndexOutOfBoundsException if an array is too short
     */
    public static void backward(RnnGeometry geometry, float[] x, States initial, Weights weights, float[] y,
            float[] saved, float @Nullable [] dY, States dLast, Gradients gradients, Parallelism parallelism) {
        checkInputs(geometry, x, initial, weights, y);
        Checks.range("saved", saved, 0, geometry.savedSize());
        optional("dY", dY, (long) geometry.rows() * geometry.outputWidth());
        checkStates("dLast", "dLast.h", "dLast.c", dLast, geometry);
        Objects.requireNonNull(gradients, "gradients");
        long gates = (long) geometry.cell().gates() * geometry.hiddenSize();
        optional("gradients.x", gradients.x(), (long) geometry.rows() * geometry.inputSize());
        checkStates("gradients.initial", "gradients.initial.h", "gradients.initial.c", gradients.initial(), geometry);
        optional("gradients.inputWeight", gradients.inputWeight(), gates * geometry.inputSize());
        optional("gradients.hiddenWeight", gradients.hiddenWeight(), gates * geometry.hiddenSize());
        optional("gradients.inputBias", gradients.inputBias(), gates);
        optional("gradients.hiddenBias", gradients.hiddenBias(), gates);
        Objects.requireNonNull(parallelism, "parallelism");
        if (Backend.current().vectorized()) {
            VectorRecurrence.backward(geometry, x, initial, weights, y, saved, dY, dLast, gradients, parallelism);
        } else {
            ReferenceRecurrence.backward(geometry, x, initial, weights, y, saved, dY, dLast, gradients);
        }
    }

    private static void checkInputs(RnnGeometry g, float[] x, States initial, Weights weights, float[] y) {
        Objects.requireNonNull(g, "geometry");
        Objects.requireNonNull(weights, "weights");
        long gates = (long) g.cell().gates() * g.hiddenSize();
        Checks.range("x", x, 0, (long) g.rows() * g.inputSize());
        checkStates("initial", "initial.h", "initial.c", initial, g);
        Checks.range("inputWeight", weights.inputWeight(), 0, gates * g.inputSize());
        Checks.range("hiddenWeight", weights.hiddenWeight(), 0, gates * g.hiddenSize());
        optional("inputBias", weights.inputBias(), gates);
        optional("hiddenBias", weights.hiddenBias(), gates);
        Checks.range("y", y, 0, (long) g.rows() * g.outputWidth());
    }

    private static void checkStates(String name, String hName, String cName, States states, RnnGeometry g) {
        Objects.requireNonNull(states, name);
        long length = (long) g.batch() * g.hiddenSize();
        if (states.h() != null) {
            Checks.range(hName, states.h(), states.offset(), length);
        }
        if (states.c() != null && g.cell().hasCellState()) {
            Checks.range(cName, states.c(), states.offset(), length);
        }
    }

    private static void optional(String name, float @Nullable [] array, long length) {
        if (array != null) {
            Checks.range(name, array, 0, length);
        }
    }
}
