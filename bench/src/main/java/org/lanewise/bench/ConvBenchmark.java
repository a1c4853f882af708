package org.lanewise.bench;

import org.lanewise.bench.Answer.Expected;
import org.lanewise.kernels.Conv2d;
import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Reductions;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Two-dimensional convolution and its two gradients, on square images with square filters.
 */
public class ConvBenchmark extends Suite {

    /** NxCxHxKxRxSxPxG: images, channels, height, filters, the size, stride and padding of a filter, and groups, 1 if left out. */
    @Param({"cnn-conv1:1x1x28x32x3x1x1", "cnn-conv1:64x1x28x32x3x1x1",
        "cnn-conv2:1x32x14x64x3x1x1", "cnn-conv2:64x32x14x64x3x1x1",
        "resnet-layer1:32x64x56x64x3x1x1", "resnet-layer2:32x128x28x128x3x1x1",
        "resnet-stem:1x3x224x64x7x2x3", "resnet-stem:16x3x224x64x7x2x3", "resnet-1x1:1x64x56x64x1x1x0",
        "resnet-layer3:16x256x14x256x3x1x1", "resnet-layer4:8x512x7x512x3x1x1", "resnet-down:8x64x56x128x3x2x1",
        "resnet-expand:8x64x56x256x1x1x0", "resnext:8x128x28x128x3x1x1x32", "mobilenet-dw:8x128x56x128x3x1x1x128",
        "mobilenet-dw-down:8x128x56x128x3x2x1x128", "mobilenet-dw5:8x128x28x128x5x1x2x128",
        "mobilenet-dw-small:8x512x14x512x3x1x1x512"})
    public String shape;

    /** Which of y, the gradient of x and the gradient of the weights is computed; or these two and that of the bias. */
    @Param({"forward", "by-data", "by-weights", "backward"})
    public String direction;

    /** {@code lanewise}, or {@code scalar} for seven plain loops. */
    @Param({OURS, SCALAR})
    public String implementation;

    /** One convolution. */
    @Benchmark
    public void conv(Work work) {
        run(work);
    }

    @Override
    protected String implementation() {
        return implementation;
    }

    @Override
    public Workload prepare(Parallelism parallelism) {
        int[] s = Parameters.sizes(shape, "NxCxHxKxRxSxPxG", 1);
        var geometry = Conv2dGeometry.builder(s[0], s[1], s[2], s[2], s[3], s[4], s[4]).withStride(s[5], s[5])
                .withPadding(s[6], s[6]).withGroups(s[7]).build();
        // The zeros of the padding count, as everywhere.
        double flops = 2.0 * geometry.outputSize() * geometry.taps();
        var data = new RandomData();
        float[] x = data.grid(geometry.inputSize());
        float[] weight = data.grid(geometry.weightSize());
        float[] dY = data.grid(geometry.outputSize());
        boolean scalar = Parameters.scalar(implementation);
        double input = Workload.floats(geometry.inputSize());
        double weights = Workload.floats(geometry.weightSize());
        double output = Workload.floats(geometry.outputSize());
        return switch (direction) {
            case "forward" -> {
                float[] bias = data.grid(geometry.outChannels());
                float[] y = new float[geometry.outputSize()];
                yield new Workload(
                        scalar
                                ? () -> ScalarConv2d.forward(geometry, x, weight, bias, y)
                                : () -> Conv2d.forward(geometry, x, 0, weight, 0, bias, 0, y, 0, parallelism),
                        flops, input + weights, output,
                        new Answer("y", y, index -> forward(geometry, x, weight, bias, index)));
            }
            case "by-data" -> {
                float[] dX = new float[geometry.inputSize()];
                yield new Workload(
                        scalar
                                ? () -> ScalarConv2d.byData(geometry, weight, dY, dX)
                                : () -> Conv2d.backwardData(geometry, weight, 0, dY, 0, 0, dX, 0, parallelism),
                        flops, output + weights, input,
                        new Answer("dX", dX, index -> byData(geometry, weight, dY, index)));
            }
            case "by-weights" -> {
                float[] dWeight = new float[geometry.weightSize()];
                yield new Workload(
                        scalar
                                ? () -> ScalarConv2d.byWeights(geometry, x, dY, dWeight)
                                : () -> Conv2d.backwardWeights(geometry, x, 0, dY, 0, 0, dWeight, 0, parallelism),
                        flops, input + output, weights,
                        new Answer("dWeight", dWeight, index -> byWeights(geometry, x, dY, index)));
            }
            case "backward" -> {
                float[] dX = new float[geometry.inputSize()];
                float[] dWeight = new float[geometry.weightSize()];
                float[] dBias = new float[geometry.outChannels()];
                yield new Workload(
                        scalar
                                ? () -> ScalarConv2d.backward(geometry, x, weight, dY, dX, dWeight, dBias)
                                : () -> {
                                    Conv2d.backwardData(geometry, weight, 0, dY, 0, 0, dX, 0, parallelism);
                                    Conv2d.backwardWeights(geometry, x, 0, dY, 0, 0, dWeight, 0, parallelism);
                                    Reductions.channelSums(geometry.batch(), geometry.outChannels(),
                                            geometry.outputPixels(), dY, 0, 0, dBias, 0);
                                },
                        2 * flops + geometry.outputSize(), input + weights + output,
                        input + weights + Workload.floats(geometry.outChannels()),
                        new Answer("dX", dX, index -> byData(geometry, weight, dY, index)),
                        new Answer("dWeight", dWeight, index -> byWeights(geometry, x, dY, index)),
                        new Answer("dBias", dBias, index -> byBias(geometry, dY, index)));
            }
            default -> throw Parameters.unknown("direction", direction, "forward, by-data, by-weights, backward");
        };
    }

    private static Expected forward(Conv2dGeometry g, float[] x, float[] weight, float[] bias, int index) {
        int pixel = index % g.outputPixels();
        int filter = index / g.outputPixels() % g.outChannels();
        int image = index / g.outputPixels() / g.outChannels();
        double sum = bias[filter];
        for (int tap = 0; tap < g.taps(); tap++) {
            sum += (double) weight[filter * g.taps() + tap] * pixelUnder(g, x, image, filter, tap, pixel);
        }
        return Expected.exactly(sum);
    }

    private static Expected byWeights(Conv2dGeometry g, float[] x, float[] dY, int index) {
        int tap = index % g.taps();
        int filter = index / g.taps();
        double sum = 0;
        for (int image = 0; image < g.batch(); image++) {
            for (int pixel = 0; pixel < g.outputPixels(); pixel++) {
                sum += (double) dY[(image * g.outChannels() + filter) * g.outputPixels() + pixel]
                        * pixelUnder(g, x, image, filter, tap, pixel);
            }
        }
        return Expected.exactly(sum);
    }

    private static Expected byBias(Conv2dGeometry g, float[] dY, int filter) {
        double sum = 0;
        for (int image = 0; image < g.batch(); image++) {
            for (int pixel = 0; pixel < g.outputPixels(); pixel++) {
                sum += dY[(image * g.outChannels() + filter) * g.outputPixels() + pixel];
            }
        }
        return Expected.exactly(sum);
    }

    /** What a tap (c, r, s) of a filter meets when an output pixel is computed. */
    private static float pixelUnder(Conv2dGeometry g, float[] x, int image, int filter, int tap, int pixel) {
        int channel = filter / (g.outChannels() / g.groups()) * (g.inChannels() / g.groups())
                + tap / g.kernelWidth() / g.kernelHeight();
        int row = pixel / g.outputWidth() * g.strideHeight() + tap / g.kernelWidth() % g.kernelHeight()
                - g.paddingTop();
        int column = pixel % g.outputWidth() * g.strideWidth() + tap % g.kernelWidth() - g.paddingLeft();
        boolean inside = row >= 0 && row < g.height() && column >= 0 && column < g.width();
        return inside ? x[((image * g.inChannels() + channel) * g.height() + row) * g.width() + column] : 0;
    }

    /** Over the filters and their taps, at the output pixel from which the tap meets this input pixel, if there is one. */
    private static Expected byData(Conv2dGeometry g, float[] weight, float[] dY, int index) {
        int column = index % g.width() + g.paddingLeft();
        int row = index / g.width() % g.height() + g.paddingTop();
        int channel = index / g.width() / g.height() % g.inChannels();
        int image = index / g.width() / g.height() / g.inChannels();
        double sum = 0;
        int channels = g.inChannels() / g.groups();
        int filters = g.outChannels() / g.groups();
        int first = channel / channels * filters;
        for (int filter = first; filter < first + filters; filter++) {
            for (int r = 0; r < g.kernelHeight(); r++) {
                for (int s = 0; s < g.kernelWidth(); s++) {
                    int u = Math.floorDiv(row - r, g.strideHeight());
                    int v = Math.floorDiv(column - s, g.strideWidth());
                    boolean met = u * g.strideHeight() == row - r && v * g.strideWidth() == column - s
                            && u >= 0 && u < g.outputHeight() && v >= 0 && v < g.outputWidth();
                    if (met) {
                        sum += (double) weight[((filter * channels + channel % channels) * g.kernelHeight() + r)
                                * g.kernelWidth() + s]
                                * dY[((image * g.outChannels() + filter) * g.outputHeight() + u) * g.outputWidth() + v];
                    }
                }
            }
        }
        return Expected.exactly(sum);
    }
}
