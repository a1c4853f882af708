package org.lanewise.kernels;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.kernels.reference.ReferenceConv2d;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Cases that reading found and random contracts seldom meet. */
@Timeout(60)
class EdgeCasesTest {

    /** Rows of patches that lie wholly in the padding, and rows that are cut where a block of columns ends. */
    static Stream<Conv2dGeometry> convolutions() {
        return Stream.of(
                new Conv2dGeometry(1, 1, 1, 1, 1, 1, 3, 1, 1, 0, 2, 1, 2),
                Conv2dGeometry.square(1, 1, 2, 31, 1, 5, 1, 2),
                Conv2dGeometry.square(1, 1, 3, 33, 1, 5, 1, 2),
                Conv2dGeometry.square(1, 1, 31, 31, 1, 5, 1, 2),
                Conv2dGeometry.square(1, 1, 3, 2062, 1, 7, 1, 3),
                Conv2dGeometry.builder(1, 2, 1, 1, 4, 3, 3).withPadding(2, 0, 0, 2).withGroups(2).build(),
                Conv2dGeometry.builder(1, 3, 3, 2062, 3, 3, 3).withPadding(0, 1, 40, 0).withGroups(3).build(),
                Conv2dGeometry.builder(2, 3, 33, 31, 6, 5, 5).withStride(2, 2).withPadding(2, 2).withGroups(3).build(),
                Conv2dGeometry.square(2, 9, 33, 31, 5, 3, 2, 1),
                Conv2dGeometry.square(1, 13, 46, 47, 3, 5, 2, 2),
                Conv2dGeometry.builder(1, 2, 300, 130, 2, 3, 3).withPadding(1, 1).withGroups(2).build());
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void convolutionAtTheBorder(Conv2dGeometry g) {
        float[] x = random(1, g.inputSize());
        float[] w = random(2, g.weightSize());
        float[] dY = random(3, g.outputSize());
        float[] expectedY = new float[g.outputSize()];
        float[] expectedDx = new float[g.inputSize()];
        float[] expectedDw = new float[g.weightSize()];
        ReferenceConv2d.forward(g, x, 0, w, 0, Epilogue.NONE, expectedY, 0);
        ReferenceConv2d.backwardData(g, w, 0, dY, 0, 0, expectedDx, 0);
        ReferenceConv2d.backwardWeights(g, x, 0, dY, 0, 0, expectedDw, 0);
        for (int threads : new int[] {1, 2, 4, 32}) {
            try (Parallelism team = Parallelism.of(threads)) {
                float[] y = new float[g.outputSize()];
                float[] dX = new float[g.inputSize()];
                float[] dW = new float[g.weightSize()];
                Conv2d.forward(g, x, 0, w, 0, null, 0, y, 0, team);
                Conv2d.backwardData(g, w, 0, dY, 0, 0, dX, 0, team);
                Conv2d.backwardWeights(g, x, 0, dY, 0, 0, dW, 0, team);
                // the numbers are multiples of 1/4 up to 1: all sums are exact
                assertThat(y).isEqualTo(expectedY);
                assertThat(dX).isEqualTo(expectedDx);
                assertThat(dW).isEqualTo(expectedDw);
            }
        }
    }

    private static float[] random(long seed, int n) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextInt(-4, 5) / 4f;
        }
        return values;
    }

    @Test
    void poolingRefusesPlacesThatForwardCannotHaveWritten() {
        float[] dX = new float[32];
        Arrays.fill(dX, 7);
        byte[] indices = new byte[8];
        indices[3] = 100;
        assertThatThrownBy(
                () -> MaxPool2d.backward(Pool2dGeometry.square(2, 4, 4, 2, 2), indices, new float[8], 0, 0, dX, 0,
                        Parallelism.serial()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("indices: the place 100 of output 3 is not inside the image");
        Pool2dGeometry padded = Pool2dWindow.square(3).withStride(2, 2).withPadding(1, 1).over(1, 4, 4);
        assertThatThrownBy(
                () -> MaxPool2d.backward(padded, new byte[4], new float[4], 0, 0, dX, 0, Parallelism.serial()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("the place 0 of output 0");
        assertThat(dX).containsOnly(7);
    }

    /** The scratch memory follows the image, not the stride or the window. */
    @ParameterizedTest
    @ValueSource(ints = {5, 1 << 24, Integer.MAX_VALUE})
    void poolingWithAStrideBeyondTheImageNeedsNoMoreMemory(int stride) {
        float[] y = new float[1];
        byte[] indices = new byte[1];
        float[] x = new float[16];
        x[5] = 3;
        MaxPool2d.forward(Pool2dGeometry.square(1, 4, 4, 2, stride), x, 0, y, 0, indices, Parallelism.serial());
        assertThat(y[0]).isEqualTo(3);
        assertThat(indices[0]).isEqualTo((byte) 3);
    }

    /** Half of the columns are in no window, and are split off all the same. */
    @ParameterizedTest
    @ValueSource(ints = {15, 38, 64, 70})
    void poolingOfEverySecondColumn(int width) {
        Pool2dGeometry g = Pool2dWindow.of(2, 1).withStride(1, 2).over(3, 9, width);
        float[] x = new float[g.inputSize()];
        float[] y = new float[g.outputSize()];
        Arrays.fill(x, 1);
        AvgPool2d.forward(g, AvgDivisor.PADDED, x, 0, y, 0, Parallelism.serial());
        assertThat(y).containsOnly(1);
        Arrays.fill(y, 0);
        MaxPool2d.forward(g, x, 0, y, 0, new byte[g.indexBytes()], Parallelism.serial());
        assertThat(y).containsOnly(1);
    }

    @Test
    void anInfiniteColumnSumStaysInfinite() {
        float[] a = new float[200 * 41];
        Arrays.fill(a, 0, 41, Float.POSITIVE_INFINITY);
        float[] sums = new float[41];
        Reductions.columnSums(200, 41, a, 0, 41, 0, sums, 0, Parallelism.serial());
        assertThat(sums).containsOnly(Float.POSITIVE_INFINITY);
    }

    @Test
    void aColumnSumThatOverflowsIsInfinite() {
        float[] a = new float[200 * 41];
        Arrays.fill(a, 3e36f);
        float[] sums = new float[41];
        Reductions.columnSums(200, 41, a, 0, 41, 0, sums, 0, Parallelism.serial());
        assertThat(sums).containsOnly(Float.POSITIVE_INFINITY);
    }

    /** The mean of a row is no float, and its neighbours are 1/8 apart: measured from either, the variance would be 0.023. */
    @Test
    void aVarianceIsMeasuredFromTheTrueMean() {
        float large = 1 << 20;
        float[] x = new float[8 * 3];
        Arrays.fill(x, large);
        for (int i = 0; i < 8; i++) {
            x[3 * i + 2] = large + 0.25f;
        }
        for (int rows : new int[] {7, 8}) { // one by one, and in the lanes
            float[] variances = new float[rows];
            Reductions.rows(Reduction.VARIANCE, rows, 3, x, 0, 3, variances, 0, Parallelism.serial());
            for (float variance : variances) {
                assertThat((double) variance).isCloseTo(1 / 48.0, within(1e-6));
            }
        }
    }

    /** Equal terms: a plain float sum of four million would be off by thousandths. */
    @Test
    void softmaxOfALongRowSumsToOne() {
        float[] y = new float[1 << 22];
        Arrays.fill(y, 0.1f);
        y[0] = 0.7f;
        Softmax.softmax(1, y.length, y, 0, y, 0, Parallelism.serial());
        assertThat(Reductions.sum(y.length, y, 0)).isCloseTo(1, within(1e-5));
    }

    @Test
    void anEmptyBatchOfLongSequencesIsLegal() {
        RnnGeometry g = RnnGeometry.of(RecurrentCell.RNN_TANH, 6_000_000, 0, 1, 400).withBatchFirst(true);
        float[] weight = new float[400];
        float[] hidden = new float[400 * 400];
        Recurrence.forward(g, new float[0], Recurrence.States.NONE, new Recurrence.Weights(weight, hidden, null, null),
                new float[0], Recurrence.States.NONE, null, Parallelism.serial());
    }

    @Test
    void sizesWhoseProductPassesLongAreRefused() {
        assertThatThrownBy(() -> Reductions.channelSums(Integer.MAX_VALUE, 1 << 20, 1 << 13, new float[10], 0, 0,
                new float[1 << 20], 0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2^31 - 1");
    }

    /** A million rows of 0.1: a plain float sum would be off by thousands. */
    @Test
    void columnSumsOfManyRowsStayExact() {
        int rows = 1_000_000;
        int columns = 17;
        float[] a = new float[rows * columns];
        Arrays.fill(a, 0.1f);
        float[] sums = new float[columns];
        Reductions.columnSums(rows, columns, a, 0, columns, 0, sums, 0, Parallelism.serial());
        double exact = rows * (double) 0.1f;
        for (float sum : sums) {
            // the error of a block of 64 equal terms, and the rounding of the result
            assertThat((double) sum).isCloseTo(exact, within(exact * 66 * 0x1p-24));
        }
    }

    @Test
    @SuppressWarnings("try") // close() is what is tested
    void aTaskMustNotCloseItsTeam() {
        try (Parallelism team = Parallelism.of(2)) {
            Thread caller = Thread.currentThread();
            assertThatThrownBy(() -> team.forEach(1000, i -> {
                if (Thread.currentThread() != caller) {
                    team.close();
                } else {
                    pause(); // leaves tasks to the other thread
                }
            })).isInstanceOf(IllegalStateException.class).hasMessageContaining("must not close the team");
        }
    }

    /** park() returns at once while a thread is interrupted; a waiting worker must sleep all the same. */
    @Test
    void aTaskThatLeavesItsThreadInterruptedDoesNotKeepItBusy() throws InterruptedException {
        try (Parallelism team = Parallelism.of(2)) {
            Thread caller = Thread.currentThread();
            Thread[] worker = new Thread[1];
            team.forEach(1000, i -> {
                if (Thread.currentThread() != caller) {
                    worker[0] = Thread.currentThread();
                    worker[0].interrupt();
                } else {
                    pause();
                }
            });
            Thread.sleep(20);
            var threads = ManagementFactory.getThreadMXBean();
            long before = threads.getThreadCpuTime(worker[0].threadId());
            Thread.sleep(200);
            assertThat(threads.getThreadCpuTime(worker[0].threadId()) - before).isLessThan(100_000_000);
        }
    }

    @Test
    void theArraysOfAnEndedCallAreNotKept() throws InterruptedException {
        try (Parallelism team = Parallelism.of(2)) {
            WeakReference<float[]> array = run(team);
            for (int i = 0; i < 50 && array.get() != null; i++) {
                System.gc();
                Thread.sleep(10);
            }
            assertThat(array.get()).isNull();
        }
    }

    private static WeakReference<float[]> run(Parallelism team) {
        float[] array = new float[1000];
        team.forEach(4, i -> {
            array[i] = i;
            pause();
        });
        return new WeakReference<>(array);
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
