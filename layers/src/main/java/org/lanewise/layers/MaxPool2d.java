package org.lanewise.layers;

import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Pool2dWindow;

/**
 * The maximum of each window of images (N, C, H, W). Dilation and ceil mode are those of the window:
 *
 * {@snippet :
 * new MaxPool2d(Pool2dWindow.square(3).withStride(2, 2).withPadding(1, 1).withCeilMode(true))
 * }
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html">torch.nn.MaxPool2d</a>
 */
public final class MaxPool2d extends Layer {

    private final Pool2dWindow window;

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
        this(kernelSize, stride, 0);
    }

    /**
     * Square windows over a padded input.
     *
     * @param kernelSize height and width of a window
     * @param stride     distance of two windows in both directions
     * @param padding    padding on all four sides, at most half a window
     */
    public MaxPool2d(int kernelSize, int stride, int padding) {
        this(new int[] {kernelSize, kernelSize}, new int[] {stride, stride}, new int[] {padding, padding});
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
        this(kernelSize, stride, padding, new int[] {1, 1}, false);
    }

    /**
     * Windows of any form, with all of PyTorch's options.
     *
     * @param kernelSize height and width of a window
     * @param stride     distance of two windows along height and width
     * @param padding    padding along height and width, at most half a window
     * @param dilation   distance of two pixels of a window along height and width
     * @param ceilMode   whether the size of the output is rounded up
     * @throws IllegalArgumentException if a size, stride or dilation is not positive, a padding negative or more than half a window
     */
    public MaxPool2d(int[] kernelSize, int[] stride, int[] padding, int[] dilation, boolean ceilMode) {
        this(Pair.window(kernelSize, stride, padding, dilation, ceilMode));
    }

    /**
     * Windows of any form.
     *
     * @param window the window and how it slides
     */
    public MaxPool2d(Pool2dWindow window) {
        this.window = window;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4) {
            throw new IllegalArgumentException(this + ": expected input (N, C, H, W) but got " + x.shape());
        }
        return org.lanewise.autograd.ops.MaxPool2d.maxPool2d(x, window);
    }

    @Override
    public String toString() {
        return "MaxPool2d(" + Pair.text(window) + ", dilation=" + window.dilationHeight() + "x" + window.dilationWidth()
                + ", ceilMode=" + window.ceilMode() + ")";
    }
}
