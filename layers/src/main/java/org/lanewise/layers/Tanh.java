package org.lanewise.layers;

import org.lanewise.autograd.Tensor;

/**
 * Hyperbolic tangent, element by element.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html">torch.nn.Tanh</a>
 */
public final class Tanh extends Layer {

    /** The layer; it has no parameters. */
    public Tanh() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.tanh();
    }
}
