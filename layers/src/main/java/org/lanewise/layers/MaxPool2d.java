package org.lanewise.layers;

import org.lanewise.autograd.Tensor;

/**
 * The maximum of each window of images (N, C, H, W).
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html">torch.nn.MaxPool2d</a>
 */
public final class MaxPool2d extends Layer {

    private final int[] kernelSize;
    private final int[] stride;
    private final int[] padding;

    /**
     * Square windows side by side: the stride is the window's size.
     *
     * @param kernelSize height and width of a window
     */
    public MaxPool2d(int kernelSize) {
        this(kernelSize, kernelSize);
    }

    /**
     * Square windows.
     *
     * @param kernelSize height and width of a window
     * @param stride     distance of two windows in both directions
     */
    public MaxPool2d(int kernelSize, int stride) {
        this(new int[] {kernelSize, kernelSize}, new int[] {stride, stride}, new int[] {0, 0});
    }

    /**
     * Windows of any form.
     *
     * @param kernelSize height and width of a window
     * @param stride     distance of two windows along height and width
     * @param padding    padding along height and width, at most half a window
     * @throws IllegalArgumentException if a size or stride is not positive, a padding negative or more than half a window
     */
    public MaxPool2d(int[] kernelSize, int[] stride, int[] padding) {
        this.kernelSize = Pair.positive("kernelSize", kernelSize);
        this.stride = Pair.positive("stride", stride);
        this.padding = Pair.notNegative("padding", padding);
        if (padding[0] > kernelSize[0] / 2 || padding[1] > kernelSize[1] / 2) {
            throw new IllegalArgumentException("padding=" + Pair.text(padding) + " must be at most half of kernelSize="
                    + Pair.text(kernelSize));
        }
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4) {
            throw new IllegalArgumentException(this + ": expected input (N, C, H, W) but got " + x.shape());
        }
        return org.lanewise.autograd.ops.MaxPool2d.maxPool2d(x, kernelSize, stride, padding);
    }

    @Override
    public String toString() {
        return "MaxPool2d(kernelSize=" + Pair.text(kernelSize) + ", stride=" + Pair.text(stride) + ", padding="
                + Pair.text(padding) + ")";
    }
}
