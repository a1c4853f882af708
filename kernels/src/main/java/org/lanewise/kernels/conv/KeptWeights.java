package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.gemm.StoredOperand;

/**
 * The weights of a convolution in each order in which an algorithm reads them, made when it is first asked for and then kept: panels
 * for products, transformed filters for Winograd, and the weights as they are for depthwise kernels.
 *
 * <p>
 * Any thread may ask. What was made is never written again.
 */
public final class KeptWeights {

    private final float[] weight;
    private volatile @Nullable PackedOperand panels;
    private volatile float @Nullable [] filters;

    /**
     * Nothing is packed yet.
     *
     * @param weight weights, shape (K, C/groups, R, S), which never change
     */
    public KeptWeights(float[] weight) {
        this.weight = weight;
    }

    /** The weights themselves. */
    float[] weight() {
        return weight;
    }

    /** The left operands of products, one for each group. */
    PackedOperand panels(Conv2dGeometry ofGroup, int groups) {
        PackedOperand kept = panels;
        return kept != null ? kept : packPanels(ofGroup.outChannels(), ofGroup.taps(), groups);
    }

    private synchronized PackedOperand packPanels(int rows, int taps, int groups) {
        PackedOperand kept = panels;
        if (kept == null) {
            kept = PackedOperand.left(groups, rows, taps, new StoredOperand(weight, 0, taps, 1, 1),
                    new float[PackedOperand.leftSize(groups, rows, taps)]);
            panels = kept;
        }
        return kept;
    }

    /** All filters as tiles of 4x4. */
    float[] filters(Conv2dGeometry g) {
        float[] kept = filters;
        return kept != null ? kept : transformFilters(g.outChannels(), g.inChannels());
    }

    private synchronized float[] transformFilters(int lines, int channels) {
        float[] kept = filters;
        if (kept == null) {
            int taps = channels * 9;
            kept = new float[WinogradFilters.arraySize(lines, channels)];
            WinogradFilters.transform(new StoredOperand(weight, 0, taps, 1, 1), 0, lines, channels, false, kept);
            filters = kept;
        }
        return kept;
    }
}
