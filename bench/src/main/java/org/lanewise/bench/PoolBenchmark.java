package org.lanewise.bench;

import org.lanewise.bench.Answer.Expected;
import org.lanewise.kernels.MaxPool2d;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Pool2dGeometry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Max pooling on square images with square windows, and its gradient.
 */
public class PoolBenchmark extends Suite {

    /** NxCxHxRxSxP: images, channels, height, and the size, stride and padding of the window. */
    @Param({"cnn-pool1:1x32x28x2x2x0", "cnn-pool1:64x32x28x2x2x0", "cnn-pool2:1x64x14x2x2x0",
        "cnn-pool2:64x64x14x2x2x0",
        "64x64x28x2x2x0", "8x64x112x2x2x0", "64x64x28x3x2x1", "64x32x28x3x2x1", "resnet-pool:8x64x112x3x2x1"})
    public String shape;

    /** Whether y or the gradient of x is computed. */
    @Param({"forward", "backward"})
    public String direction;

    /** {@code lanewise}, or {@code scalar} for plain loops. */
    @Param({OURS, SCALAR})
    public String implementation;

    /** All windows of all images. */
    @Benchmark
    public void pool(Work work) {
        run(work);
    }

    @Override
    protected String implementation() {
        return implementation;
    }

    @Override
    public Workload prepare(Parallelism parallelism) {
        int[] s = Parameters.sizes(shape, "NxCxHxRxSxP");
        var geometry = new Pool2dGeometry(s[0] * s[1], s[2], s[2], s[3], s[3], s[4], s[4], s[5], s[5]);
        byte[] indices = new byte[geometry.indexBytes()];
        double input = Workload.floats(geometry.inputSize());
        double output = Workload.floats(geometry.outputSize());
        var data = new RandomData();
        float[] x = data.grid(geometry.inputSize());
        float[] y = new float[geometry.outputSize()];
        boolean scalar = Parameters.scalar(implementation);
        int[] places = new int[scalar ? geometry.outputSize() : 0];
        Runnable forward = scalar
                ? () -> ScalarMaxPool2d.forward(geometry, x, y, places)
                : () -> MaxPool2d.forward(geometry, x, 0, y, 0, indices, parallelism);
        return switch (direction) {
            case "forward" ->
                new Workload(forward, (double) geometry.outputSize() * geometry.kernelHeight() * geometry.kernelWidth(),
                        input, output + indices.length,
                        new Answer("y", y, window -> Expected.exactly(x[firstMaximum(geometry, x, window)])));
            case "backward" -> {
                forward.run();
                float[] dY = data.grid(geometry.outputSize());
                float[] dX = new float[geometry.inputSize()];
                yield new Workload(
                        scalar
                                ? () -> ScalarMaxPool2d.backward(places, dY, dX)
                                : () -> MaxPool2d.backward(geometry, indices, dY, 0, dX, 0, parallelism),
                        geometry.outputSize(), output + indices.length, input,
                        new Answer("dX", dX, index -> backward(geometry, x, dY, index)));
            }
            default -> throw Parameters.unknown("direction", direction, "forward, backward");
        };
    }

    /** The index in x of the first of the largest values in a window. */
    private static int firstMaximum(Pool2dGeometry g, float[] x, int window) {
        int v = window % g.outputWidth();
        int u = window / g.outputWidth() % g.outputHeight();
        int plane = window / g.outputWidth() / g.outputHeight();
        int top = u * g.strideHeight() - g.paddingHeight();
        int left = v * g.strideWidth() - g.paddingWidth();
        int best = -1;
        for (int row = Math.max(0, top); row < Math.min(g.height(), top + g.kernelHeight()); row++) {
            for (int column = Math.max(0, left); column < Math.min(g.width(), left + g.kernelWidth()); column++) {
                int index = (plane * g.height() + row) * g.width() + column;
                best = best < 0 || x[index] > x[best] ? index : best;
            }
        }
        return best;
    }

    private static Expected backward(Pool2dGeometry g, float[] x, float[] dY, int index) {
        int windows = g.outputHeight() * g.outputWidth();
        int plane = index / g.width() / g.height();
        double sum = 0;
        for (int window = plane * windows; window < (plane + 1) * windows; window++) {
            sum += firstMaximum(g, x, window) == index ? dY[window] : 0;
        }
        return Expected.exactly(sum);
    }
}
