package org.lanewise.layers;

import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.AvgDivisor;
import org.lanewise.kernels.Pool2dWindow;

/**
 * The average of each window of images (N, C, H, W). By default padding counts as zeros.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html">torch.nn.AvgPool2d</a>
 */
public final class AvgPool2d extends Layer {

    private final Pool2dWindow window;
    private final AvgDivisor divisor;

    /**
     * Square windows side by side: the stride is the window's size.
     *
     * @param kernelSize height and width of a window
     */
    public AvgPool2d(int kernelSize) {
        this(kernelSize, kernelSize, 0);
    }

    /**
     * Square windows without padding.
     *
     * @param kernelSize height and width of a window
     * @param stride     distance of two windows in both directions
     */
    public AvgPool2d(int kernelSize, int stride) {
        this(kernelSize, stride, 0);
    }

    /**
     * Square windows.
     *
     * @param kernelSize height and width of a window
     * @param stride     distance of two windows in both directions
     * @param padding    padding on all four sides, at most half a window
     */
    public AvgPool2d(int kernelSize, int stride, int padding) {
        this(new int[] {kernelSize, kernelSize}, new int[] {stride, stride}, new int[] {padding, padding}, false,
                AvgDivisor.PADDED);
    }

    /**
     * Windows of any form, with all of PyTorch's options.
     *
     * @param kernelSize height and width of a window
     * @param stride     distance of two windows along height and width
     * @param padding    padding along height and width, at most half a window
     * @param ceilMode   whether the size of the output is rounded up
     * @param divisor    {@link AvgDivisor#PADDED} is PyTorch's count_include_pad=True, {@link AvgDivisor#PIXELS} False, and
     *                   {@link AvgDivisor#of} its divisor_override
     * @throws IllegalArgumentException if a size or stride is not positive, a padding negative or more than half a window
     */
    public AvgPool2d(int[] kernelSize, int[] stride, int[] padding, boolean ceilMode, AvgDivisor divisor) {
        this.window = Pair.window(kernelSize, stride, padding, new int[] {1, 1}, ceilMode);
        this.divisor = divisor;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4) {
            throw new IllegalArgumentException(this + ": expected input (N, C, H, W) but got " + x.shape());
        }
        return org.lanewise.autograd.ops.AvgPool2d.avgPool2d(x, window, divisor);
    }

    @Override
    public String toString() {
        return "AvgPool2d(" + Pair.text(window) + ", ceilMode=" + window.ceilMode() + ", "
                + (divisor.divisorOverride() != 0
                        ? "divisorOverride=" + divisor.divisorOverride()
                        : "countIncludePad=" + divisor.countIncludePad())
                + ")";
    }
}
