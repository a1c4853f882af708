package org.lanewise.layers;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

import org.lanewise.autograd.Tensor;

/**
 * In training, each element becomes 0 with probability p, and the others x/(1 - p); in evaluation the input is the output. Each call
 * has a seed of its own, the next one after that of the call before, from which the mask follows: a layer with the same first seed has
 * the same masks, whatever the number of threads that kernels use.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html">torch.nn.Dropout</a>
 */
public final class Dropout extends Layer {

    private final double p;
    private final AtomicLong seed;

    /** With p = 0.5 and an arbitrary seed. */
    public Dropout() {
        this(0.5);
    }

    /**
     * With an arbitrary seed.
     *
     * @param p probability that an element becomes 0
     */
    public Dropout(double p) {
        this(p, Init.unseeded());
    }

    /**
     * A layer.
     *
     * @param p      probability that an element becomes 0
     * @param random where the first seed comes from
     * @throws IllegalArgumentException if p is not in [0, 1]
     */
    public Dropout(double p, RandomGenerator random) {
        this.p = Init.share("p", p);
        seed = new AtomicLong(random.nextLong());
    }

    @Override
    public Tensor forward(Tensor x) {
        return isTraining() && p > 0
                ? org.lanewise.autograd.ops.Dropout.dropout(x, p, seed.getAndIncrement())
                : x;
    }

    @Override
    public String toString() {
        return "Dropout(p=" + p + ")";
    }
}
