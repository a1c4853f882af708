package org.lanewise.kernels.gemm;

/**
 * A left operand that was packed whole, for a product that is run again and again: the weights of a convolution, one product
 * for each image.
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
    public static int size(int m, int k) {
        long size = (long) Math.ceilDiv(m, MicroKernel.MR) * MicroKernel.MR * k;
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("weights of " + m + " x " + k + " are too large to be packed");
        }
        return (int) size;
    }

    /** Packs all of a left operand of m lines and k steps into {@code target}, which must hold {@link #size} floats. */
    public static PackedOperand left(int m, int k, Operand operand, float[] target) {
        int width = MicroKernel.MR;
        int padded = Math.ceilDiv(m, width) * width;
        int kc = Blocking.depth(k);
        for (int p = 0; p < k; p += kc) {
            operand.pack(0, m, p, Math.min(kc, k - p), width, target, p * padded);
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
        return firstStep * paddedLines + firstLine * depth;
    }
}
