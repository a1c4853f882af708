package org.lanewise.layers.data;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.lanewise.autograd.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Splitting and batching lose nothing and mix nothing up; confusions are counted where they belong. */
class DatasetTest {

    /** Sample i is (i, 10*i) with label i. */
    private static TensorDataset numbered(int n) {
        Tensor inputs = Tensor.zeros(n, 2);
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            inputs.data()[2 * i] = i;
            inputs.data()[2 * i + 1] = 10 * i;
            labels[i] = i;
        }
        return new TensorDataset(inputs, labels);
    }

    private static void assertRowsBelongToLabels(TensorDataset data) {
        for (int i = 0; i < data.size(); i++) {
            assertThat(data.inputs().get(i, 0)).isEqualTo(data.labels()[i]);
            assertThat(data.inputs().get(i, 1)).isEqualTo(10 * data.labels()[i]);
        }
    }

    @Property(tries = 100)
    void aSplitIsAPartition(@ForAll @IntRange(min = 0, max = 50) int n, @ForAll @IntRange(min = 0, max = 10) int tenths,
            @ForAll long seed) {
        TensorDataset.Split split = numbered(n).randomSplit(tenths / 10.0, new SplittableRandom(seed));
        assertThat(split.train().size()).isEqualTo((int) Math.round(n * (tenths / 10.0)));
        assertRowsBelongToLabels(split.train());
        assertRowsBelongToLabels(split.test());
        int[] all = IntStream
                .concat(Arrays.stream(split.train().labels()), Arrays.stream(split.test().labels())).sorted().toArray();
        assertThat(all).isEqualTo(numbered(n).labels());
    }

    @Property(tries = 100)
    void aPassVisitsEachSampleOnce(@ForAll @IntRange(min = 0, max = 50) int n,
            @ForAll @IntRange(min = 1, max = 60) int size,
            @ForAll long seed) {
        DataLoader loader = new DataLoader(numbered(n), size, new SplittableRandom(seed));
        int[] visits = new int[n];
        int batches = 0;
        for (TensorDataset batch : loader) {
            assertRowsBelongToLabels(batch);
            assertThat(batch.size()).isBetween(1, size);
            for (int label : batch.labels()) {
                visits[label]++;
            }
            batches++;
        }
        assertThat(visits).containsOnly(n == 0 ? new int[0] : new int[] {1});
        assertThat(batches).isEqualTo(loader.batches());
    }

    @Test
    void passesDifferAndSeedsRepeatThem() {
        DataLoader loader = new DataLoader(numbered(100), 100, new SplittableRandom(1));
        int[] first = loader.iterator().next().labels();
        assertThat(loader.iterator().next().labels()).isNotEqualTo(first);
        assertThat(new DataLoader(numbered(100), 100, new SplittableRandom(1)).iterator().next().labels())
                .isEqualTo(first);
    }

    @Test
    void confusionsAreCounted() {
        ConfusionMatrix matrix = new ConfusionMatrix(3);
        matrix.add(Tensor.of(new float[] {0, 1, 0, /**/ 5, 5, 1, /**/ 0, 0, 9, /**/ 7, 0, 0}, 4, 3), 1, 0, 1, 0);
        assertThat(matrix.count(1, 1)).isEqualTo(1);
        assertThat(matrix.count(0, 0)).isEqualTo(2);
        assertThat(matrix.count(1, 2)).isEqualTo(1);
        assertThat(matrix.total()).isEqualTo(4);
        assertThat(matrix.accuracy()).isEqualTo(0.75);
        assertThat(new ConfusionMatrix(2).accuracy()).isNaN();
    }

    @Test
    void wrongArgumentsAreRefused() {
        refused(() -> new TensorDataset(Tensor.zeros(2, 2), new int[3]),
                "expected a label for each sample of inputs (2, 2) but got 3");
        refused(() -> numbered(3).randomSplit(1.5, new SplittableRandom()), "fraction=1.5 must be in [0, 1]");
        refused(() -> new DataLoader(numbered(3), 0, new SplittableRandom()), "batchSize=0 must be positive");
        refused(() -> new ConfusionMatrix(0), "classes=0 must be positive");
        refused(() -> new ConfusionMatrix(2).add(Tensor.zeros(1, 2), 2), "labels[0]=2 must be in [0, 2)");
        refused(() -> new ConfusionMatrix(2).add(Tensor.zeros(1, 3), 1),
                "expected logits (1, 2) for 1 labels but got (1, 3)");
    }

    private static void refused(Runnable call, String message) {
        assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
