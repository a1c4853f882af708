package org.lanewise.layers;

import org.lanewise.autograd.Tensor;

/**
 * log(1 + exp(beta*x))/beta, element by element, and x where beta*x is above the threshold.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html">torch.nn.Softplus</a>
 */
public final class Softplus extends Layer {

    private final float beta;
    private final float threshold;

    /** With beta = 1 and threshold = 20. */
    public Softplus() {
        this(1, 20);
    }

    /**
     * With parameters of its own.
     *
     * @param beta the steepness, positive
     * @param threshold beta*x above which the layer is linear
     * @throws IllegalArgumentException if beta is not positive and finite, or the threshold is no number
     */
    public Softplus(double beta, double threshold) {
        this.beta = Init.finite("beta", beta);
        if (!(this.beta > 0)) {
            throw new IllegalArgumentException("beta=" + beta + " must be positive");
        }
        if (Double.isNaN(threshold)) {
            throw new IllegalArgumentException("threshold=" + threshold + " must be a number");
        }
        this.threshold = (float) threshold;
    }

    @Override
    public Tensor forward(Tensor x) {
        return org.lanewise.autograd.ops.Softplus.softplus(x, beta, threshold);
    }

    @Override
    public String toString() {
        return "Softplus(beta=" + beta + ", threshold=" + threshold + ")";
    }
}
