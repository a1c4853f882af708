package org.lanewise.layers;

import org.lanewise.autograd.Tensor;

/**
 * 1/(1 + exp(-x)), element by element.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html">torch.nn.Sigmoid</a>
 */
public final class Sigmoid extends Layer {

    /** The layer; it has no parameters. */
    public Sigmoid() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.sigmoid();
    }
}
