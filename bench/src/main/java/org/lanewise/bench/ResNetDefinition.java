package org.lanewise.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import org.lanewise.bench.Answer.Expected;
import org.lanewise.layers.Parameter;

/** What a {@link ResNet} computes, as plain loops in double precision, image by image. */
final class ResNetDefinition {

    /** Of the largest output of an image. Seen were errors of 1.5e-7 of it, summed tap by tap and by Winograd. */
    private static final double TOLERANCE = 2e-6;

    private final Map<String, float[]> state = new HashMap<>();
    private final int stages;
    private final float[] x;
    private final int size;
    private final Map<Integer, double[]> outputs = new HashMap<>();
    private double flops;

    /** Images, channel by channel. */
    private record Planes(double[] values, int channels, int size) {
    }

    /**
     * A network and its input.
     *
     * @param stages stages of the network
     * @param x      square images of three channels
     * @param size   their height
     */
    ResNetDefinition(ResNet net, int stages, float[] x, int size) {
        for (Parameter parameter : net.parameters()) {
            state.put(parameter.name(), parameter.tensor().data());
        }
        for (Parameter buffer : net.buffers()) {
            state.put(buffer.name(), buffer.tensor().data());
        }
        this.stages = stages;
        this.x = x;
        this.size = size;
    }

    /** The output at an index of (N, classes). */
    Expected output(int index) {
        int classes = of("fc.bias").length;
        double[] y = outputs.computeIfAbsent(index / classes, this::image);
        double largest = 0;
        for (double value : y) {
            largest = Math.max(largest, Math.abs(value));
        }
        return new Expected(y[index % classes], TOLERANCE * largest);
    }

    /** Of the products of all images. */
    double flops() {
        if (outputs.isEmpty()) {
            output(0);
        }
        return flops * x.length / (3.0 * size * size);
    }

    private float[] of(String name) {
        return Objects.requireNonNull(state.get(name), name);
    }

    private double[] image(int image) {
        flops = 0;
        double[] values = new double[3 * size * size];
        for (int i = 0; i < values.length; i++) {
            values[i] = x[image * values.length + i];
        }
        Planes y = relu(convolved("conv1", "bn1", 2, new Planes(values, 3, size)));
        y = pooled(y);
        for (int stage = 1; stage <= stages; stage++) {
            for (int i = 0; i < 2; i++) {
                y = block("layer" + stage + "." + i + ".", stage > 1 && i == 0 ? 2 : 1, y);
            }
        }
        return classified(y);
    }

    private Planes block(String name, int stride, Planes in) {
        Planes y = relu(convolved(name + "conv1", name + "bn1", stride, in));
        y = convolved(name + "conv2", name + "bn2", 1, y);
        Planes added = stride == 1 ? in : convolved(name + "downsample.0", name + "downsample.1", stride, in);
        for (int i = 0; i < y.values.length; i++) {
            y.values[i] += added.values[i];
        }
        return relu(y);
    }

    private Planes convolved(String conv, String norm, int stride, Planes in) {
        float[] w = of(conv + ".weight");
        float[] gamma = of(norm + ".weight");
        float[] beta = of(norm + ".bias");
        float[] mean = of(norm + ".running_mean");
        float[] variance = of(norm + ".running_var");
        int filters = gamma.length;
        int taps = w.length / filters;
        int kernel = (int) Math.round(Math.sqrt(taps / (double) in.channels));
        int rows = (in.size - 1) / stride + 1;
        double[] y = new double[filters * rows * rows];
        for (int k = 0; k < filters; k++) {
            for (int tap = 0; tap < taps; tap++) {
                add(w[k * taps + tap], in, tap / kernel / kernel, tap / kernel % kernel - kernel / 2,
                        tap % kernel - kernel / 2, stride, y, k * rows * rows, rows);
            }
            double factor = gamma[k] / Math.sqrt(variance[k] + 1e-5);
            for (int i = k * rows * rows; i < (k + 1) * rows * rows; i++) {
                y[i] = factor * (y[i] - mean[k]) + beta[k];
            }
        }
        flops += 2.0 * y.length * taps;
        return new Planes(y, filters, rows);
    }

    /** y += w * a channel that is moved by (down, right). */
    private static void add(double w, Planes in, int channel, int down, int right, int stride, double[] y, int to,
            int rows) {
        int first = Math.max(0, Math.ceilDiv(-right, stride));
        int end = Math.min(rows, Math.floorDiv(in.size - 1 - right, stride) + 1);
        for (int u = 0; u < rows; u++) {
            int row = u * stride + down;
            if (row >= 0 && row < in.size) {
                int from = (channel * in.size + row) * in.size + right;
                for (int v = first; v < end; v++) {
                    y[to + u * rows + v] += w * in.values[from + v * stride];
                }
            }
        }
    }

    private static Planes relu(Planes in) {
        for (int i = 0; i < in.values.length; i++) {
            in.values[i] = Math.max(in.values[i], 0);
        }
        return in;
    }

    /** 3x3, stride 2, padding 1, of values that are not negative. */
    private static Planes pooled(Planes in) {
        int rows = (in.size - 1) / 2 + 1;
        double[] y = new double[in.channels * rows * rows];
        for (int c = 0; c < in.channels; c++) {
            for (int i = 0; i < in.size; i++) {
                for (int j = 0; j < in.size; j++) {
                    double value = in.values[(c * in.size + i) * in.size + j];
                    for (int u = i / 2; u <= Math.min((i + 1) / 2, rows - 1); u++) {
                        for (int v = j / 2; v <= Math.min((j + 1) / 2, rows - 1); v++) {
                            int to = (c * rows + u) * rows + v;
                            y[to] = Math.max(y[to], value);
                        }
                    }
                }
            }
        }
        return new Planes(y, in.channels, rows);
    }

    private double[] classified(Planes in) {
        float[] w = of("fc.weight");
        float[] bias = of("fc.bias");
        int pixels = in.size * in.size;
        double[] y = new double[bias.length];
        for (int j = 0; j < y.length; j++) {
            double sum = 0;
            for (int i = 0; i < in.values.length; i++) {
                sum += w[j * in.channels + i / pixels] * in.values[i];
            }
            y[j] = sum / pixels + bias[j];
        }
        flops += 2.0 * w.length;
        return y;
    }
}
