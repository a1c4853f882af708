package org.lanewise.layers;

import org.lanewise.autograd.Tensor;
import org.lanewise.autograd.ops.Silu;

/**
 * x/(1 + exp(-x)), element by element; also called swish.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.SiLU.html">torch.nn.SiLU</a>
 */
public final class SiLU extends Layer {

    /** The layer; it has no parameters. */
    public SiLU() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return Silu.silu(x);
    }
}
