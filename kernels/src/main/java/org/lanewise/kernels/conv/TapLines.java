package org.lanewise.kernels.conv;

import java.util.Arrays;

import org.lanewise.kernels.gemm.Operand;

/**
 * Patches as a right operand whose columns are taps and whose steps are pixels: the transposed im2col matrix, for the gradient of
 * the weights, which sums over pixels.
 */
record TapLines(Patches patches) implements Operand {

    @Override
    public int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] to, int start) {
        int panelSize = width * depth;
        if (lines % width != 0) {
            int last = start + lines / width * panelSize;
            Arrays.fill(to, last, last + panelSize, 0);
        }
        for (int line = 0; line < lines; line++) {
            patches.copy(firstLine + line, firstStep, depth, to, start + line / width * panelSize + line % width,
                    width);
        }
        return start;
    }
}
