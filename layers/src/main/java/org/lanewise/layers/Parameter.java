package org.lanewise.layers;

import org.lanewise.autograd.Tensor;

/**
 * A tensor that training changes, and the name by which a checkpoint knows it.
 *
 * @param name   dotted path from the layer that was asked, like {@code fc1.weight}
 * @param tensor the values; a leaf that requires a gradient
 */
public record Parameter(String name, Tensor tensor) {
}
