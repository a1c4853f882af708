package org.lanewise.layers;

import org.lanewise.autograd.Tensor;
import org.lanewise.autograd.ops.Elu;

/**
 * x where x > 0, else alpha*(exp(x) - 1).
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.ELU.html">torch.nn.ELU</a>
 */
public final class ELU extends Layer {

    private final float alpha;

    /** With alpha = 1. */
    public ELU() {
        this(1);
    }

    /**
     * With parameters of its own.
     *
     * @param alpha -alpha is the limit for small x
     * @throws IllegalArgumentException if alpha is not finite
     */
    public ELU(double alpha) {
        this.alpha = Init.finite("alpha", alpha);
    }

    @Override
    public Tensor forward(Tensor x) {
        return Elu.elu(x, alpha);
    }

    @Override
    public String toString() {
        return "ELU(alpha=" + alpha + ")";
    }
}
