package org.lanewise.layers;

import org.lanewise.autograd.Tensor;
import org.lanewise.autograd.ops.Gelu;
import org.lanewise.autograd.ops.GeluTanh;

/**
 * x*P(x) with the standard normal distribution P, element by element, or its approximation by tanh.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.GELU.html">torch.nn.GELU</a>
 */
public final class GELU extends Layer {

    private final boolean tanh;

    /** The function itself, not an approximation. */
    public GELU() {
        this("none");
    }

    /**
     * The function or its approximation.
     *
     * @param approximate "none", or "tanh" for x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715 x^3)))
     * @throws IllegalArgumentException if it is neither
     */
    public GELU(String approximate) {
        tanh = switch (approximate) {
            case "none" -> false;
            case "tanh" -> true;
            default -> throw new IllegalArgumentException(
                    "approximate=\"" + approximate + "\" must be \"none\" or \"tanh\"");
        };
    }

    @Override
    public Tensor forward(Tensor x) {
        return tanh ? GeluTanh.geluTanh(x) : Gelu.gelu(x);
    }

    @Override
    public String toString() {
        return tanh ? "GELU(approximate=tanh)" : "GELU";
    }
}
