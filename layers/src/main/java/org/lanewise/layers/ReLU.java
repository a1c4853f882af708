package org.lanewise.layers;

import org.lanewise.autograd.Tensor;

/**
 * max(x, 0), element by element.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU.html">torch.nn.ReLU</a>
 */
public final class ReLU extends Layer {

    /** The layer; it has no parameters. */
    public ReLU() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.relu();
    }
}
