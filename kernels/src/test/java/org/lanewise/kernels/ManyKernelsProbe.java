package org.lanewise.kernels;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import com.sun.management.ThreadMXBean;

/**
 * A program that uses one kernel of mathematics after the other, of some shapes: what the compiler has seen of the helpers that they
 * share, and what it has compiled apart already, is another thing for each. Prints those that allocate, and "end".
 */
final class ManyKernelsProbe {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Parallelism SERIAL = Parallelism.serial();
    private static final float EPS = 1e-5f;

    /** Elements that a kernel runs over before its allocation is counted for the first time. */
    private static final int LEAST = 2_000_000;

    private ManyKernelsProbe() {
    }

    /** The first argument is 0 for the order of the benchmarks, or a seed for another one; the others are the kernels, if not all. */
    public static void main(String[] arguments) {
        long seed = Long.parseLong(arguments[0]);
        List<String> some = List.of(arguments).subList(1, arguments.length);
        for (int[] shape : new int[][] {{1, 1024}, {32, 1024}, {128, 10}}) {
            Map<String, Runnable> kernels = kernels(shape[0], shape[1]);
            List<String> names = new ArrayList<>(some.isEmpty() ? kernels.keySet() : some);
            if (seed != 0) {
                Collections.shuffle(names, new Random(seed));
            }
            for (String name : names) {
                long bytes = bytes(kernels.get(name), Math.max(100, LEAST / (shape[0] * shape[1])));
                if (bytes > AllocationTest.BOUND) {
                    System.out.println(name + " of " + shape[0] + "x" + shape[1] + " allocates " + bytes);
                }
            }
        }
        System.out.println("end");
    }

    private static long bytes(Runnable kernel, int calls) {
        long bytes = Long.MAX_VALUE;
        long end = System.nanoTime() + AllocationTest.WARM_UP.toNanos(); // on a busy machine the compiler may come late
        while (bytes > AllocationTest.BOUND && System.nanoTime() < end) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < calls; i++) {
                kernel.run();
            }
            bytes = (THREADS.getCurrentThreadAllocatedBytes() - before) / calls;
        }
        return bytes;
    }

    private static Map<String, Runnable> kernels(int rows, int columns) {
        int n = rows * columns;
        float[] x = new Recipe(0, 0, 0, Recipe.Values.PLAIN, 1).contiguous(n).array();
        float[] g = new Recipe(0, 0, 0, Recipe.Values.PLAIN, 2).contiguous(n).array();
        float[] positive = new float[n];
        for (int i = 0; i < n; i++) {
            positive[i] = Math.abs(x[i]) + Float.MIN_NORMAL;
        }
        float[] y = new float[n];
        float[] a = new float[Math.max(rows, columns)];
        float[] b = a.clone();
        float[] c = a.clone();
        int[] labels = new int[rows];
        Map<String, Runnable> all = new LinkedHashMap<>();
        all.put("relu", () -> Activations.relu(n, x, 0, y, 0, SERIAL));
        all.put("tanh", () -> Activations.tanh(n, x, 0, y, 0, SERIAL));
        all.put("sigmoid", () -> Activations.sigmoid(n, x, 0, y, 0, SERIAL));
        all.put("softmax", () -> Softmax.softmax(rows, columns, x, 0, y, 0, SERIAL));
        all.put("log-softmax", () -> Softmax.logSoftmax(rows, columns, x, 0, y, 0, SERIAL));
        all.put("column sums", () -> Reductions.columnSums(rows, columns, x, 0, columns, 0, a, 0, SERIAL));
        all.put("add", () -> Elementwise.add(n, x, 0, g, 0, y, 0, SERIAL));
        all.put("exp", () -> Exponentials.exp(n, x, 0, y, 0, SERIAL));
        all.put("log", () -> Exponentials.log(n, positive, 0, y, 0, SERIAL));
        all.put("log of unusual", () -> Exponentials.log(n, x, 0, y, 0, SERIAL));
        all.put("gelu", () -> LinearUnits.gelu(n, x, 0, y, 0, SERIAL));
        all.put("gelu by tanh", () -> LinearUnits.geluTanh(n, x, 0, y, 0, SERIAL));
        all.put("softplus", () -> LinearUnits.softplus(n, 1, 20, x, 0, y, 0, SERIAL));
        all.put("elu", () -> LinearUnits.elu(n, 1, x, 0, y, 0, SERIAL));
        all.put("gelu backward", () -> LinearUnits.geluBackward(n, x, 0, g, 0, y, 0, SERIAL));
        all.put("silu backward", () -> LinearUnits.siluBackward(n, x, 0, g, 0, y, 0, SERIAL));
        all.put("variances", () -> Reductions.rows(Reduction.VARIANCE, rows, columns, x, 0, columns, a, 0, SERIAL));
        all.put("layer norm", () -> LayerNorm.forward(rows, columns, x, 0, g, 0, g, 0, EPS, y, 0, a, 0, b, 0, SERIAL));
        all.put("batch norm", () -> BatchNorm.forward(rows, columns, 1, x, 0, g, 0, g, 0, EPS, y, 0, a, b, c, SERIAL));
        all.put("dropout", () -> Dropout.apply(n, 0.5, 1, x, 0, y, 0, SERIAL));
        all.put("softmax backward", () -> Softmax.softmaxBackward(rows, columns, x, 0, g, 0, y, 0, SERIAL));
        all.put("log-softmax backward", () -> Softmax.logSoftmaxBackward(rows, columns, x, 0, g, 0, y, 0, SERIAL));
        all.put("layer norm backward",
                () -> LayerNorm.backward(rows, columns, x, 0, g, 0, a, 0, b, 0, g, 0, y, 0, SERIAL));
        all.put("layer norm by weight",
                () -> LayerNorm.backwardWeight(rows, columns, x, 0, a, 0, b, 0, g, 0, c, 0, SERIAL));
        all.put("batch norm backward",
                () -> BatchNorm.backward(rows, columns, 1, x, 0, g, 0, a, b, g, 0, y, 0, c, c, SERIAL));
        all.put("cross entropy", () -> CrossEntropy.forward(rows, columns, x, 0, labels, 0, y, 0, SERIAL));
        return all;
    }
}
