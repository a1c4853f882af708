package org.lanewise.bench;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Recurrence;
import org.lanewise.kernels.Recurrence.States;
import org.lanewise.kernels.RecurrentCell;
import org.lanewise.kernels.RnnGeometry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Recurrent layers over whole sequences that start from zero, with all gradients or without.
 */
public class RnnBenchmark extends Suite {

    /** TxBxIxH: time steps, sequences, features of an input and of a state. */
    @Param({"rnn-28-128-10:28x64x28x128", "64x32x128x256", "one:32x1x128x256", "128x64x512x512", "rnn-10-5-1:1x1x10x5"})
    public String shape;

    /** The equations of a step: {@code rnn} with tanh, {@code lstm} or {@code gru}. */
    @Param({"rnn", "lstm", "gru"})
    public String cell;

    /** The states alone, or the gradients after them. */
    @Param({"forward", "forward-backward"})
    public String direction;

    /** Ours; the recurrence has no other implementation here. */
    @Param(OURS)
    public String implementation;

    /** All steps of all sequences. */
    @Benchmark
    public void rnn(Work work) {
        run(work);
    }

    @Override
    protected String implementation() {
        return implementation;
    }

    @Override
    public Workload prepare(Parallelism parallelism) {
        if (!implementation.equals(OURS)) {
            throw Parameters.unknown("implementation", implementation, OURS);
        }
        int[] s = Parameters.sizes(shape, "TxBxIxH");
        var geometry = RnnGeometry.of(recurrentCell(), s[0], s[1], s[2], s[3]);
        int inputs = geometry.inputSize();
        int hidden = geometry.hiddenSize();
        int gates = geometry.cell().gates() * hidden;
        var data = new RandomData();
        float[] x = data.grid(geometry.rows() * inputs);
        RnnDefinition.repeat(geometry, x);
        // 1/gates keeps the errors of early steps from growing, and so the tolerances.
        var weights = new Recurrence.Weights(data.uniform(gates * inputs, 1 / Math.sqrt(inputs)),
                data.uniform(gates * hidden, 1.0 / gates), data.grid(gates), data.grid(gates));
        float[] y = new float[geometry.rows() * hidden];
        var last = new States(new float[geometry.batch() * hidden], new float[geometry.batch() * hidden], 0);
        // The first step has no product with the hidden weights.
        double flops = 2.0 * gates
                * ((double) geometry.rows() * inputs + (double) (geometry.rows() - geometry.batch()) * hidden);
        double inputBytes = Workload.floats(x.length + (double) gates * (inputs + hidden + 2));
        double outputBytes = Workload.floats(y.length);
        float[] dY = data.grid(y.length);
        RnnDefinition.repeat(geometry, dY);
        boolean gradients = switch (direction) {
            case "forward" -> false;
            case "forward-backward" -> true;
            default -> throw Parameters.unknown("direction", direction, "forward, forward-backward");
        };
        var definition = new RnnDefinition(geometry, x, weights, dY, gradients);
        if (!gradients) {
            return new Workload(
                    () -> Recurrence.forward(geometry, x, States.NONE, weights, y, last, null, parallelism), flops,
                    inputBytes, outputBytes, definition.states(y));
        }
        float[] saved = new float[geometry.savedSize()];
        float[] dX = new float[x.length];
        float[] dInputWeight = new float[gates * inputs];
        float[] dHiddenWeight = new float[gates * hidden];
        float[] dInputBias = new float[gates];
        float[] dHiddenBias = new float[gates];
        var results = new Recurrence.Gradients(dX, 0, States.NONE, dInputWeight, dHiddenWeight, dInputBias,
                dHiddenBias);
        return new Workload(() -> {
            Recurrence.forward(geometry, x, States.NONE, weights, y, last, saved, parallelism);
            Recurrence.backward(geometry, x, States.NONE, weights, y, saved, dY, States.NONE, results, parallelism);
        }, 3 * flops, 2 * inputBytes + 2 * outputBytes, outputBytes + inputBytes, definition.states(y),
                definition.gradientOfX(dX), definition.gradientOfInputWeight(dInputWeight),
                definition.gradientOfHiddenWeight(dHiddenWeight), definition.gradientOfInputBias(dInputBias),
                definition.gradientOfHiddenBias(dHiddenBias));
    }

    private RecurrentCell recurrentCell() {
        return switch (cell) {
            case "rnn" -> RecurrentCell.RNN_TANH;
            case "lstm" -> RecurrentCell.LSTM;
            case "gru" -> RecurrentCell.GRU;
            default -> throw Parameters.unknown("cell", cell, "rnn, lstm, gru");
        };
    }
}
