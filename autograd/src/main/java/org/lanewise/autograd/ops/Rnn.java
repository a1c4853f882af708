package org.lanewise.autograd.ops;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.RnnCell;
import org.lanewise.kernels.RnnGeometry;

/**
 * The tanh recurrence h(t) = tanh(W_ih x(t) + b_ih + W_hh h(t-1) + b_hh) over sequences, and its gradient through time. The output
 * is all states; the last one is a {@link Select} of it.
 *
 * @param x        the input
 * @param h0       the initial states, or null for zeros
 * @param wIh      W_ih
 * @param wHh      W_hh
 * @param bIh      b_ih, or null
 * @param bHh      b_hh, or null
 * @param y        all states
 * @param geometry the sizes
 */
public record Rnn(Tensor x, @Nullable Tensor h0, Tensor wIh, Tensor wHh, @Nullable Tensor bIh, @Nullable Tensor bHh,
        Tensor y, RnnGeometry geometry) implements Function {

    /**
     * Computes all states.
     *
     * @param x          shape (T, B, I), or (B, T, I) if batch first
     * @param h0         shape (B, H), or null for zeros
     * @param wIh        shape (H, I)
     * @param wHh        shape (H, H)
     * @param bIh        shape (H), or null for none
     * @param bHh        shape (H), or null for none
     * @param batchFirst whether the batch is the first dimension
     * @return shape (T, B, H), or (B, T, H)
     * @throws IllegalArgumentException if a shape does not fit
     */
    public static Tensor rnn(Tensor x, @Nullable Tensor h0, Tensor wIh, Tensor wHh, @Nullable Tensor bIh,
            @Nullable Tensor bHh, boolean batchFirst) {
        Operands.rank("rnn", "input", x, 3, batchFirst ? "(B, T, I)" : "(T, B, I)");
        Operands.rank("rnn", "W_ih", wIh, 2, "(H, I)");
        int hidden = wIh.dim(0);
        if (x.dim(2) != wIh.dim(1)) {
            throw new IllegalArgumentException("rnn: expected input (*, *, " + wIh.dim(1) + ") but got " + x.shape());
        }
        RnnGeometry g = new RnnGeometry(x.dim(batchFirst ? 1 : 0), x.dim(batchFirst ? 0 : 1), x.dim(2), hidden,
                batchFirst);
        Operands.shape("rnn", "W_hh", wHh, hidden, hidden);
        if (h0 != null) {
            Operands.shape("rnn", "h0", h0, g.batch(), hidden);
        }
        if (bIh != null) {
            Operands.shape("rnn", "b_ih", bIh, hidden);
        }
        if (bHh != null) {
            Operands.shape("rnn", "b_hh", bHh, hidden);
        }
        Tensor y = Tape.newTensor(Shape.of(x.dim(0), x.dim(1), hidden));
        Rnn rnn = new Rnn(x, h0, wIh, wHh, bIh, bHh, y, g);
        RnnCell.forward(g, x.data(), data(h0), rnn.weights(), y.data(), Tape.parallelism());
        return Tape.recording(x, h0, wIh, wHh, bIh, bHh) ? Tape.record(y, rnn) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dX = gradients.buffer(x);
        float[] dH0 = gradients.buffer(h0);
        float[] dWIh = gradients.buffer(wIh);
        float[] dWHh = gradients.buffer(wHh);
        float[] dBIh = gradients.buffer(bIh);
        float[] dBHh = gradients.buffer(bHh);
        RnnCell.backward(geometry, x.data(), data(h0), weights(), y.data(), gradients.dY(), null,
                new RnnCell.Gradients(dX, dH0, dWIh, dWHh, dBIh != null ? dBIh : dBHh), gradients.parallelism());
        if (dBIh != null && dBHh != null) {
            System.arraycopy(dBIh, 0, dBHh, 0, dBIh.length); // both biases are added at the same place
        }
        gradients.commit(x, dX);
        gradients.commit(h0, dH0);
        gradients.commit(wIh, dWIh);
        gradients.commit(wHh, dWHh);
        gradients.commit(bIh, dBIh);
        gradients.commit(bHh, dBHh);
    }

    private RnnCell.Weights weights() {
        return new RnnCell.Weights(wIh.data(), wHh.data(), data(bIh), data(bHh));
    }

    private static float @Nullable [] data(@Nullable Tensor tensor) {
        return tensor == null ? null : tensor.data();
    }
}
