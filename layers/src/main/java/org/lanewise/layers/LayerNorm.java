package org.lanewise.layers;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tensor;

/**
 * Normalisation over the last dimensions: y = (x - mean)/sqrt(var + eps)*weight + bias. Parameters, unless there are none:
 * {@code weight} (initially 1) and {@code bias} (0), both of the normalised shape.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html">torch.nn.LayerNorm</a>
 */
public final class LayerNorm extends Layer {

    private final int[] normalizedShape;
    private final double eps;
    private final @Nullable Tensor weight;
    private final @Nullable Tensor bias;

    /**
     * With eps = 1e-5, weight and bias.
     *
     * @param normalizedShape the last dimensions of an input
     */
    public LayerNorm(int... normalizedShape) {
        this(normalizedShape, 1e-5, true, true);
    }

    /**
     * A layer.
     *
     * @param normalizedShape   the last dimensions of an input, at least one
     * @param eps               added to the variance
     * @param elementwiseAffine whether there is a weight
     * @param bias              whether there is a bias too
     * @throws IllegalArgumentException if a dimension is not positive, there is none, or eps is negative or no number
     */
    public LayerNorm(int[] normalizedShape, double eps, boolean elementwiseAffine, boolean bias) {
        if (normalizedShape.length == 0) {
            throw new IllegalArgumentException("normalizedShape must have at least one dimension");
        }
        for (int dim : normalizedShape) {
            Init.positive("normalizedShape", dim);
        }
        this.normalizedShape = normalizedShape.clone();
        this.eps = Init.eps(eps);
        weight = elementwiseAffine ? parameter("weight", Tensor.full(1, normalizedShape)) : null;
        this.bias = elementwiseAffine && bias ? parameter("bias", Tensor.zeros(normalizedShape)) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        int leading = x.shape().rank() - normalizedShape.length;
        if (leading < 0 || !Arrays.equals(Arrays.copyOfRange(x.shape().dims(), leading, x.shape().rank()),
                normalizedShape)) {
            throw new IllegalArgumentException(this + ": expected input whose last dimensions are "
                    + Shape.of(normalizedShape) + " but got " + x.shape());
        }
        return org.lanewise.autograd.ops.LayerNorm.layerNorm(x, normalizedShape, weight, bias, eps);
    }

    @Override
    public String toString() {
        return "LayerNorm(" + Shape.of(normalizedShape) + ", eps=" + eps + ")";
    }
}
