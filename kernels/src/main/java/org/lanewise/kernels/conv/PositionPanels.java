package org.lanewise.kernels.conv;

import org.lanewise.kernels.gemm.Operand;

/** One position of transformed tiles or filters as a packed operand: blocks of steps, in them panels of lines. */
final class PositionPanels implements Operand {

    private static final float[] EMPTY = {};

    private float[] packed = EMPTY;
    private int start;
    private int paddedLines;

    /**
     * Makes this an operand.
     *
     * @param first  where the position begins
     * @param padded lines, padded to whole panels
     */
    void set(float[] panels, int first, int padded) {
        packed = panels;
        start = first;
        paddedLines = padded;
    }

    @Override
    public float[] storage(float[] scratch) {
        return packed;
    }

    @Override
    public int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] to, int unused) {
        return start + firstStep * paddedLines + firstLine * depth;
    }
}
