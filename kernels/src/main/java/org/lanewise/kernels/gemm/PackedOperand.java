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

    /** Floats around the panels of one operand, or of several that stand one behind the other. */
    public static final int SLACK = Workspace.ALIGNED + Lanes.COUNT;

    private static final float[] EMPTY = {};

    private float[] packed;
    private int paddedLines;
    private int lines;
    private int size;
    private int firstLine;
    private int first = Workspace.ALIGNED;

    private PackedOperand(float[] packed, int lines, int paddedLines, int steps) {
        this.packed = packed;
        this.lines = lines;
        this.paddedLines = paddedLines;
        size = paddedLines * steps;
    }

    /** Of no lines, until {@link #set} is called. */
    public PackedOperand() {
        this(EMPTY, 0, 0, 0);
    }

    /**
     * Makes this operand {@code index} of those that {@link #left(int, int, int, Operand, float[])} packed. It has the lines
     * {@code index*m} to {@code (index + 1)*m}.
     */
    public void set(PackedOperand all, int index) {
        packed = all.packed;
        lines = all.lines;
        paddedLines = all.paddedLines;
        size = all.size;
        firstLine = index * lines;
        first = Workspace.ALIGNED + index * size;
    }

    /**
     * Packs all of a left operand of m lines and k steps into {@code target}, which holds {@link #leftSize} floats more than
     * {@code before}, and makes this that operand. For an object that is used again and again.
     */
    public void packLeft(int m, int k, Operand operand, float[] target, int before) {
        pack(m, k, MicroKernel.MR, operand, target, before);
    }

    /** The same for a right operand of n lines and k steps, for which {@code target} holds {@link #rightSize} floats more. */
    public void packRight(int n, int k, Operand operand, float[] target, int before) {
        pack(n, k, MicroKernel.NR, operand, target, before);
    }

    private void pack(int newLines, int k, int width, Operand operand, float[] target, int before) {
        packed = target;
        lines = newLines;
        paddedLines = Math.ceilDiv(lines, width) * width;
        size = paddedLines * k;
        firstLine = 0;
        first = Workspace.ALIGNED + before;
        pack(0, lines, k, width, operand, target, first);
    }

    /** Lets go of the panels. */
    public void clear() {
        packed = EMPTY;
    }

    /**
     * Floats that {@link #left} needs for a left operand of m lines and k steps.
     *
     * @throws IllegalArgumentException if that is more than an array holds
     */
    public static int leftSize(int m, int k) {
        return leftSize(1, m, k);
    }

    /** The same for some of them, packed one behind the other. */
    public static int leftSize(int count, int m, int k) {
        return size(count, m, k, MicroKernel.MR);
    }

    /**
     * Floats that {@link #right} needs for a right operand of n lines and k steps.
     *
     * @throws IllegalArgumentException if that is more than an array holds
     */
    public static int rightSize(int n, int k) {
        return size(1, n, k, MicroKernel.NR);
    }

    private static int size(int count, int lines, int k, int width) {
        long size = (long) count * Math.ceilDiv(lines, width) * width * k + SLACK;
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    (count == 1 ? "a packed matrix of " : count + " packed matrices of ") + lines
                            + " rows or columns and " + k + " terms "
                            + (count == 1 ? "has " : "have ") + size + " elements; one array holds at most "
                            + Integer.MAX_VALUE);
        }
        return (int) size;
    }

    /** Packs all of a left operand of m lines and k steps into {@code target}, which must hold {@link #leftSize} floats. */
    public static PackedOperand left(int m, int k, Operand operand, float[] target) {
        return left(1, m, k, operand, target);
    }

    /**
     * Packs some left operands of m lines and k steps one behind the other into {@code target}, which must hold
     * {@link #leftSize(int, int, int)} floats: lines i*m to (i + 1)*m of {@code operands} are operand i. The answer is the first,
     * and {@link #set} finds the others.
     */
    public static PackedOperand left(int count, int m, int k, Operand operands, float[] target) {
        PackedOperand all = zeros(m, k, target);
        for (int i = 0; i < count; i++) {
            pack(i * m, m, k, MicroKernel.MR, operands, target, Workspace.ALIGNED + i * all.size);
        }
        return all;
    }

    /** A left operand of m lines and k steps that are 0; {@code target} holds {@link #leftSize} zeros. */
    public static PackedOperand zeros(int m, int k, float[] target) {
        return empty(m, k, MicroKernel.MR, target);
    }

    /** Packs all of a right operand of n lines and k steps into {@code target}, which must hold {@link #rightSize} floats. */
    public static PackedOperand right(int n, int k, Operand operand, float[] target) {
        pack(0, n, k, MicroKernel.NR, operand, target, Workspace.ALIGNED);
        return empty(n, k, MicroKernel.NR, target);
    }

    private static PackedOperand empty(int lines, int k, int width, float[] target) {
        int padded = Math.ceilDiv(lines, width) * width;
        return new PackedOperand(target, lines, padded, k);
    }

    private static void pack(int firstLine, int lines, int k, int width, Operand operand, float[] target, int start) {
        int padded = Math.ceilDiv(lines, width) * width;
        int kc = Blocking.depth(k);
        for (int p = 0; p < k; p += kc) {
            operand.pack(firstLine, lines, p, Math.min(kc, k - p), width, target, start + p * padded);
        }
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
    public int pack(int line, int count, int firstStep, int depth, int width, float[] to, int start) {
        return first + firstStep * paddedLines + (line - firstLine) * depth;
    }
}
