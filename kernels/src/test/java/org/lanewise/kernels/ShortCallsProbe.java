package org.lanewise.kernels;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

import com.sun.management.ThreadMXBean;

/**
 * A program that begins with many calls for fewer elements than a vector has, few of them for more, and then makes long ones:
 * prints the bytes that one of those allocates.
 */
final class ShortCallsProbe {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Parallelism SERIAL = Parallelism.serial();

    /** One line of a picture, or one row: long enough that one boxed vector a pass shows. */
    private static final int LONG = 1024;

    private static final int ROWS = 8;
    private static final float[] X = new Recipe(0, 0, 0, Recipe.Values.PLAIN, 1).contiguous(8 * 2 * LONG).array();
    private static final float[] POSITIVE = new float[X.length];
    private static final float[] UNUSUAL = new float[X.length];
    private static final float[] Y = X.clone();
    private static final float[] Z = X.clone();

    static {
        for (int i = 0; i < X.length; i++) {
            POSITIVE[i] = Math.abs(X[i]) + Float.MIN_NORMAL;
            UNUSUAL[i] = Float.NEGATIVE_INFINITY;
        }
    }

    /** A kernel, called for rows of n elements. */
    enum Kernel {
        TANH(n -> Activations.tanh(n, X, 0, Z, 0, SERIAL)), //
        SIGMOID(n -> Activations.sigmoid(n, X, 0, Z, 0, SERIAL)), //
        EXP(n -> Exponentials.exp(n, X, 0, Z, 0, SERIAL)), //
        EXP_AFTER_UNUSUAL(n -> Exponentials.exp(n, n == LONG ? X : UNUSUAL, 0, Z, 0, SERIAL)), //
        EXP_BEFORE_UNUSUAL(n -> Exponentials.exp(n, n == LONG ? UNUSUAL : X, 0, Z, 0, SERIAL)), //
        LOG(n -> Exponentials.log(n, POSITIVE, 0, Z, 0, SERIAL)), //
        LOG_AFTER_UNUSUAL(n -> Exponentials.log(n, n == LONG ? POSITIVE : UNUSUAL, 0, Z, 0, SERIAL)), //
        LOG_BEFORE_UNUSUAL(n -> Exponentials.log(n, n == LONG ? UNUSUAL : POSITIVE, 0, Z, 0, SERIAL)), //
        GELU(n -> LinearUnits.gelu(n, X, 0, Z, 0, SERIAL)), //
        GELU_BACKWARD(n -> LinearUnits.geluBackward(n, X, 0, Y, 0, Z, 0, SERIAL)), //
        SILU_BACKWARD(n -> LinearUnits.siluBackward(n, X, 0, Y, 0, Z, 0, SERIAL)), //
        SOFTPLUS(n -> LinearUnits.softplus(n, 1, 20, X, 0, Z, 0, SERIAL)), //
        ELU(n -> LinearUnits.elu(n, 1, X, 0, Z, 0, SERIAL)), //
        SOFTMAX(n -> Softmax.softmax(1, n, X, 0, Z, 0, SERIAL)), //
        LOG_SOFTMAX_BACKWARD(n -> Softmax.logSoftmaxBackward(1, n, X, 0, Y, 0, Z, 0, SERIAL)), //
        SUM(n -> Reductions.sum(n, X, 0)), //
        SQUARED_DIFFERENCES(n -> Reductions.sumOfSquaredDifferences(n, X, 0, Y, 0)), //
        COLUMN_SUMS(n -> Reductions.columnSums(ROWS, n, X, 0, n, 0, Z, 0, Parallelism.serial())), //
        GEMV(n -> Gemv.sgemv(Transpose.NO, ROWS, n, 1, X, 0, n, Y, 0, 1, 0, Z, 0, 1, SERIAL)), //
        GEMM(n -> Gemm.sgemm(Transpose.NO, Transpose.NO, ROWS, n, ROWS, 1, X, 0, ROWS, Y, 0, n, 0, Z, 0, n, SERIAL)), //
        POOL_2X2(n -> pool(Pool2dGeometry.square(1, 2, 2 * n, 2, 2))), //
        POOL_3X3(n -> pool(Pool2dWindow.square(3).withStride(2, 2).withPadding(1, 1).over(1, 3, 2 * n))), //
        POOL_1X5(n -> pool(Pool2dWindow.of(1, 5).withStride(1, 1).withPadding(0, 2).over(1, 2, n))), //
        POOL_1X3(n -> pool(Pool2dWindow.of(1, 3).withStride(1, 1).withPadding(0, 1).over(1, 2, n)));

        @SuppressWarnings("ImmutableEnumChecker") // the arrays that these lambdas use are of the class
        private final IntConsumer call;

        Kernel(IntConsumer call) {
            this.call = call;
        }
    }

    private static final byte[] PLACES = new byte[2 * LONG];

    private ShortCallsProbe() {
    }

    private static void pool(Pool2dGeometry geometry) {
        MaxPool2d.forward(geometry, X, 0, Z, 0, PLACES, SERIAL);
        MaxPool2d.backward(geometry, PLACES, Y, 0, 0, Z, 0, SERIAL);
        AvgPool2d.forward(geometry, AvgDivisor.PADDED, X, 0, Z, 0, SERIAL);
        AvgPool2d.backward(geometry, AvgDivisor.PADDED, Y, 0, 0, Z, 0, SERIAL);
    }

    public static void main(String[] arguments) {
        IntConsumer call = Kernel.valueOf(arguments[0]).call;
        int lanes = Backend.current().lanes();
        Arrays.fill(PLACES, (byte) 0);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 150_000; i++) {
            call.accept(random.nextInt(20) == 0 ? 2 * lanes : lanes - 2);
        }
        long bytes = Long.MAX_VALUE;
        long end = System.nanoTime() + AllocationTest.WARM_UP.toNanos(); // on a busy machine the compiler may come late
        while (bytes > AllocationTest.BOUND && System.nanoTime() < end) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int j = 0; j < 1000; j++) {
                call.accept(LONG);
            }
            bytes = (THREADS.getCurrentThreadAllocatedBytes() - before) / 1000;
        }
        System.out.println("bytes " + bytes);
    }
}
