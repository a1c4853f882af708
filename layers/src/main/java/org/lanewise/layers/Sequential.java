package org.lanewise.layers;

import java.util.List;
import java.util.stream.Collectors;

import org.lanewise.autograd.Tensor;

/**
 * Layers one after the other. Their names are their places: {@code 0}, {@code 1}, ...
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html">torch.nn.Sequential</a>
 */
public final class Sequential extends Layer {

    private final List<Layer> layers;

    /**
     * A chain of layers.
     *
     * @param layers the layers, in order; none gives the identity
     */
    public Sequential(Layer... layers) {
        this.layers = List.of(layers);
        for (int i = 0; i < layers.length; i++) {
            child(Integer.toString(i), layers[i]);
        }
    }

    @Override
    public Tensor forward(Tensor x) {
        Tensor y = x;
        for (int i = 0; i < layers.size(); i++) {
            y = layers.get(i).forward(y);
        }
        return y;
    }

    @Override
    public String toString() {
        return layers.stream().map(Layer::toString).collect(Collectors.joining(", ", "Sequential(", ")"));
    }
}
