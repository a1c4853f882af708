package org.lanewise.kernels.conv;

import org.lanewise.kernels.gemm.Operand;
import org.lanewise.kernels.gemm.StoredOperand;

/**
 * The weights as the left operand of the gradient by data: lines are input channels, steps are filters and their taps in that
 * channel, (k, r, s).
 */
final class FilterLines implements Operand {

    private final float[] weight;
    private final int offset;
    private final int channels;
    private final int taps;
    private final StoredOperand filter = new StoredOperand();

    /**
     * The operand.
     *
     * @param taps of a filter in one channel
     */
    FilterLines(float[] weight, int offset, int channels, int taps) {
        this.weight = weight;
        this.offset = offset;
        this.channels = channels;
        this.taps = taps;
    }

    @Override
    public int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] to, int start) {
        for (int line = 0, out = start; line < lines; line += width, out += width * depth) {
            int present = Math.min(width, lines - line);
            int some;
            for (int p = 0; p < depth; p += some) {
                int step = firstStep + p;
                some = Math.min(taps - step % taps, depth - p);
                filter.set(weight, offset + step / taps * channels * taps, taps, 1, 1);
                filter.pack(firstLine + line, present, step % taps, some, width, to, out + p * width);
            }
        }
        return start;
    }
}
