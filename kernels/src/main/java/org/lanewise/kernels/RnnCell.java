package org.lanewise.kernels;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.reference.ReferenceRnnCell;
import org.lanewise.kernels.rnn.VectorRnnCell;

/**
 * The tanh cell of Elman's recurrent network over whole sequences, forward and backward:
 *
 * <pre>
 *   h(t) = tanh( W_ih x(t) + b_ih + W_hh h(t-1) + b_hh )
 * </pre>
 *
 * <p>
 * The input is projected for all time steps in one product, and the gradients of both weights are one product each, summed over
 * time and batch. Arrays start at index 0. The scratch memory of the backward pass is 2*T*B*H + B*H floats a thread.
 *
 * @see <a href="https://doi.org/10.1207/s15516709cog1402_1">Elman: Finding Structure in Time, 1990</a>
 */
public final class RnnCell {

    /**
     * The parameters, with PyTorch's names and shapes.
     *
     * @param inputWeight  W_ih, shape (H, I)
     * @param hiddenWeight W_hh, shape (H, H)
     * @param inputBias    b_ih, H values, or null for none
     * @param hiddenBias   b_hh, H values, or null for none
     */
    public record Weights(float[] inputWeight, float[] hiddenWeight, float @Nullable [] inputBias,
            float @Nullable [] hiddenBias) {
    }

    /**
     * Where the backward pass writes. What is null is not computed. All are overwritten.
     *
     * @param x            gradient of the input, of its shape
     * @param h0           gradient of the initial state, shape (B, H)
     * @param inputWeight  gradient of W_ih
     * @param hiddenWeight gradient of W_hh
     * @param bias         gradient of b_ih, which is also that of b_hh: H values
     */
    public record Gradients(float @Nullable [] x, float @Nullable [] h0, float @Nullable [] inputWeight,
            float @Nullable [] hiddenWeight, float @Nullable [] bias) {
    }

    private RnnCell() {
    }

    /**
     * All states of all sequences.
     *
     * @param geometry    the sizes
     * @param x           input, shape (T, B, I), or (B, T, I) if batch first
     * @param h0          initial states, shape (B, H), or null for zeros
     * @param weights     the parameters
     * @param y           overwritten with the states h(1) .. h(T), shape (T, B, H), or (B, T, H); must not overlap an input
     * @param parallelism the threads that may be used
     * @throws IndexOutOfBoundsException if an array is too short
     */
    public static void forward(RnnGeometry geometry, float[] x, float @Nullable [] h0, Weights weights, float[] y,
            Parallelism parallelism) {
        checkInputs(geometry, x, h0, weights, y);
        Objects.requireNonNull(parallelism, "parallelism");
        if (Backend.current().vectorized()) {
            VectorRnnCell.forward(geometry, x, h0, weights, y, parallelism);
        } else {
            ReferenceRnnCell.forward(geometry, x, h0, weights, y);
        }
    }

    /**
     * The gradients, given those of all states and of the last one.
     *
     * @param geometry    the sizes
     * @param x           the input of {@link #forward}
     * @param h0          the initial states of {@link #forward}, or null
     * @param weights     the parameters
     * @param y           the output of {@link #forward}
     * @param dY          gradient with respect to y, of its shape, or null for zeros
     * @param dHn         gradient with respect to the last states, shape (B, H), that is added to dY's, or null for zeros
     * @param gradients   where the results go; must not overlap an input
     * @param parallelism the threads that may be used
     * @throws IndexOutOfBoundsException if an array is too short
     */
    public static void backward(RnnGeometry geometry, float[] x, float @Nullable [] h0, Weights weights, float[] y,
            float @Nullable [] dY, float @Nullable [] dHn, Gradients gradients, Parallelism parallelism) {
        checkInputs(geometry, x, h0, weights, y);
        Objects.requireNonNull(gradients, "gradients");
        int hidden = geometry.hiddenSize();
        long states = (long) geometry.batch() * hidden;
        optional("dY", dY, (long) geometry.rows() * hidden);
        optional("dHn", dHn, states);
        optional("gradients.x", gradients.x(), (long) geometry.rows() * geometry.inputSize());
        optional("gradients.h0", gradients.h0(), states);
        optional("gradients.inputWeight", gradients.inputWeight(), (long) hidden * geometry.inputSize());
        optional("gradients.hiddenWeight", gradients.hiddenWeight(), (long) hidden * hidden);
        optional("gradients.bias", gradients.bias(), hidden);
        Objects.requireNonNull(parallelism, "parallelism");
        if (Backend.current().vectorized()) {
            VectorRnnCell.backward(geometry, x, h0, weights, y, dY, dHn, gradients, parallelism);
        } else {
            ReferenceRnnCell.backward(geometry, x, h0, weights, y, dY, dHn, gradients);
        }
    }

    private static void checkInputs(RnnGeometry g, float[] x, float @Nullable [] h0, Weights weights, float[] y) {
        Objects.requireNonNull(g, "geometry");
        Objects.requireNonNull(weights, "weights");
        long hidden = g.hiddenSize();
        Checks.range("x", x, 0, (long) g.rows() * g.inputSize());
        optional("h0", h0, g.batch() * hidden);
        Checks.range("inputWeight", weights.inputWeight(), 0, hidden * g.inputSize());
        Checks.range("hiddenWeight", weights.hiddenWeight(), 0, hidden * hidden);
        optional("inputBias", weights.inputBias(), hidden);
        optional("hiddenBias", weights.hiddenBias(), hidden);
        Checks.range("y", y, 0, g.rows() * hidden);
    }

    private static void optional(String name, float @Nullable [] array, long length) {
        if (array != null) {
            Checks.range(name, array, 0, length);
        }
    }
}
