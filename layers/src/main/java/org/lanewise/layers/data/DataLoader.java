package org.lanewise.layers.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.random.RandomGenerator;

/**
 * Goes through a data set in batches, in a new random order each time. The last batch may be smaller.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader">torch.utils.data.DataLoader</a>
 */
public final class DataLoader implements Iterable<TensorDataset> {

    private final TensorDataset dataset;
    private final int batchSize;
    private final RandomGenerator random;

    /**
     * Batches of a data set.
     *
     * @param dataset   the samples
     * @param batchSize samples in a batch, at least 1
     * @param random    the order; the same seed gives the same batches
     * @throws IllegalArgumentException if batchSize is not positive
     */
    public DataLoader(TensorDataset dataset, int batchSize, RandomGenerator random) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batchSize=" + batchSize + " must be positive");
        }
        this.dataset = dataset;
        this.batchSize = batchSize;
        this.random = random;
    }

    /**
     * {@return the number of batches of one pass}
     */
    public int batches() {
        return Math.ceilDiv(dataset.size(), batchSize);
    }

    @Override
    public Iterator<TensorDataset> iterator() {
        int[] order = TensorDataset.permutation(dataset.size(), random);
        return new Iterator<>() {
            private int from;

            @Override
            public boolean hasNext() {
                return from < order.length;
            }

            @Override
            public TensorDataset next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                int to = Math.min(from + batchSize, order.length);
                TensorDataset batch = dataset.subset(order, from, to);
                from = to;
                return batch;
            }
        };
    }
}
