package org.lanewise.layers;

import org.lanewise.autograd.Tensor;
import org.lanewise.autograd.ops.LeakyRelu;

/**
 * x where x > 0, else negativeSlope*x.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html">torch.nn.LeakyReLU</a>
 */
public final class LeakyReLU extends Layer {

    private final float negativeSlope;

    /** With negativeSlope = 0.01. */
    public LeakyReLU() {
        this(0.01);
    }

    /**
     * With parameters of its own.
     *
     * @param negativeSlope the slope for x that are not positive
     * @throws IllegalArgumentException if it is not finite
     */
    public LeakyReLU(double negativeSlope) {
        this.negativeSlope = Init.finite("negativeSlope", negativeSlope);
    }

    @Override
    public Tensor forward(Tensor x) {
        return LeakyRelu.leakyRelu(x, negativeSlope);
    }

    @Override
    public String toString() {
        return "LeakyReLU(negativeSlope=" + negativeSlope + ")";
    }
}
