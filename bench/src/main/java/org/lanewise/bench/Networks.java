package org.lanewise.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import org.lanewise.autograd.Tensor;
import org.lanewise.bench.peers.Network;
import org.lanewise.bench.peers.Network.Kind;
import org.lanewise.layers.Conv2d;
import org.lanewise.layers.Layer;
import org.lanewise.layers.Linear;
import org.lanewise.layers.MaxPool2d;
import org.lanewise.layers.Parameter;
import org.lanewise.layers.RNN;
import org.lanewise.layers.ReLU;

/** The networks of {@link TrainBenchmark}, and their models made of our layers. */
final class Networks {

    private static final int PICTURE = 28;

    /** So small that no step moves a parameter, and not so small that a product with it is subnormal and slow. */
    private static final float LEARNING_RATE = 1e-15f;

    private Networks() {
    }

    /** The network of a shape, with random parameters and data, the same in every run. */
    static Network of(String shape) {
        return switch (shape) {
            case "mlp-10-5-1:b1" -> network(Kind.MLP, 1, 1, 10, 5, 1);
            case "mlp-784-512-10:b128" -> network(Kind.MLP, 128, 1, 784, 512, 10);
            case "cnn:b1" -> network(Kind.CNN, 1, 1);
            case "cnn:b64" -> network(Kind.CNN, 64, 1);
            case "rnn-10-5-1:t1-b1" -> network(Kind.RNN, 1, 1, 10, 5, 1);
            case "rnn-28-128-10:t28-b64" -> network(Kind.RNN, 64, 28, 28, 128, 10);
            default -> throw Parameters.unknown("shape", shape,
                    "mlp-10-5-1:b1, mlp-784-512-10:b128, cnn:b1, cnn:b64, rnn-10-5-1:t1-b1, rnn-28-128-10:t28-b64");
        };
    }

    private static Network network(Kind kind, int batch, int steps, int... sizes) {
        int inputs = kind == Kind.CNN ? PICTURE * PICTURE : steps * sizes[0];
        boolean regression = kind != Kind.CNN && sizes[2] == 1;
        var data = new RandomData();
        float[] x = data.uniform(batch * inputs, 1);
        float[] target = new float[batch];
        Arrays.fill(target, 1);
        int[] labels = new int[batch];
        Arrays.setAll(labels, i -> i % 10);
        var empty = new Network(kind, batch, steps, sizes, Map.of(), x, regression ? target : null,
                regression ? null : labels, LEARNING_RATE);
        Map<String, float[]> parameters = new LinkedHashMap<>();
        for (Parameter parameter : layers(empty, new SplittableRandom(1)).parameters()) {
            parameters.put(parameter.name(), parameter.tensor().toArray());
        }
        return new Network(kind, batch, steps, sizes, parameters, x, empty.target(), empty.labels(), LEARNING_RATE);
    }

    /** Our model with the network's parameters. */
    static Layer model(Network network) {
        Layer model = layers(network, new SplittableRandom(1));
        for (Parameter parameter : model.parameters()) {
            float[] values = Objects.requireNonNull(network.parameters().get(parameter.name()), parameter.name());
            System.arraycopy(values, 0, parameter.tensor().data(), 0, values.length);
        }
        return model;
    }

    static Tensor input(Network n) {
        return switch (n.kind()) {
            case MLP -> Tensor.of(n.x(), n.batch(), n.sizes()[0]);
            case CNN -> Tensor.of(n.x(), n.batch(), 1, PICTURE, PICTURE);
            case RNN -> Tensor.of(n.x(), n.batch(), n.steps(), n.sizes()[0]);
        };
    }

    private static Layer layers(Network n, RandomGenerator random) {
        return switch (n.kind()) {
            case MLP -> new Mlp(n.sizes(), random);
            case CNN -> new Cnn(random);
            case RNN -> new Recurrent(n.sizes(), random);
        };
    }

    private static final class Mlp extends Layer {
        private final Linear fc1;
        private final ReLU relu = new ReLU();
        private final Linear fc2;

        Mlp(int[] sizes, RandomGenerator random) {
            fc1 = child("fc1", new Linear(sizes[0], sizes[1], random));
            fc2 = child("fc2", new Linear(sizes[1], sizes[2], random));
        }

        @Override
        public Tensor forward(Tensor x) {
            return fc2.forward(relu.forward(fc1.forward(x)));
        }
    }

    private static final class Cnn extends Layer {
        private final Conv2d conv1;
        private final Conv2d conv2;
        private final MaxPool2d pool = new MaxPool2d(2, 2);
        private final ReLU relu = new ReLU();
        private final Linear fc1;
        private final Linear fc2;

        Cnn(RandomGenerator random) {
            conv1 = child("conv1", new Conv2d(1, 32, 3, 1, 1, random));
            conv2 = child("conv2", new Conv2d(32, 64, 3, 1, 1, random));
            fc1 = child("fc1", new Linear(64 * 7 * 7, 128, random));
            fc2 = child("fc2", new Linear(128, 10, random));
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor y = pool.forward(relu.forward(conv1.forward(x)));
            y = pool.forward(relu.forward(conv2.forward(y)));
            return fc2.forward(relu.forward(fc1.forward(y.reshape(-1, 64 * 7 * 7))));
        }
    }

    private static final class Recurrent extends Layer {
        private final RNN rnn;
        private final Linear fc;

        Recurrent(int[] sizes, RandomGenerator random) {
            rnn = child("rnn", new RNN(sizes[0], sizes[1], true, random));
            fc = child("fc", new Linear(sizes[1], sizes[2], random));
        }

        @Override
        public Tensor forward(Tensor x) {
            return fc.forward(rnn.forward(x).select(1, -1));
        }
    }
}
