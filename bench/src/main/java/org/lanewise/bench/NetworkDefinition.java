package org.lanewise.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.lanewise.bench.Answer.Expected;
import org.lanewise.bench.peers.Network;

/**
 * The loss of a network as plain loops in double precision, and its derivative along one direction in the space of all parameters:
 * one number that is wrong if any gradient is.
 */
final class NetworkDefinition {

    /**
     * The loss is evaluated so far on both sides of the parameters. Short, because a ReLU or a maximum that changes its mind in
     * between adds an error in proportion (1e-5 was off by 0.25 % with 65,536 units); the rounding of doubles leaves seven digits.
     */
    private static final double STEP = 1e-8;

    private final Network network;
    private final Map<String, float[]> direction = new HashMap<>();
    private @Nullable Expected loss;
    private @Nullable Expected slope;

    NetworkDefinition(Network network) {
        this.network = network;
        var data = new RandomData();
        network.parameters().forEach((name, values) -> direction.put(name, data.uniform(values.length, 1)));
    }

    /** A number for each parameter. */
    Map<String, float[]> direction() {
        return direction;
    }

    Expected loss() {
        if (loss == null) {
            loss = new Expected(lossAt(0), 1e-5);
        }
        return loss;
    }

    /** The sum of gradient times direction. */
    Expected slope() {
        if (slope == null) {
            double value = (lossAt(STEP) - lossAt(-STEP)) / (2 * STEP);
            slope = new Expected(value, 1e-3 * Math.abs(value) + 1e-5);
        }
        return slope;
    }

    private static <T> T of(Map<String, T> parameters, String name) {
        return Objects.requireNonNull(parameters.get(name), name);
    }

    /** Of the products: one forward, one by weights, and by data where something before needs it. */
    double flops() {
        int[] s = network.sizes();
        double rows = 2.0 * network.batch();
        return switch (network.kind()) {
            case MLP -> rows * (2.0 * s[0] * s[1] + 3.0 * s[1] * s[2]);
            case CNN ->
                rows * (2.0 * 28 * 28 * 32 * 9 + 3.0 * 14 * 14 * 64 * 32 * 9 + 3.0 * 3136 * 128 + 3.0 * 128 * 10);
            case RNN -> rows * (network.steps() * 2.0 * s[0] * s[1] + (network.steps() - 1) * 3.0 * s[1] * s[1]
                    + 3.0 * s[1] * s[2]);
        };
    }

    /** The loss at parameters + step*direction. */
    private double lossAt(double step) {
        Map<String, double[]> p = new HashMap<>();
        network.parameters().forEach((name, values) -> {
            float[] d = of(direction, name);
            double[] moved = new double[values.length];
            Arrays.setAll(moved, i -> values[i] + step * d[i]);
            p.put(name, moved);
        });
        double sum = 0;
        int inputs = network.x().length / network.batch();
        for (int i = 0; i < network.batch(); i++) {
            double[] x = new double[inputs];
            for (int j = 0; j < inputs; j++) {
                x[j] = network.x()[i * inputs + j];
            }
            sum += loss(i, switch (network.kind()) {
                case MLP -> perceptron(p, x);
                case CNN -> perceptron(p, pooled(p, "conv2", 32, 14, pooled(p, "conv1", 1, 28, x)));
                case RNN -> linear(p, "fc.weight", "fc.bias", lastState(p, x));
            });
        }
        return sum / network.batch();
    }

    private double loss(int sample, double[] y) {
        if (network.target() != null) {
            double error = y[0] - network.target()[sample];
            return error * error;
        }
        int[] labels = Objects.requireNonNull(network.labels(), "labels");
        double sum = 0;
        for (double value : y) {
            sum += Math.exp(value);
        }
        return Math.log(sum) - y[labels[sample]];
    }

    private static double[] perceptron(Map<String, double[]> p, double[] x) {
        return linear(p, "fc2.weight", "fc2.bias", relu(linear(p, "fc1.weight", "fc1.bias", x)));
    }

    private static double[] linear(Map<String, double[]> p, String weight, String bias, double[] x) {
        double[] w = of(p, weight);
        double[] y = of(p, bias).clone();
        for (int j = 0; j < y.length; j++) {
            for (int i = 0; i < x.length; i++) {
                y[j] += w[j * x.length + i] * x[i];
            }
        }
        return y;
    }

    private static double[] relu(double[] x) {
        return Arrays.stream(x).map(v -> Math.max(v, 0)).toArray();
    }

    private double[] lastState(Map<String, double[]> p, double[] x) {
        int inputs = network.sizes()[0];
        double[] h = new double[network.sizes()[1]];
        for (int t = 0; t < network.steps(); t++) {
            double[] fromInput = linear(p, "rnn.weight_ih_l0", "rnn.bias_ih_l0",
                    Arrays.copyOfRange(x, t * inputs, (t + 1) * inputs));
            double[] fromState = linear(p, "rnn.weight_hh_l0", "rnn.bias_hh_l0", h);
            Arrays.setAll(h, j -> Math.tanh(fromInput[j] + fromState[j]));
        }
        return h;
    }

    /** A 3x3 convolution with padding 1, ReLU, and pooling by 2x2. */
    private static double[] pooled(Map<String, double[]> p, String layer, int channels, int size, double[] x) {
        double[] w = of(p, layer + ".weight");
        double[] bias = of(p, layer + ".bias");
        int half = size / 2;
        double[] y = new double[bias.length * half * half]; // zeros: the ReLU
        for (int f = 0; f < bias.length; f++) {
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    double sum = bias[f];
                    for (int c = 0; c < channels; c++) {
                        for (int r = Math.max(0, 1 - i); r < Math.min(3, size + 1 - i); r++) {
                            for (int s = Math.max(0, 1 - j); s < Math.min(3, size + 1 - j); s++) {
                                sum += w[((f * channels + c) * 3 + r) * 3 + s]
                                        * x[(c * size + i + r - 1) * size + j + s - 1];
                            }
                        }
                    }
                    int to = (f * half + i / 2) * half + j / 2;
                    y[to] = Math.max(y[to], sum);
                }
            }
        }
        return y;
    }
}
