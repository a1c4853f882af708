package org.lanewise.bench;

import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.bench.peers.Network;
import org.lanewise.bench.peers.Peers;
import org.lanewise.bench.peers.TrainPeer;
import org.lanewise.kernels.Parallelism;
import org.lanewise.layers.CrossEntropyLoss;
import org.lanewise.layers.Layer;
import org.lanewise.layers.MSELoss;
import org.lanewise.layers.Parameter;
import org.lanewise.layers.SGD;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * One step of training: gradients to zero, forward, loss, backward, SGD. The learning rate is so small that every step
 * does the same work on the same numbers, however many are made.
 */
public class TrainBenchmark extends Suite {

    /** The network. */
    @Param({"mlp-10-5-1:b1", "mlp-784-512-10:b128", "cnn:b1", "cnn:b64", "rnn-10-5-1:t1-b1", "rnn-28-128-10:t28-b64"})
    public String shape;

    /** {@code lanewise}, or a library of {@code bench/peers}. */
    @Param(OURS)
    public String implementation;

    /** One step. */
    @Benchmark
    public void train(Work work) {
        run(work);
    }

    @Override
    protected String implementation() {
        return implementation;
    }

    @Override
    public Workload prepare(Parallelism parallelism) {
        Network network = Networks.of(shape);
        float[] loss = new float[1];
        var definition = new NetworkDefinition(network);
        var lossAnswer = new Answer("loss", loss, i -> definition.loss());
        double weights = network.parameters().values().stream().mapToDouble(p -> Workload.floats(p.length)).sum();
        // A weight is read forward, by data and by SGD, which reads its gradient too; both are written.
        double read = 4 * weights + Workload.floats(network.x().length);
        double written = 2 * weights;
        if (!implementation.equals(OURS)) {
            DoubleSupplier training = Peers.find(TrainPeer.class, implementation, OURS).training(network);
            return new Workload(() -> loss[0] = (float) training.getAsDouble(), definition.flops(), read, written,
                    lossAnswer);
        }
        var ours = new Ours(network, parallelism);
        float[] slope = new float[1];
        Runnable step = () -> {
            loss[0] = ours.step();
            // A product with every gradient is no part of a step: only of the first, the second, the fourth, the eighth ...
            if (Long.bitCount(ours.steps) == 1) {
                slope[0] = ours.slope(definition.direction());
            }
        };
        return new Workload(step, definition.flops(), read, written, lossAnswer,
                new Answer("slope", slope, i -> definition.slope()));
    }

    /** Our layers, as a user writes them. */
    private static final class Ours {

        private final Layer model;
        private final List<Parameter> parameters;
        private final SGD optimizer;
        private final Tensor x;
        private final Network network;
        private final Parallelism parallelism;
        private final Tensor target;
        private final MSELoss mse = new MSELoss();
        private final CrossEntropyLoss crossEntropy = new CrossEntropyLoss();

        private long steps;

        Ours(Network network, Parallelism parallelism) {
            this.network = network;
            this.parallelism = parallelism;
            model = Networks.model(network);
            parameters = model.parameters();
            optimizer = new SGD(parameters, network.learningRate());
            x = Networks.input(network);
            target = network.target() == null ? Tensor.zeros(1) : Tensor.of(network.target(), network.batch(), 1);
        }

        float step() {
            optimizer.zeroGrad();
            float value;
            try (Tape tape = Tape.open(parallelism)) {
                Tensor y = model.forward(x);
                Tensor loss = network.labels() == null
                        ? mse.forward(y, target)
                        : crossEntropy.forward(y, network.labels());
                tape.backward(loss);
                value = loss.item();
            }
            optimizer.step(parallelism);
            steps++;
            return value;
        }

        /** The sum of gradient times direction over all parameters. */
        float slope(Map<String, float[]> direction) {
            double sum = 0;
            for (Parameter parameter : parameters) {
                Tensor gradient = parameter.tensor().grad();
                float[] d = direction.get(parameter.name());
                if (gradient == null || d == null) {
                    throw new IllegalStateException(parameter.name() + " has no gradient");
                }
                for (int i = 0; i < d.length; i++) {
                    sum += (double) gradient.data()[i] * d[i];
                }
            }
            return (float) sum;
        }
    }
}
