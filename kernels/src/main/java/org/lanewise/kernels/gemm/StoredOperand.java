package org.lanewise.kernels.gemm;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/**
 * A matrix in memory: element (line, step) stands at {@code data[offset + line*lineStride + step*stepStride]}, where one of the
 * two strides is 1. Both transposes of both operands are this operand with the strides exchanged.
 *
 * @param scale multiplied into each element while it is packed: alpha, which costs nothing here
 */
public record StoredOperand(float[] data, int offset, int lineStride, int stepStride, float scale) implements Operand {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    @Override
    public int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] to, int start) {
        int first = offset + firstLine * lineStride + firstStep * stepStride;
        for (int line = 0, out = start; line < lines; line += width, out += width * depth) {
            int present = Math.min(width, lines - line);
            int source = first + line * lineStride;
            if (present < width) {
                Arrays.fill(to, out, out + width * depth, 0);
            }
            if (lineStride == 1) {
                copyLines(source, present, depth, width, to, out);
            } else {
                transposeLines(source, present, depth, width, to, out);
            }
        }
        return start;
    }

    /** Lines lie side by side: each step is a run of {@code present} floats. */
    private void copyLines(int source, int present, int depth, int width, float[] panel, int out) {
        if (present == width && width % L == 0) {
            for (int step = 0; step < depth; step++, source += stepStride, out += width) {
                for (int v = 0; v < width; v += L) {
                    FloatVector.fromArray(S, data, source + v).mul(scale).intoArray(panel, out + v);
                }
            }
        } else {
            for (int step = 0; step < depth; step++, source += stepStride, out += width) {
                for (int i = 0; i < present; i++) {
                    panel[out + i] = scale * data[source + i];
                }
            }
        }
    }

    /** Steps lie side by side: each line is read along memory and written with stride {@code width}. */
    private void transposeLines(int source, int present, int depth, int width, float[] panel, int out) {
        int line = 0;
        if (stepStride == 1) {
            for (; line + QuadTranspose.LINES <= present; line += QuadTranspose.LINES) {
                int first = source + line * lineStride;
                int done = QuadTranspose.run(scale, data, first, lineStride, depth, panel, out + line, width);
                for (int i = 0; i < QuadTranspose.LINES; i++) {
                    copyLine(first + i * lineStride, done, depth, width, panel, out + line + i);
                }
            }
        }
        for (; line + 2 <= present; line += 2) {
            copyTwoLines(source + line * lineStride, depth, width, panel, out + line);
        }
        if (line < present) {
            copyLine(source + line * lineStride, 0, depth, width, panel, out + line);
        }
    }

    /** Steps [from, depth) of one line. */
    private void copyLine(int source, int from, int depth, int width, float[] panel, int out) {
        for (int step = from; step < depth; step++) {
            panel[out + step * width] = scale * data[source + step * stepStride];
        }
    }

    /** The last lines of a panel of 6: two at a time, so that the writes to a cache line come together. */
    private void copyTwoLines(int source, int depth, int width, float[] panel, int out) {
        int next = source + lineStride;
        for (int step = 0, o = out; step < depth; step++, o += width) {
            panel[o] = scale * data[source + step * stepStride];
            panel[o + 1] = scale * data[next + step * stepStride];
        }
    }
}
