package org.lanewise.layers;

import org.lanewise.autograd.Tensor;
import org.lanewise.autograd.ops.MseLoss;

/**
 * Mean squared error: the mean of (input - target)^2 over all elements.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html">torch.nn.MSELoss</a>
 */
public final class MSELoss {

    /** The loss. */
    public MSELoss() {
    }

    /**
     * Computes the loss.
     *
     * @param input  the prediction
     * @param target what it should be, of the same shape
     * @return a scalar
     * @throws IllegalArgumentException if the shapes differ
     */
    public Tensor forward(Tensor input, Tensor target) {
        return MseLoss.mseLoss(input, target);
    }
}
