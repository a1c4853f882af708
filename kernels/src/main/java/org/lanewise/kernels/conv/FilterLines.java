package org.lanewise.kernels.conv;

import org.lanewise.kernels.gemm.Operand;
import org.lanewise.kernels.gemm.StoredOperand;

/**
 * The weights as the left operand of the gradient by data: lines are input channels, steps are filters and their taps in that
 * channel, (k, r, s). The lines of each group follow those of the one before.
 */
final class FilterLines implements Operand {

    private final float[] weight;
    private final int offset;
    private final int filters;
    private final int channels;
    private final int taps;
    private final StoredOperand stored = new StoredOperand();

    /**
     * The operand.
     *
     * @param filters  of a group
     * @param channels of a group
     * @param taps     of a filter in one channel
     */
    FilterLines(float[] weight, int offset, int filters, int channels, int taps) {
        this.weight = weight;
        this.offset = offset;
        this.filters = filters;
        this.channels = channels;
        this.taps = taps;
    }

    /** Lines of one group. */
    @Override
    public int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] to, int start) {
        int filter = channels * taps;
        int first = offset + firstLine / channels * filters * filter;
        int channel = firstLine % channels;
        if (taps == 1) {
            stored.set(weight, first, 1, filter, 1);
            return stored.pack(channel, lines, firstStep, depth, width, to, start);
        }
        for (int line = 0, out = start; line < lines; line += width, out += width * depth) {
            int present = Math.min(width, lines - line);
            if (firstStep % taps == 0 && depth % taps == 0) {
                stored.set(weight, first + firstStep / taps * filter, taps, 1, 1);
                stored.packBlocks(depth / taps, filter, channel + line, present, taps, width, to, out);
                continue;
            }
            int some;
            for (int p = 0; p < depth; p += some) {
                int step = firstStep + p;
                some = Math.min(taps - step % taps, depth - p);
                stored.set(weight, first + step / taps * filter, taps, 1, 1);
                stored.pack(channel + line, present, step % taps, some, width, to, out + p * width);
            }
        }
        return start;
    }
}
