package org.lanewise.layers;

import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tensor;
import org.lanewise.autograd.ops.Rnn;
import org.lanewise.kernels.RecurrentCell;

/**
 * Long short-term memory, with the equations of {@link RecurrentCell#LSTM}. The parameters are those of {@link RNNBase} with the four
 * gates i, f, g, o, in this order. For the backward pass each layer and direction keeps 6*T*B*H floats besides its states.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html">torch.nn.LSTM</a>
 */
public final class LSTM extends RNNBase {

    /**
     * All states and the last ones.
     *
     * @param output the states of the last layer at all time steps, shape (T, B, D*H), or (B, T, D*H) if batch first; 0 where a
     *               sequence is padded
     * @param hn     the states after the last step of each layer and direction, shape (numLayers*D, B, H)
     * @param cn     the cell states in the same way
     */
    public record Output(Tensor output, Tensor hn, Tensor cn) {
    }

    /**
     * A layer of one direction, time first, with an arbitrary seed.
     *
     * @param inputSize  size of an input
     * @param hiddenSize size of a state
     * @throws IllegalArgumentException if a size is not positive
     */
    public LSTM(int inputSize, int hiddenSize) {
        this(inputSize, hiddenSize, RnnOptions.DEFAULT);
    }

    /**
     * A layer, or some of them one upon the other, with an arbitrary seed.
     *
     * @param inputSize  size of an input
     * @param hiddenSize size of a state
     * @param options    layers, directions, biases, layout and dropout
     * @throws IllegalArgumentException if a size is not positive
     */
    public LSTM(int inputSize, int hiddenSize, RnnOptions options) {
        this(inputSize, hiddenSize, options, Init.unseeded());
    }

    /**
     * A layer, or some of them one upon the other.
     *
     * @param inputSize  size of an input
     * @param hiddenSize size of a state
     * @param options    layers, directions, biases, layout and dropout
     * @param random     where the initial values come from
     * @throws IllegalArgumentException if a size is not positive
     */
    public LSTM(int inputSize, int hiddenSize, RnnOptions options, RandomGenerator random) {
        super(RecurrentCell.LSTM, inputSize, hiddenSize, options, random);
    }

    /**
     * The states of all time steps and the last ones.
     *
     * @param x  shape (T, B, I), or (B, T, I) if batch first
     * @param h0 the initial states, shape (numLayers*D, B, H), or null for zeros
     * @param c0 the initial cell states, of that shape, or null for zeros
     * @return the states
     * @throws IllegalArgumentException if a shape does not fit
     */
    public Output forward(Tensor x, @Nullable Tensor h0, @Nullable Tensor c0) {
        return forward(x, h0, c0, null);
    }

    /**
     * The same for sequences of different length. The steps behind the end of a sequence are padding: they change no state, the
     * output is 0 there and they receive no gradient, as with PyTorch's packed sequences. The walk backward begins at the end of each
     * sequence.
     *
     * @param x       shape (T, B, I), or (B, T, I) if batch first; what stands in padding is not looked at
     * @param h0      the initial states, shape (numLayers*D, B, H), or null for zeros
     * @param c0      the initial cell states, of that shape, or null for zeros
     * @param lengths the length of each sequence, from 0 to T, or null if all have T steps
     * @return the states
     * @throws IllegalArgumentException if a shape or a length does not fit
     */
    public Output forward(Tensor x, @Nullable Tensor h0, @Nullable Tensor c0, int @Nullable [] lengths) {
        Rnn.Output states = run(x, h0, c0, lengths);
        return new Output(states.y(), states.hn(), states.cn());
    }
}
