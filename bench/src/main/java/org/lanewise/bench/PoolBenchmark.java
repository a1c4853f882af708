package org.lanewise.bench;

import java.util.function.IntToDoubleFunction;

import org.lanewise.bench.Answer.Expected;
import org.lanewise.kernels.AdaptiveAvgPool2d;
import org.lanewise.kernels.AdaptivePool2dGeometry;
import org.lanewise.kernels.AvgDivisor;
import org.lanewise.kernels.AvgPool2d;
import org.lanewise.kernels.MaxPool2d;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Pooling on square images with square windows, and its gradient: the maximum or, where the shape is named avg, the average of each
 * window; where it is named global, the average of each plane.
 */
public class PoolBenchmark extends Suite {

    /** NxCxHxRxSxP: images, channels, height, and the size, stride and padding of the window. */
    @Param({"cnn-pool1:1x32x28x2x2x0", "cnn-pool1:64x32x28x2x2x0", "cnn-pool2:1x64x14x2x2x0",
        "cnn-pool2:64x64x14x2x2x0",
        "64x64x28x2x2x0", "8x64x112x2x2x0", "64x64x28x3x2x1", "64x32x28x3x2x1", "resnet-pool:8x64x112x3x2x1",
        "avg:64x64x28x2x2x0", "avg:64x32x28x2x2x0", "avg:8x64x112x2x2x0", "avg:64x64x28x3x2x1", "avg:64x32x28x3x2x1",
        "avg:8x64x112x3x2x1", "global:64x64x28x28x28x0", "global:64x32x28x28x28x0", "global:8x64x112x112x112x0"})
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
        var geometry = Pool2dWindow.square(s[3]).withStride(s[4], s[4]).withPadding(s[5], s[5])
                .over(s[0] * s[1], s[2], s[2]);
        var data = new RandomData();
        float[] x = data.grid(geometry.inputSize());
        float[] dY = data.grid(geometry.outputSize());
        float[] y = new float[geometry.outputSize()];
        float[] dX = new float[geometry.inputSize()];
        return shape.startsWith("avg:") || shape.startsWith("global:")
                ? averages(geometry, x, y, dY, dX, parallelism)
                : maxima(geometry, x, y, dY, dX, parallelism);
    }

    private Workload maxima(Pool2dGeometry geometry, float[] x, float[] y, float[] dY, float[] dX,
            Parallelism parallelism) {
        byte[] indices = new byte[geometry.indexBytes()];
        boolean scalar = Parameters.scalar(implementation);
        int[] places = new int[scalar ? geometry.outputSize() : 0];
        Runnable forward = scalar
                ? () -> ScalarPool2d.max(geometry, x, y, places)
                : () -> MaxPool2d.forward(geometry, x, 0, y, 0, indices, parallelism);
        Runnable backward = scalar
                ? () -> ScalarPool2d.maxBackward(places, dY, dX)
                : () -> MaxPool2d.backward(geometry, indices, dY, 0, 0, dX, 0, parallelism);
        return workload(geometry, indices.length, forward, backward, true,
                new Answer("y", y, window -> Expected.exactly(x[firstMaximum(geometry, x, window)])),
                new Answer("dX", dX, index -> Expected.exactly(sumOverWindows(geometry, index,
                        window -> firstMaximum(geometry, x, window) == index ? dY[window] : 0))));
    }

    private Workload averages(Pool2dGeometry geometry, float[] x, float[] y, float[] dY, float[] dX,
            Parallelism parallelism) {
        boolean scalar = Parameters.scalar(implementation);
        int area = geometry.window().area();
        Runnable forward;
        Runnable backward;
        if (scalar) {
            forward = () -> ScalarPool2d.average(geometry, x, y);
            backward = () -> ScalarPool2d.averageBackward(geometry, dY, dX);
        } else if (shape.startsWith("global:")) {
            var adaptive = new AdaptivePool2dGeometry(geometry.planes(), geometry.height(), geometry.width(), 1, 1);
            forward = () -> AdaptiveAvgPool2d.forward(adaptive, x, 0, y, 0, parallelism);
            backward = () -> AdaptiveAvgPool2d.backward(adaptive, dY, 0, 0, dX, 0, parallelism);
        } else {
            forward = () -> AvgPool2d.forward(geometry, AvgDivisor.PADDED, x, 0, y, 0, parallelism);
            backward = () -> AvgPool2d.backward(geometry, AvgDivisor.PADDED, dY, 0, 0, dX, 0, parallelism);
        }
        // Of x the sums are exact: multiples of 1/16. Each term of dX is rounded, and so is each sum.
        return workload(geometry, 0, forward, backward, false,
                new Answer("y", y, window -> Expected.rounded(sumOfWindow(geometry, x, window) / area, 2)),
                new Answer("dX", dX, index -> new Expected(
                        sumOverWindows(geometry, index, window -> dY[window] / (double) area),
                        sumOverWindows(geometry, index, window -> Math.abs(dY[window]) / (double) area)
                                * 2 * area * Answer.UNIT_ROUNDOFF)));
    }

    private Workload workload(Pool2dGeometry geometry, double indexBytes, Runnable forward, Runnable backward,
            boolean forwardFirst, Answer y, Answer dX) {
        double input = Workload.floats(geometry.inputSize());
        double output = Workload.floats(geometry.outputSize());
        double terms = (double) geometry.outputSize() * geometry.window().area();
        return switch (direction) {
            case "forward" -> new Workload(forward, terms, input, output + indexBytes, y);
            case "backward" -> {
                if (forwardFirst) {
                    forward.run();
                }
                yield new Workload(backward, forwardFirst ? geometry.outputSize() : terms, output + indexBytes, input,
                        dX);
            }
            default -> throw Parameters.unknown("direction", direction, "forward, backward");
        };
    }

    /** The index in x of the first of the largest values in a window. */
    private static int firstMaximum(Pool2dGeometry g, float[] x, int window) {
        Window w = Window.of(g, window);
        int best = -1;
        for (int row = w.top; row < w.bottom; row++) {
            for (int column = w.left; column < w.right; column++) {
                int index = (w.plane * g.height() + row) * g.width() + column;
                best = best < 0 || x[index] > x[best] ? index : best;
            }
        }
        return best;
    }

    private static double sumOfWindow(Pool2dGeometry g, float[] x, int window) {
        Window w = Window.of(g, window);
        double sum = 0;
        for (int row = w.top; row < w.bottom; row++) {
            for (int column = w.left; column < w.right; column++) {
                sum += x[(w.plane * g.height() + row) * g.width() + column];
            }
        }
        return sum;
    }

    /** The sum of something over the windows that a pixel is in. */
    private static double sumOverWindows(Pool2dGeometry g, int index, IntToDoubleFunction term) {
        int plane = index / g.inputPixels();
        int row = index % g.inputPixels() / g.width();
        int column = index % g.width();
        double sum = 0;
        for (int window = plane * g.outputPixels(); window < (plane + 1) * g.outputPixels(); window++) {
            Window w = Window.of(g, window);
            if (w.top <= row && row < w.bottom && w.left <= column && column < w.right) {
                sum += term.applyAsDouble(window);
            }
        }
        return sum;
    }

    /** The pixels of a window. */
    private record Window(int plane, int top, int bottom, int left, int right) {

        static Window of(Pool2dGeometry g, int window) {
            Pool2dWindow w = g.window();
            int v = window % g.outputWidth();
            int u = window / g.outputWidth() % g.outputHeight();
            int top = u * w.strideHeight() - w.paddingHeight();
            int left = v * w.strideWidth() - w.paddingWidth();
            return new Window(window / g.outputPixels(), Math.max(0, top), Math.min(g.height(), top + w.kernelHeight()),
                    Math.max(0, left), Math.min(g.width(), left + w.kernelWidth()));
        }
    }
}
