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
        int rowWidth = patches.rowWidth();
        int ragged = lines % width;
        if (ragged != 0) {
            int panel = start + lines / width * width * depth;
            Arrays.fill(to, panel, panel + width * depth, 0);
        }
        for (int line = 0; line < lines; line++) {
            int out = start + line / width * width * depth + line % width;
            int u = firstStep / rowWidth;
            int v = firstStep % rowWidth;
            for (int p = 0; p < depth;) {
                int run = Math.min(rowWidth - v, depth - p);
                patches.copyRow(firstLine + line, u, v, run, to, out + p * width, width);
                p += run;
                v = 0;
                u++;
            }
        }
        return start;
    }
}
