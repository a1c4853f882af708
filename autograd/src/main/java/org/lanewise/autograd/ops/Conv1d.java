package org.lanewise.autograd.ops;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Conv2dGeometry;

/**
 * One-dimensional convolution of sequences (N, C, L): that of images of height 1, which is what a tape records.
 */
public final class Conv1d {

    private Conv1d() {
    }

    /**
     * Computes the convolution.
     *
     * @param x        shape (N, C, L)
     * @param weight   shape (K, C/groups, S)
     * @param bias     shape (K), or null for none
     * @param stride   distance of two outputs in the input
     * @param padding  zeros before the first and behind the last position, two values
     * @param dilation distance of two taps of a filter
     * @param groups   ranges of channels that see each other
     * @return shape (N, K, OL)
     * @throws IllegalArgumentException if a shape does not fit
     */
    public static Tensor conv1d(Tensor x, Tensor weight, @Nullable Tensor bias, int stride, int[] padding, int dilation,
            int groups) {
        Operands.rank("conv1d", "input", x, 3, "(N, C, L)");
        Operands.rank("conv1d", "weight", weight, 3, "(K, C/groups, S)");
        if (padding.length != 2) {
            throw new IllegalArgumentException("conv1d: padding=" + Arrays.toString(padding)
                    + " must have two values, before the first and behind the last position");
        }
        Operands.channels("conv1d", x, weight, groups, "L");
        Conv2dGeometry g = Conv2dGeometry.builder(x.dim(0), x.dim(1), 1, x.dim(2), weight.dim(0), 1, weight.dim(2))
                .withStride(1, stride).withPadding(0, 0, padding[0], padding[1]).withDilation(1, dilation)
                .withGroups(groups).build();
        return Conv2d.compute("conv1d", x, weight, bias, g, Shape.of(g.batch(), g.outChannels(), g.outputWidth()));
    }
}
