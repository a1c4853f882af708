package org.lanewise.kernels.conv;

import java.util.Arrays;

import org.lanewise.kernels.gemm.Operand;

/**
 * Patches as a right operand whose columns are pixels and whose steps are taps: im2col for a product with the weights, forward
 * and backward by data.
 */
record PixelLines(Patches patches) implements Operand {

    @Override
    public int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] to, int start) {
        int rowWidth = patches.rowWidth();
        int panelSize = width * depth;
        for (int p = 0; p < depth; p++) {
            // One tap over all pixels: along each row of pixels, cut where a panel ends.
            int u = firstLine / rowWidth;
            int v = firstLine % rowWidth;
            for (int line = 0; line < lines;) {
                int inPanel = line % width;
                int run = Math.min(Math.min(rowWidth - v, width - inPanel), lines - line);
                patches.copyRow(firstStep + p, u, v, run, to, start + line / width * panelSize + p * width + inPanel,
                        1);
                line += run;
                v += run;
                if (v == rowWidth) {
                    v = 0;
                    u++;
                }
            }
            int ragged = lines % width;
            if (ragged != 0) {
                int end = start + lines / width * panelSize + p * width;
                Arrays.fill(to, end + ragged, end + width, 0);
            }
        }
        return start;
    }
}
