package org.lanewise.kernels;

/**
 * The equations of one step of a recurrent layer, with PyTorch's names, order of gates and places of the biases. Each gate has H
 * rows of W_ih, of W_hh and of both biases. s is the logistic function, * the product element by element.
 */
public enum RecurrentCell {

    /** Elman's cell: h(t) = tanh(W_ih x(t) + b_ih + W_hh h(t-1) + b_hh). */
    RNN_TANH(1, 0),

    /** The same with max(z, 0) in place of tanh(z). */
    RNN_RELU(1, 0),

    /**
     * Long short-term memory. With z = W_ih x(t) + b_ih + W_hh h(t-1) + b_hh, whose four parts belong to the gates i, f, g, o:
     *
     * <pre>
     *   i = s(z_i)    f = s(z_f)    g = tanh(z_g)    o = s(z_o)
     *   c(t) = f * c(t-1) + i * g
     *   h(t) = o * tanh(c(t))
     * </pre>
     *
     * It saves i, f, g, o, c(t) and tanh(c(t)).
     */
    LSTM(4, 6),

    /**
     * The gated recurrent unit, with the gates r, z, n:
     *
     * <pre>
     *   r = s(W_ir x(t) + b_ir + W_hr h(t-1) + b_hr)
     *   z = s(W_iz x(t) + b_iz + W_hz h(t-1) + b_hz)
     *   q = W_hn h(t-1) + b_hn
     *   n = tanh(W_in x(t) + b_in + r * q)
     *   h(t) = (1 - z) * n + z * h(t-1)
     * </pre>
     *
     * It saves r, z, n and q.
     */
    GRU(3, 4);

    private final int gates;
    private final int saved;

    RecurrentCell(int gates, int saved) {
        this.gates = gates;
        this.saved = saved;
    }

    /**
     * {@return the number of gates: weights and biases have gates * H rows}
     */
    public int gates() {
        return gates;
    }

    /**
     * {@return how many values for each unit, time step and sequence the backward pass needs besides the states}
     */
    public int saved() {
        return saved;
    }

    /**
     * {@return whether the cell has a second state c}
     */
    public boolean hasCellState() {
        return this == LSTM;
    }
}
