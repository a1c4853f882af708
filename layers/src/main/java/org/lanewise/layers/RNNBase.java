package org.lanewise.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tensor;
import org.lanewise.autograd.ops.Concat;
import org.lanewise.autograd.ops.Narrow;
import org.lanewise.autograd.ops.Rnn;
import org.lanewise.kernels.RecurrentCell;

/**
 * What recurrent layers have in common. Of layer k, counted from 0, the parameters are {@code weight_ih_lk} (G*H, I), or (G*H, D*H)
 * for k > 0, {@code weight_hh_lk} (G*H, H), {@code bias_ih_lk} (G*H) and {@code bias_hh_lk} (G*H), with G gates and D directions;
 * those of the walk backward have the same names with {@code _reverse} behind. All are uniform in +-1/sqrt(H).
 *
 * <p>
 * Memory: under a tape that records, each layer and direction of an {@link LSTM} keeps 6*T*B*H floats for the backward pass, of a
 * {@link GRU} 4*T*B*H, and of an {@link RNN} none; besides that each layer keeps its states, T*B*D*H floats, and with dropout those
 * once more for the next one. They belong to the tape and are used again when it is closed. Without a recording tape no layer keeps
 * anything. The scratch of a pass is that of one direction, see {@link org.lanewise.kernels.Recurrence}; it stays with the thread for
 * the next call.
 */
public abstract sealed class RNNBase extends Layer permits RNN, LSTM, GRU {

    private final RecurrentCell cell;
    private final int inputSize;
    private final int hiddenSize;
    private final RnnOptions options;
    /** Between layers, if there is any. */
    private final @Nullable Dropout dropout;
    /** For each layer the weights of its directions. */
    private final List<List<Rnn.Weights>> weights = new ArrayList<>();

    /**
     * All states and the last ones.
     *
     * @param output the states of the last layer at all time steps, shape (T, B, D*H), or (B, T, D*H) if batch first; 0 where a
     *               sequence is padded
     * @param hn     the states after the last step of each layer and direction, shape (numLayers*D, B, H)
     */
    public record Output(Tensor output, Tensor hn) {
    }

    RNNBase(RecurrentCell cell, int inputSize, int hiddenSize, RnnOptions options, RandomGenerator random) {
        this.cell = cell;
        this.inputSize = Init.positive("inputSize", inputSize);
        this.hiddenSize = Init.positive("hiddenSize", hiddenSize);
        this.options = Objects.requireNonNull(options, "options");
        Objects.requireNonNull(random, "random");
        for (int layer = 0; layer < options.numLayers(); layer++) {
            int inputs = layer == 0 ? inputSize : options.directions() * hiddenSize;
            List<Rnn.Weights> directions = new ArrayList<>();
            for (int d = 0; d < options.directions(); d++) {
                directions.add(weights("_l" + layer + (d == 0 ? "" : "_reverse"), inputs, random));
            }
            weights.add(List.copyOf(directions));
        }
        dropout = options.dropout() > 0 ? child("dropout", new Dropout(options.dropout(), random)) : null;
    }

    private Rnn.Weights weights(String suffix, int inputs, RandomGenerator random) {
        int rows = cell.gates() * hiddenSize;
        return new Rnn.Weights(
                parameter("weight_ih" + suffix, Init.uniform(random, hiddenSize, rows, inputs)),
                parameter("weight_hh" + suffix, Init.uniform(random, hiddenSize, rows, hiddenSize)),
                options.bias() ? parameter("bias_ih" + suffix, Init.uniform(random, hiddenSize, rows)) : null,
                options.bias() ? parameter("bias_hh" + suffix, Init.uniform(random, hiddenSize, rows)) : null);
    }

    /**
     * The states of the last layer at all time steps, from zeros.
     *
     * @param x shape (T, B, I), or (B, T, I) if batch first
     * @return shape (T, B, D*H), or (B, T, D*H)
     */
    @Override
    public Tensor forward(Tensor x) {
        return run(x, null, null, null).y();
    }

    /**
     * All layers; the last states of all of them stand one behind the other.
     *
     * @param x       the input
     * @param h0      the initial states, or null
     * @param c0      the initial cell states of an LSTM, or null
     * @param lengths the length of each sequence, or null
     * @return the states
     */
    final Rnn.Output run(Tensor x, @Nullable Tensor h0, @Nullable Tensor c0, int @Nullable [] lengths) {
        check(x, h0, c0);
        List<Tensor> hn = new ArrayList<>();
        List<Tensor> cn = new ArrayList<>();
        Tensor y = x;
        for (int layer = 0; layer < options.numLayers(); layer++) {
            Tensor below = layer == 0 || dropout == null ? y : dropout.forward(y);
            Rnn.Output output = Rnn.rnn(cell, below, part(h0, layer), part(c0, layer), weights.get(layer),
                    options.batchFirst(), lengths);
            hn.add(output.hn());
            cn.add(output.cn());
            y = output.y();
        }
        return new Rnn.Output(y, joined(hn), joined(cn));
    }

    private @Nullable Tensor part(@Nullable Tensor states, int layer) {
        if (states == null || options.numLayers() == 1) {
            return states;
        }
        return Narrow.narrow(states, layer * options.directions(), options.directions());
    }

    private static Tensor joined(List<Tensor> states) {
        return states.size() == 1 ? states.getFirst() : Concat.concat(states);
    }

    private void check(Tensor x, @Nullable Tensor h0, @Nullable Tensor c0) {
        if (x.shape().rank() != 3 || x.dim(2) != inputSize) {
            throw new IllegalArgumentException(this + ": expected input "
                    + (options.batchFirst() ? "(B, T, " : "(T, B, ") + inputSize + ") but got " + x.shape());
        }
        int batch = x.dim(options.batchFirst() ? 0 : 1);
        checkStates("h0", h0, batch);
        checkStates("c0", c0, batch);
    }

    private void checkStates(String name, @Nullable Tensor states, int batch) {
        int count = options.numLayers() * options.directions();
        if (states != null && !states.shape().equals(Shape.of(count, batch, hiddenSize))) {
            throw new IllegalArgumentException(this + ": expected " + name + " (" + count + ", " + batch + ", "
                    + hiddenSize + ") but got " + states.shape());
        }
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "(" + inputSize + ", " + hiddenSize
                + (options.numLayers() > 1 ? ", numLayers=" + options.numLayers() : "")
                + (options.bias() ? "" : ", bias=false")
                + (options.batchFirst() ? ", batchFirst" : "")
                + (options.dropout() > 0 ? ", dropout=" + options.dropout() : "")
                + (options.bidirectional() ? ", bidirectional" : "") + ")";
    }
}
