package org.lanewise.autograd.ops;

import java.util.List;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Recurrence;
import org.lanewise.kernels.Recurrence.States;
import org.lanewise.kernels.RecurrentCell;
import org.lanewise.kernels.RnnGeometry;

/**
 * One layer of a recurrent network over sequences, in one direction or in both, and its gradient through time. The equations are those
 * of the {@link RecurrentCell}; D is the number of directions.
 *
 * <p>
 * For the backward pass, each direction of an LSTM saves 6*T*B*H floats, of a GRU 4*T*B*H, of the others none; besides that y, hn and cn
 * are kept, (T + 1)*B*D*H floats, (T + 2) of an LSTM. They belong to the tape; where nothing is recorded, nothing is saved. The scratch
 * of a pass, see {@link Recurrence}, stays with the thread for the next one.
 *
 * @param x          the input
 * @param h0         the initial states, or null for zeros
 * @param c0         the initial cell states of an LSTM, or null for zeros
 * @param directions the walk and the parameters of each direction
 * @param output     all states and the last ones
 */
public record Rnn(Tensor x, @Nullable Tensor h0, @Nullable Tensor c0, List<Direction> directions, Output output)
        implements
            Function {

    /**
     * The parameters of one direction. G is the number of gates.
     *
     * @param wIh W_ih, shape (G*H, I)
     * @param wHh W_hh, shape (G*H, H)
     * @param bIh b_ih, shape (G*H), or null for none
     * @param bHh b_hh, shape (G*H), or null for none
     */
    public record Weights(Tensor wIh, Tensor wHh, @Nullable Tensor bIh, @Nullable Tensor bHh) {

        private Recurrence.Weights data() {
            return new Recurrence.Weights(wIh.data(), wHh.data(), Operands.data(bIh), Operands.data(bHh));
        }
    }

    /**
     * What a layer computes.
     *
     * @param y  the states of all time steps, shape (T, B, D*H), or (B, T, D*H) if batch first
     * @param hn the states after the last step of the walk, shape (D, B, H)
     * @param cn the cell states of an LSTM in the same way; without elements for other cells
     */
    public record Output(Tensor y, Tensor hn, Tensor cn) {
    }

    /**
     * One direction.
     *
     * @param geometry the sizes
     * @param weights  the parameters
     * @param saved    what the gates save for the backward pass
     */
    public record Direction(RnnGeometry geometry, Weights weights, Tensor saved) {
    }

    /**
     * Computes all states.
     *
     * @param cell       the equations of a step
     * @param x          shape (T, B, I), or (B, T, I) if batch first
     * @param h0         shape (D, B, H), or null for zeros
     * @param c0         the same for the cell states of an LSTM; null for other cells
     * @param weights    the parameters of the walk forward, and those of the walk backward if there is one
     * @param batchFirst whether the batch is the first dimension
     * @param lengths    the length of each sequence, or null if all have T steps
     * @return the states
     * @throws IllegalArgumentException if a shape or a length does not fit, or there is a c0 for a cell without cell states
     */
    public static Output rnn(RecurrentCell cell, Tensor x, @Nullable Tensor h0, @Nullable Tensor c0,
            List<Weights> weights, boolean batchFirst, int @Nullable [] lengths) {
        RnnGeometry forward = geometry(cell, x, weights, batchFirst, lengths);
        int hidden = forward.hiddenSize();
        int count = weights.size();
        initial("h0", h0, count, forward);
        initial("c0", c0, count, forward);
        if (c0 != null && !cell.hasCellState()) {
            throw new IllegalArgumentException("rnn: " + cell + " has no cell states but got c0 " + c0.shape());
        }
        boolean recording = Tape.recording(x, h0, c0);
        for (Weights w : weights) {
            parameters(w, cell.gates(), hidden, x.dim(2));
            recording |= Tape.recording(w.wIh(), w.wHh(), w.bIh(), w.bHh());
        }
        Tensor y = Tape.newTensor(Shape.of(x.dim(0), x.dim(1), count * hidden));
        Tensor hn = Tape.newTensor(Shape.of(count, forward.batch(), hidden));
        Tensor cn = Tape.newTensor(Shape.of(cell.hasCellState() ? count : 0, forward.batch(), hidden));
        boolean save = recording;
        List<Direction> directions = IntStream.range(0, count)
                .mapToObj(d -> new Direction(
                        forward.withReversed(d == 1).withOutput(d * hidden, count * hidden), weights.get(d),
                        Tape.newTensor(Shape.of(save ? forward.savedSize() : 0))))
                .toList();
        Output output = new Output(y, hn, cn);
        Rnn rnn = new Rnn(x, h0, c0, directions, output);
        for (int d = 0; d < count; d++) {
            Direction direction = directions.get(d);
            int offset = d * forward.batch() * hidden;
            Recurrence.forward(direction.geometry(), x.data(), rnn.initial(offset), direction.weights().data(),
                    y.data(), new States(hn.data(), cn.data(), offset), save ? direction.saved().data() : null,
                    Tape.parallelism());
        }
        if (recording) {
            Tape.record(rnn, y, hn, cn);
        }
        return output;
    }

    private static RnnGeometry geometry(RecurrentCell cell, Tensor x, List<Weights> weights, boolean batchFirst,
            int @Nullable [] lengths) {
        if (weights.isEmpty() || weights.size() > 2) {
            throw new IllegalArgumentException("rnn: expected the weights of one or two directions but got those of "
                    + weights.size());
        }
        Operands.rank("rnn", "input", x, 3, batchFirst ? "(B, T, I)" : "(T, B, I)");
        Tensor wIh = weights.getFirst().wIh();
        Operands.rank("rnn", "W_ih", wIh, 2, "(" + cell.gates() + "*H, I)");
        if (x.dim(2) != wIh.dim(1)) {
            throw new IllegalArgumentException("rnn: expected input (*, *, " + wIh.dim(1) + ") but got " + x.shape());
        }
        if (wIh.dim(0) % cell.gates() != 0) {
            throw new IllegalArgumentException("rnn: expected W_ih of shape (" + cell.gates() + "*H, I) but got "
                    + wIh.shape());
        }
        return RnnGeometry.of(cell, x.dim(batchFirst ? 1 : 0), x.dim(batchFirst ? 0 : 1), x.dim(2),
                wIh.dim(0) / cell.gates()).withBatchFirst(batchFirst).withLengths(lengths);
    }

    private static void initial(String name, @Nullable Tensor states, int directions, RnnGeometry g) {
        Operands.optionalShape("rnn", name, states, directions, g.batch(), g.hiddenSize());
    }

    private static void parameters(Weights w, int gates, int hidden, int inputs) {
        Operands.shape("rnn", "W_ih", w.wIh(), gates * hidden, inputs);
        Operands.shape("rnn", "W_hh", w.wHh(), gates * hidden, hidden);
        Operands.optionalShape("rnn", "b_ih", w.bIh(), gates * hidden);
        Operands.optionalShape("rnn", "b_hh", w.bHh(), gates * hidden);
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dX = gradients.buffer(x);
        States dInitial = new States(gradients.buffer(h0), gradients.buffer(c0), 0);
        States dLast = new States(gradients.dY(output.hn()), gradients.dY(output.cn()), 0);
        for (int d = 0; d < directions.size(); d++) {
            Direction direction = directions.get(d);
            Weights w = direction.weights();
            int offset = d * direction.geometry().batch() * direction.geometry().hiddenSize();
            float[] dWIh = gradients.buffer(w.wIh());
            float[] dWHh = gradients.buffer(w.wHh());
            float[] dBIh = gradients.buffer(w.bIh());
            float[] dBHh = gradients.buffer(w.bHh());
            Recurrence.backward(direction.geometry(), x.data(), initial(offset), w.data(), output.y().data(),
                    direction.saved().data(), gradients.dY(output.y()), at(dLast, offset),
                    new Recurrence.Gradients(dX, d, at(dInitial, offset), dWIh, dWHh, dBIh, dBHh),
                    gradients.parallelism());
            gradients.commit(w.wIh(), dWIh);
            gradients.commit(w.wHh(), dWHh);
            gradients.commit(w.bIh(), dBIh);
            gradients.commit(w.bHh(), dBHh);
        }
        gradients.commit(x, dX);
        gradients.commit(h0, dInitial.h());
        gradients.commit(c0, dInitial.c());
    }

    private States initial(int offset) {
        return new States(Operands.data(h0), Operands.data(c0), offset);
    }

    private static States at(States states, int offset) {
        return new States(states.h(), states.c(), offset);
    }
}
