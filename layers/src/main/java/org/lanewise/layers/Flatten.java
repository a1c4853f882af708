package org.lanewise.layers;

import org.lanewise.autograd.Tensor;

/**
 * Joins all dimensions but the first: (N, C, H, W) becomes (N, C*H*W).
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html">torch.nn.Flatten</a>
 */
public final class Flatten extends Layer {

    /** The layer; it has no parameters. */
    public Flatten() {
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() < 2) {
            throw new IllegalArgumentException(this + ": expected input (N, *) but got " + x.shape());
        }
        return x.flatten(1);
    }
}
