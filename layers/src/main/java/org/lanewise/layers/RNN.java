package org.lanewise.layers;

import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tensor;
import org.lanewise.autograd.ops.Rnn;

/**
 * Elman's recurrent network with tanh, one layer: h(t) = tanh(W_ih x(t) + b_ih + W_hh h(t-1) + b_hh). Parameters:
 * {@code weight_ih_l0} (H, I), {@code weight_hh_l0} (H, H), {@code bias_ih_l0} (H) and {@code bias_hh_l0} (H), all uniform in
 * +-1/sqrt(H).
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html">torch.nn.RNN</a>
 */
public final class RNN extends Layer {

    private final boolean batchFirst;
    private final Tensor weightIh;
    private final Tensor weightHh;
    private final Tensor biasIh;
    private final Tensor biasHh;

    /**
     * All states and the last one.
     *
     * @param output the states of all time steps, shape (T, B, H), or (B, T, H) if batch first
     * @param hn     the state after the last step, shape (1, B, H)
     */
    public record Output(Tensor output, Tensor hn) {
    }

    /**
     * A layer with an arbitrary seed.
     *
     * @param inputSize  size of an input
     * @param hiddenSize size of a state
     * @param batchFirst whether sequences are laid out (B, T, I) and not (T, B, I)
     */
    public RNN(int inputSize, int hiddenSize, boolean batchFirst) {
        this(inputSize, hiddenSize, batchFirst, Init.unseeded());
    }

    /**
     * A layer.
     *
     * @param inputSize  size of an input
     * @param hiddenSize size of a state
     * @param batchFirst whether sequences are laid out (B, T, I) and not (T, B, I)
     * @param random     where the initial values come from
     * @throws IllegalArgumentException if a size is not positive
     */
    public RNN(int inputSize, int hiddenSize, boolean batchFirst, RandomGenerator random) {
        Init.positive("inputSize", inputSize);
        Init.positive("hiddenSize", hiddenSize);
        this.batchFirst = batchFirst;
        weightIh = parameter("weight_ih_l0", Init.uniform(random, hiddenSize, hiddenSize, inputSize));
        weightHh = parameter("weight_hh_l0", Init.uniform(random, hiddenSize, hiddenSize, hiddenSize));
        biasIh = parameter("bias_ih_l0", Init.uniform(random, hiddenSize, hiddenSize));
        biasHh = parameter("bias_hh_l0", Init.uniform(random, hiddenSize, hiddenSize));
    }

    /**
     * The states of all time steps, from zeros.
     *
     * @param x shape (T, B, I), or (B, T, I) if batch first
     * @return shape (T, B, H), or (B, T, H)
     */
    @Override
    public Tensor forward(Tensor x) {
        return states(x, null);
    }

    /**
     * The states of all time steps and the last one.
     *
     * @param x  shape (T, B, I), or (B, T, I) if batch first, with at least one time step
     * @param h0 the initial state, shape (1, B, H), or null for zeros
     * @return the states
     * @throws IllegalArgumentException if a shape does not fit
     */
    public Output forward(Tensor x, @Nullable Tensor h0) {
        Tensor output = states(x, h0);
        int steps = batchFirst ? 1 : 0;
        if (x.dim(steps) == 0) {
            throw new IllegalArgumentException(this + ": expected at least one time step but got " + x.shape());
        }
        return new Output(output, output.select(steps, -1).reshape(1, x.dim(1 - steps), weightHh.dim(0)));
    }

    private Tensor states(Tensor x, @Nullable Tensor h0) {
        if (x.shape().rank() != 3 || x.dim(2) != weightIh.dim(1)) {
            throw new IllegalArgumentException(this + ": expected input " + (batchFirst ? "(B, T, " : "(T, B, ")
                    + weightIh.dim(1) + ") but got " + x.shape());
        }
        int batch = x.dim(batchFirst ? 0 : 1);
        int hidden = weightHh.dim(0);
        if (h0 != null && !(h0.shape().rank() == 3 && h0.dim(0) == 1 && h0.dim(1) == batch && h0.dim(2) == hidden)) {
            throw new IllegalArgumentException(
                    this + ": expected h0 (1, " + batch + ", " + hidden + ") but got " + h0.shape());
        }
        Tensor start = h0 == null ? null : h0.reshape(batch, hidden);
        return Rnn.rnn(x, start, weightIh, weightHh, biasIh, biasHh, batchFirst);
    }

    @Override
    public String toString() {
        return "RNN(" + weightIh.dim(1) + ", " + weightIh.dim(0) + (batchFirst ? ", batchFirst)" : ")");
    }
}
