package org.lanewise.bench.peers;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A network in double precision, by its definition. */
final class NaiveNetwork {

    private static final double DIFFERENCE = 1e-6;

    private final Network network;
    private final Map<String, double[]> parameters = new LinkedHashMap<>();

    NaiveNetwork(Network network) {
        this.network = network;
        network.parameters().forEach((name, values) -> parameters.put(name, doubles(values, 0, values.length)));
    }

    /** SGD with a gradient of central differences: two forward passes for each number. */
    void step() {
        Map<String, double[]> gradients = new LinkedHashMap<>();
        parameters.forEach((name, values) -> gradients.put(name, gradient(values)));
        gradients.forEach((name, gradient) -> {
            for (int i = 0; i < gradient.length; i++) {
                parameters.get(name)[i] -= network.learningRate() * gradient[i];
            }
        });
    }

    private double[] gradient(double[] values) {
        double[] gradient = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            double value = values[i];
            values[i] = value + DIFFERENCE;
            double above = loss();
            values[i] = value - DIFFERENCE;
            gradient[i] = (above - loss()) / (2 * DIFFERENCE);
            values[i] = value;
        }
        return gradient;
    }

    /** The mean over the samples; a sample has one target if the loss is the mean squared error. */
    double loss() {
        double sum = 0;
        int inputs = network.x().length / network.batch();
        for (int sample = 0; sample < network.batch(); sample++) {
            double[] x = doubles(network.x(), sample * inputs, inputs);
            double[] y = switch (network.kind()) {
                case MLP -> mlp(x);
                case CNN -> mlp(pool(relu(convolution("conv2", 32, 14,
                        pool(relu(convolution("conv1", 1, 28, x)), 28))), 14));
                case RNN -> linear("fc", lastState(x));
            };
            sum += network.labels() == null
                    ? Math.pow(y[0] - network.target()[sample], 2)
                    : Math.log(Arrays.stream(y).map(Math::exp).sum()) - y[network.labels()[sample]];
        }
        return sum / network.batch();
    }

    private double[] mlp(double[] x) {
        return linear("fc2", relu(linear("fc1", x)));
    }

    private double[] lastState(double[] x) {
        int inputs = network.sizes()[0];
        double[] h = new double[network.sizes()[1]];
        for (int t = 0; t < network.steps(); t++) {
            double[] fromInput = affine(parameters.get("rnn.weight_ih_l0"), parameters.get("rnn.bias_ih_l0"),
                    Arrays.copyOfRange(x, t * inputs, (t + 1) * inputs));
            double[] fromState = affine(parameters.get("rnn.weight_hh_l0"), parameters.get("rnn.bias_hh_l0"), h);
            Arrays.setAll(h, j -> Math.tanh(fromInput[j] + fromState[j]));
        }
        return h;
    }

    private double[] linear(String name, double[] x) {
        return affine(parameters.get(name + ".weight"), parameters.get(name + ".bias"), x);
    }

    private static double[] affine(double[] weight, double[] bias, double[] x) {
        double[] y = bias.clone();
        for (int i = 0; i < weight.length; i++) {
            y[i / x.length] += weight[i] * x[i % x.length];
        }
        return y;
    }

    /** 3 x 3, stride 1, padding 1. */
    private double[] convolution(String name, int channels, int size, double[] x) {
        double[] weight = parameters.get(name + ".weight");
        double[] bias = parameters.get(name + ".bias");
        double[] y = new double[bias.length * size * size];
        for (int index = 0; index < y.length; index++) {
            int filter = index / (size * size);
            int row = index / size % size;
            int column = index % size;
            y[index] = bias[filter];
            for (int i = 0; i < channels * 9; i++) {
                int r = row + i / 3 % 3 - 1;
                int c = column + i % 3 - 1;
                if (0 <= r && r < size && 0 <= c && c < size) {
                    y[index] += weight[filter * channels * 9 + i] * x[(i / 9 * size + r) * size + c];
                }
            }
        }
        return y;
    }

    /** The maxima of 2 x 2. */
    private static double[] pool(double[] x, int size) {
        double[] y = new double[x.length / 4];
        int half = size / 2;
        for (int index = 0; index < y.length; index++) {
            int corner = index / half * 2 * size + index % half * 2;
            y[index] = Math.max(Math.max(x[corner], x[corner + 1]), Math.max(x[corner + size], x[corner + size + 1]));
        }
        return y;
    }

    private static double[] relu(double[] x) {
        return Arrays.stream(x).map(value -> Math.max(value, 0)).toArray();
    }

    private static double[] doubles(float[] values, int from, int n) {
        double[] result = new double[n];
        for (int i = 0; i < n; i++) {
            result[i] = values[from + i];
        }
        return result;
    }
}
