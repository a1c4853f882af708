package org.lanewise.layers.data;

import java.util.Objects;
import java.util.random.RandomGenerator;

import org.lanewise.autograd.Tensor;

/**
 * Samples with a class label each.
 *
 * @param inputs the samples, along the first dimension
 * @param labels the class of each
 */
public record TensorDataset(Tensor inputs, int[] labels) {

    /**
     * Two parts of a data set.
     *
     * @param train for training
     * @param test  for testing
     */
    public record Split(TensorDataset train, TensorDataset test) {
    }

    /**
     * Checks that each sample has a label.
     *
     * @throws IllegalArgumentException if the numbers differ
     */
    public TensorDataset {
        Objects.requireNonNull(labels, "labels");
        if (inputs.shape().rank() == 0 || inputs.dim(0) != labels.length) {
            throw new IllegalArgumentException(
                    "expected a label for each sample of inputs " + inputs.shape() + " but got " + labels.length);
        }
    }

    /**
     * {@return the number of samples}
     */
    public int size() {
        return labels.length;
    }

    /**
     * Deals the samples at random into two parts.
     *
     * @param fraction share of the samples that go to the first part, in [0, 1]; their number is rounded
     * @param random   the same seed gives the same split
     * @return the parts, which share nothing with this data set
     * @throws IllegalArgumentException if fraction is not in [0, 1]
     */
    public Split randomSplit(double fraction, RandomGenerator random) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("fraction=" + fraction + " must be in [0, 1]");
        }
        int[] order = permutation(size(), random);
        int first = (int) Math.round(fraction * size());
        return new Split(subset(order, 0, first), subset(order, first, size()));
    }

    /** The samples order[from], ..., order[to - 1]. */
    TensorDataset subset(int[] order, int from, int to) {
        int[] dims = inputs.shape().dims();
        dims[0] = to - from;
        Tensor samples = Tensor.zeros(dims);
        int[] classes = new int[to - from];
        int sample = inputs.shape().product(1, dims.length);
        for (int i = from; i < to; i++) {
            System.arraycopy(inputs.data(), order[i] * sample, samples.data(), (i - from) * sample, sample);
            classes[i - from] = labels[order[i]];
        }
        return new TensorDataset(samples, classes);
    }

    /** The numbers [0, n) in random order (Fisher and Yates). */
    static int[] permutation(int n, RandomGenerator random) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
