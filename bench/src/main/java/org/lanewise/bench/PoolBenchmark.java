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

    /** NxCxHxRxS: images, channels, height, and the size and stride of the window. */
    @Param({"cnn-pool1:1x32x28x2x2", "cnn-pool1:64x32x28x2x2", "cnn-pool2:1x64x14x2x2", "cnn-pool2:64x64x14x2x2"})
    public String shape;

    /** Whether y or the gradient of x is computed. */
    @Param({"forward", "backward"})
    public String direction;

    /** All windows of all images. */
    @Benchmark
    public void pool(Bytes bytes) {
        bytes.gbyte += run();
    }

    @Override
    Workload prepare(Parallelism parallelism) {
        int[] s = Parameters.sizes(shape, "NxCxHxRxS");
        var geometry = Pool2dGeometry.square(s[0] * s[1], s[2], s[2], s[3], s[4]);
        byte[] indices = new byte[geometry.indexBytes()];
        double bytes = (double) Float.BYTES * (geometry.inputSize() + geometry.outputSize()) + indices.length;
        var data = new RandomData();
        float[] x = data.grid(geometry.inputSize());
        float[] y = new float[geometry.outputSize()];
        Runnable forward = () -> MaxPool2d.forward(geometry, x, 0, y, 0, indices, parallelism);
        return switch (direction) {
            case "forward" -> new Workload(forward, bytes,
                    new Answer("y", y, window -> Expected.exactly(x[firstMaximum(geometry, x, window)])));
            case "backward" -> {
                forward.run();
                float[] dY = data.grid(geometry.outputSize());
                float[] dX = new float[geometry.inputSize()];
                yield new Workload(() -> MaxPool2d.backward(geometry, indices, dY, 0, dX, 0, parallelism), bytes,
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
        int corner = (plane * g.height() + u * g.strideHeight()) * g.width() + v * g.strideWidth();
        int best = corner;
        for (int r = 0; r < g.kernelHeight(); r++) {
            for (int s = 0; s < g.kernelWidth(); s++) {
                int index = corner + r * g.width() + s;
                best = x[index] > x[best] ? index : best;
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
