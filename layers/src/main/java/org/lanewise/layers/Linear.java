package org.lanewise.layers;

import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tensor;

/**
 * y = x*W^T + b for inputs of shape (*, inFeatures). Parameters: {@code weight} (outFeatures, inFeatures) and {@code bias}
 * (outFeatures), both uniform in +-1/sqrt(inFeatures).
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html">torch.nn.Linear</a>
 */
public final class Linear extends Layer {

    private final Tensor weight;
    private final @Nullable Tensor bias;

    /**
     * A layer with bias and an arbitrary seed.
     *
     * @param inFeatures  size of an input
     * @param outFeatures size of an output
     */
    public Linear(int inFeatures, int outFeatures) {
        this(inFeatures, outFeatures, true, Init.unseeded());
    }

    /**
     * A layer with bias.
     *
     * @param inFeatures  size of an input
     * @param outFeatures size of an output
     * @param random      where the initial values come from
     */
    public Linear(int inFeatures, int outFeatures, RandomGenerator random) {
        this(inFeatures, outFeatures, true, random);
    }

    /**
     * A layer.
     *
     * @param inFeatures  size of an input
     * @param outFeatures size of an output
     * @param bias        whether a bias is added
     * @param random      where the initial values come from
     * @throws IllegalArgumentException if a size is not positive
     */
    public Linear(int inFeatures, int outFeatures, boolean bias, RandomGenerator random) {
        Init.positive("inFeatures", inFeatures);
        Init.positive("outFeatures", outFeatures);
        weight = parameter("weight", Init.uniform(random, inFeatures, outFeatures, inFeatures));
        this.bias = bias ? parameter("bias", Init.uniform(random, inFeatures, outFeatures)) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() == 0 || x.dim(-1) != weight.dim(1)) {
            throw new IllegalArgumentException(
                    this + ": expected input (*, " + weight.dim(1) + ") but got " + x.shape());
        }
        return org.lanewise.autograd.ops.Linear.linear(x, weight, bias);
    }

    @Override
    public String toString() {
        return "Linear(" + weight.dim(1) + ", " + weight.dim(0) + ")";
    }
}
