package org.lanewise.kernels.conv;

import org.lanewise.kernels.gemm.Operand;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * Padded planes as an operand whose lines are taps and whose steps are output pixels: the transposed im2col matrix, for the gradient of
 * the weights, which sums over pixels. Some pixels of a panel's taps are copied row by row, as {@link PlaneLines} does, and then
 * transposed.
 */
final class TapLines implements Operand {

    private final PlaneLines pixels = new PlaneLines();
    private final StoredOperand rows = new StoredOperand();

    /**
     * Makes this an operand. Its steps count from the first row of outputs that the planes hold.
     *
     * @param columns outputs of a row
     */
    void set(float[] planes, PaddedPlanes layout, int columns) {
        pixels.set(planes, layout, columns, 0);
    }

    @Override
    public int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] to, int start) {
        float[] copy = Workspace.current().floats(Slot.IM2COL_ROWS, width * depth + Lanes.COUNT);
        for (int line = 0, out = start; line < lines; line += width, out += width * depth) {
            int present = Math.min(width, lines - line);
            pixels.pack(firstStep, depth, firstLine + line, present, depth, copy, 0);
            rows.set(copy, 0, depth, 1, 1);
            rows.pack(0, present, 0, depth, width, to, out);
        }
        return start;
    }
}
