package org.lanewise.kernels.gemm;

import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;

/**
 * An operand that was packed whole, for products that are run again and again: the weights of a convolution, one product for
 * each image, or those of a layer that is only evaluated.
 *
 * <pre>
 *   block of KC steps 0: panel 0 | panel 1 | ...      block of KC steps 1: panel 0 | ...
 * </pre>
 */
public final class PackedOperand implements Operand {

    private final float[] packed;
    private final int paddedLines;

    private PackedOperand(float[] packed, int paddedLines) {
        this.packed = packed;
        this.paddedLines = paddedLines;
    }

    /**
     * Floats that {@link #left} needs for a left operand of m lines and k steps.
     *
     * @throws IllegalArgumentException if that is more than an array holds
     */
    public static int leftSize(int m, int k) {
        return size(m, k, MicroKernel.MR);
    }

    /**
     * Floats that {@link #right} needs for a right operand of n lines and k steps.
     *
     * @throws IllegalArgumentException if that is more than an array holds
     */
    public static int rightSize(int n, int k) {
        return size(n, k, MicroKernel.NR);
    }

    private static int size(int lines, int k, int width) {
        long size = (long) Math.ceilDiv(lines, width) * width * k + Workspace.ALIGNED + Lanes.COUNT;
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a packed matrix of " + lines + " rows or columns and " + k + " terms has " + size
                            + " elements; one array holds at most " + Integer.MAX_VALUE);
        }
        return (int) size;
    }

    /** Packs all of a left operand of m lines and k steps into {@code target}, which must hold {@link #leftSize} floats. */
    public static PackedOperand left(int m, int k, Operand operand, float[] target) {
        return pack(m, k, MicroKernel.MR, operand, target);
    }

    /** A left operand of m lines and k steps that are 0; {@code target} holds {@link #leftSize} zeros. */
    public static PackedOperand zeros(int m, int k, float[] target) {
        return new PackedOperand(target, Math.ceilDiv(m, MicroKernel.MR) * MicroKernel.MR);
    }

    /** Packs all of a right operand of n lines and k steps into {@code target}, which must hold {@link #rightSize} floats. */
    public static PackedOperand right(int n, int k, Operand operand, float[] target) {
        return pack(n, k, MicroKernel.NR, operand, target);
    }

    private static PackedOperand pack(int lines, int k, int width, Operand operand, float[] target) {
        int padded = Math.ceilDiv(lines, width) * width;
        int kc = Blocking.depth(k);
        for (int p = 0; p < k; p += kc) {
            operand.pack(0, lines, p, Math.min(kc, k - p), width, target, Workspace.ALIGNED + p * padded);
        }
        return new PackedOperand(target, padded);
    }

    /** The least number of groups of {@code lines} lines after which a panel begins. */
    public static int panelsBegin(int lines) {
        int groups = 1;
        while (groups * lines % MicroKernel.MR != 0) {
            groups++;
        }
        return groups;
    }

    @Override
    public float[] storage(float[] scratch) {
        return packed;
    }

    @Override
    public int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] to, int start) {
        return Workspace.ALIGNED + firstStep * paddedLines + firstLine * depth;
    }
}
