package org.lanewise.layers;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Parallelism;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * After warm-up, whole recurrent layers allocate small objects only: tensors, shapes, records of the tape, lists and the arguments of
 * kernels, but no array of numbers. The arrays come from the tape and from the thread.
 */
class RecurrentAllocationTest {

    private static final int STEPS = 32;
    private static final int BATCH = 8;
    private static final int HIDDEN = 64;

    /** The smallest array of a sequence: the states of one layer and direction. */
    private static final long SEQUENCE = 4L * STEPS * BATCH * HIDDEN;

    /** The small objects of a call, of two layers in two directions, with dropout between them. */
    private static final long BOUND = 16 * 1024;

    private static final int CALLS = 20;
    private static final int ROUNDS = 50;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TestFactory
    Stream<DynamicTest> layers() {
        assertThat(BOUND).isLessThan(SEQUENCE);
        RnnOptions options = RnnOptions.DEFAULT.withNumLayers(2).withBidirectional(true).withDropout(0.25);
        SplittableRandom random = new SplittableRandom(1);
        List<RNNBase> layers = List.of(new RNN(HIDDEN, HIDDEN, options, random),
                new LSTM(HIDDEN, HIDDEN, options, random), new GRU(HIDDEN, HIDDEN, options, random));
        int[] lengths = random.ints(BATCH, 0, STEPS + 1).toArray();
        Tensor x = Tensor.uniform(random, -1, 1, STEPS, BATCH, HIDDEN);
        return layers.stream().flatMap(layer -> Stream.of(
                DynamicTest.dynamicTest(layer + " in training", () -> assertSmall(() -> train(layer, x, null))),
                DynamicTest.dynamicTest(layer + " of different lengths", () -> assertSmall(
                        () -> train(layer, x, lengths))),
                DynamicTest.dynamicTest(layer + " in evaluation", () -> assertSmall(() -> evaluate(layer, x)))));
    }

    private static void train(RNNBase layer, Tensor x, int[] lengths) {
        layer.zeroGrad();
        try (Tape tape = Tape.open(Parallelism.serial())) {
            tape.backward(layer.run(x, null, null, lengths).y().sum());
        }
    }

    private static void evaluate(RNNBase layer, Tensor x) {
        try (Tape _ = Tape.noGrad(Parallelism.serial())) {
            layer.run(x, null, null, null);
        }
    }

    private static void assertSmall(Runnable call) {
        long bytes = Long.MAX_VALUE;
        for (int round = 0; bytes > BOUND && round < ROUNDS; round++) {
            bytes = bytesPerCall(call);
        }
        assertThat(bytes).as("bytes a call").isLessThanOrEqualTo(BOUND);
    }

    private static long bytesPerCall(Runnable call) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
        return (THREADS.getCurrentThreadAllocatedBytes() - before) / CALLS;
    }
}
