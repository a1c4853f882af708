package org.lanewise.bench;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.RnnCell;
import org.lanewise.kernels.RnnGeometry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * The tanh cell over whole sequences that start from zero, with all gradients or without.
 */
public class RnnBenchmark extends Suite {

    /** TxBxIxH: time steps, sequences, features of an input and of a state. */
    @Param({"rnn-28-128-10:28x64x28x128", "rnn-10-5-1:1x1x10x5", "64x32x128x256", "one:32x1x128x256"})
    public String shape;

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
        var geometry = new RnnGeometry(s[0], s[1], s[2], s[3], false);
        int inputs = geometry.inputSize();
        int hidden = geometry.hiddenSize();
        var data = new RandomData();
        float[] x = data.grid(geometry.rows() * inputs);
        // 1/hidden keeps the errors of early steps from growing, and so the tolerances.
        var weights = new RnnCell.Weights(data.uniform(hidden * inputs, 1 / Math.sqrt(inputs)),
                data.uniform(hidden * hidden, 1.0 / hidden), data.grid(hidden), data.grid(hidden));
        float[] y = new float[geometry.rows() * hidden];
        Runnable forward = () -> RnnCell.forward(geometry, x, null, weights, y, parallelism);
        // The first step has no product with the hidden weights.
        double flops = 2.0 * hidden
                * ((double) geometry.rows() * inputs + (double) (geometry.rows() - geometry.batch()) * hidden);
        double inputBytes = Workload.floats(x.length + (double) hidden * (inputs + hidden + 2));
        double outputBytes = Workload.floats(y.length);
        float[] dY = data.grid(y.length);
        var definition = new RnnDefinition(geometry, x, weights, dY);
        return switch (direction) {
            case "forward" -> new Workload(forward, flops, inputBytes, outputBytes, definition.states(y));
            case "forward-backward" -> {
                float[] dX = new float[x.length];
                float[] dInputWeight = new float[hidden * inputs];
                float[] dHiddenWeight = new float[hidden * hidden];
                float[] dBias = new float[hidden];
                var gradients = new RnnCell.Gradients(dX, null, dInputWeight, dHiddenWeight, dBias);
                yield new Workload(() -> {
                    forward.run();
                    RnnCell.backward(geometry, x, null, weights, y, dY, null, gradients, parallelism);
                }, 3 * flops, 2 * inputBytes + 2 * outputBytes, outputBytes + inputBytes, definition.states(y),
                        definition.gradientOfX(dX),
                        definition.gradientOfInputWeight(dInputWeight),
                        definition.gradientOfHiddenWeight(dHiddenWeight), definition.gradientOfBias(dBias));
            }
            default -> throw Parameters.unknown("direction", direction, "forward, forward-backward");
        };
    }
}
