package org.lanewise.layers;

import org.lanewise.autograd.Tensor;

/**
 * The averages of images (N, C, H, W) over windows that follow from the size of the output; with 1, the average of each image's
 * channel.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html">torch.nn.AdaptiveAvgPool2d</a>
 */
public final class AdaptiveAvgPool2d extends Layer {

    private final int outputHeight;
    private final int outputWidth;

    /**
     * A square output.
     *
     * @param outputSize height and width of the output
     */
    public AdaptiveAvgPool2d(int outputSize) {
        this(outputSize, outputSize);
    }

    /**
     * An output of any form.
     *
     * @param outputHeight height of the output
     * @param outputWidth  width of the output
     * @throws IllegalArgumentException if one is negative
     */
    public AdaptiveAvgPool2d(int outputHeight, int outputWidth) {
        this.outputHeight = Init.notNegative("outputHeight", outputHeight);
        this.outputWidth = Init.notNegative("outputWidth", outputWidth);
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4) {
            throw new IllegalArgumentException(this + ": expected input (N, C, H, W) but got " + x.shape());
        }
        return org.lanewise.autograd.ops.AdaptiveAvgPool2d.adaptiveAvgPool2d(x, outputHeight, outputWidth);
    }

    @Override
    public String toString() {
        return "AdaptiveAvgPool2d(" + outputHeight + "x" + outputWidth + ")";
    }
}
