package org.lanewise.kernels.gemm;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.MUL;

/**
 * A matrix in memory: element (line, step) stands at {@code data[offset + line*lineStride + step*stepStride]}, where one of the
 * two strides is 1. Both transposes of both operands are this operand with the strides exchanged.
 *
 * <p>
 * Not a record: one object for each thread serves all its products, so that a call allocates nothing.
 */
public final class StoredOperand implements Operand {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    /** A copy is 1*x, and the constant the receiver: see the rules of the vector package. */
    private static final FloatVector ONE = FloatVector.broadcast(S, 1);
    private static final float[] EMPTY = {};

    /** Vectors that hold the lines of a panel of A: the last one may reach beyond them. */
    private static final int LINE_VECTORS = Math.ceilDiv(MicroKernel.MR, L);

    /** Steps that are transposed at a time: 8 KB of a panel of B at 512 bits. */
    private static final int STEPS_TRANSPOSED_AT_ONCE = 64;

    /** Steps that are copied at a time: 16 streams of memory. */
    private static final int STEPS_COPIED_AT_ONCE = 16;

    /** See {@link #passesByOnce}. */
    private static final int PANELS_AT_ONCE = 16;

    private float[] data = EMPTY;
    private int offset;
    private int lineStride;
    private int stepStride;
    private float scale;
    private int panelsAtOnce = 1;

    /** An operand that {@link #set} must be called on before it is used. */
    public StoredOperand() {
    }

    /** See {@link #set}. */
    public StoredOperand(float[] data, int offset, int lineStride, int stepStride, float scale) {
        set(data, offset, lineStride, stepStride, scale);
    }

    /**
     * Makes this the operand with element (line, step) at {@code data[offset + line*lineStride + step*stepStride]}.
     *
     * @param newScale multiplied into each packed element: alpha
     */
    public void set(float[] newData, int newOffset, int newLineStride, int newStepStride, float newScale) {
        data = newData;
        offset = newOffset;
        lineStride = newLineStride;
        stepStride = newStepStride;
        scale = newScale;
        panelsAtOnce = 1;
    }

    /**
     * Says that the matrix passes by once and comes from memory, so that more than one panel should be packed at a time: each step of
     * one is two cache lines of a page. The gradient by data of 8x64x56 and 256 filters of 1x1, dY not in the caches: 1.12 times the speed
     * with 8 or 16 at a time, 8x64x28 1.2. In the caches it is 0.9 to 1.0.
     */
    public void passesByOnce() {
        panelsAtOnce = PANELS_AT_ONCE;
    }

    @Override
    public int panelsAtOnce() {
        return panelsAtOnce;
    }

    /** Lets go of the matrix. */
    public void clear() {
        data = EMPTY;
    }

    private int index(int line, int step) {
        return offset + line * lineStride + step * stepStride;
    }

    @Override
    public int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] to, int start) {
        int first = index(firstLine, firstStep);
        int whole = lines / width * width;
        int last = start + whole * depth;
        int end = start + Math.ceilDiv(lines, width) * width * depth;
        Arrays.fill(to, last, end, 0);
        if (lineStride == 1) {
            copyPanels(first, lines, depth, width, to, start);
        } else {
            for (int line = 0, out = start; line < lines; line += width, out += width * depth) {
                transposeLines(first + line * lineStride, Math.min(width, lines - line), depth, width, to, out);
            }
        }
        if (scale != 1) {
            Scaling.scale(scale, to, start, 1, end - start, 0);
        }
        return start;
    }

    /**
     * Lines lie side by side. Some steps of all panels at a time, so that memory is read in long runs: panel by panel, each step
     * is in another page, and the wide B of 64x27x12544 took 1.35 of the time. (Not panels of A, whose last step may be followed
     * by some floats too many: see {@link #copyOverlapping}.)
     */
    private void copyPanels(int first, int lines, int depth, int width, float[] to, int start) {
        int stepsAtOnce = width % L == 0 && lines > width ? STEPS_COPIED_AT_ONCE : depth;
        for (int step = 0; step < depth; step += stepsAtOnce) {
            int count = Math.min(stepsAtOnce, depth - step);
            int source = first + step * stepStride;
            for (int line = 0, out = start + step * width; line < lines; line += width, out += width * depth) {
                copyLines(source + line, Math.min(width, lines - line), count, width, to, out);
            }
        }
    }

    /** The lines of one panel: each step is a run of {@code present} floats. */
    private void copyLines(int source, int present, int depth, int width, float[] panel, int out) {
        int done = 0;
        if (present == width && width == 2 * L) {
            done = stepsInside(source, 2 * L, depth);
            copyPairs(source, done, panel, out);
        } else if (present == width && width == MicroKernel.MR && LINE_VECTORS <= 3) {
            done = stepsInside(source, LINE_VECTORS * L, depth);
            copyOverlapping(source, done, panel, out);
        }
        for (int step = done, from = source + done * stepStride, to = out + done * width; step < depth; step++) {
            for (int i = 0; i < present; i++) {
                panel[to + i] = data[from + i];
            }
            from += stepStride;
            to += width;
        }
    }

    /** The number of steps at whose start {@code length} floats can be read without leaving the array. */
    private int stepsInside(int source, int length, int depth) {
        return Math.clamp((data.length - length - source + (long) stepStride) / Math.max(stepStride, 1), 0, depth);
    }

    /** Two vectors a step, and no inner loop: with one, the compiler boxed every vector in one run of four. */
    private void copyPairs(int source, int depth, float[] panel, int out) {
        for (int step = 0, from = source, to = out; step < depth; step++, from += stepStride, to += 2 * L) {
            ONE.lanewise(MUL, FloatVector.fromArray(S, data, from)).intoArray(panel, to);
            ONE.lanewise(MUL, FloatVector.fromArray(S, data, from + L)).intoArray(panel, to + L);
        }
    }

    /** The same for the lines of a panel of A: what a step writes beyond them, the next step or the slack of the panel takes. */
    private void copyOverlapping(int source, int depth, float[] panel, int out) {
        for (int step = 0, from = source, to = out; step < depth; step++, from += stepStride, to += MicroKernel.MR) {
            ONE.lanewise(MUL, FloatVector.fromArray(S, data, from)).intoArray(panel, to);
            if (LINE_VECTORS > 1) {
                ONE.lanewise(MUL, FloatVector.fromArray(S, data, from + L)).intoArray(panel, to + L);
            }
            if (LINE_VECTORS > 2) {
                ONE.lanewise(MUL, FloatVector.fromArray(S, data, from + 2 * L)).intoArray(panel, to + 2 * L);
            }
        }
    }

    /** Steps lie side by side. Some steps of all lines at a time, so that what is written in pieces of 4 floats stays in L1. */
    private void transposeLines(int source, int present, int depth, int width, float[] panel, int out) {
        int whole = stepStride == 1 && QuadTranspose.AVAILABLE ? depth / QuadTranspose.LINES * QuadTranspose.LINES : 0;
        int quads = present / QuadTranspose.LINES * QuadTranspose.LINES;
        for (int step = 0; step < whole; step += STEPS_TRANSPOSED_AT_ONCE) {
            int count = Math.min(STEPS_TRANSPOSED_AT_ONCE, whole - step);
            for (int line = 0; line < quads; line += QuadTranspose.LINES) {
                QuadTranspose.run(data, source + line * lineStride + step, lineStride, count, panel,
                        out + step * width + line, width);
            }
        }
        for (int line = 0; line < present; line++) {
            copyLine(source + line * lineStride, line < quads ? whole : 0, depth, width, panel, out + line);
        }
    }

    /** Steps [from, depth) of one line. */
    private void copyLine(int source, int from, int depth, int width, float[] panel, int out) {
        for (int step = from; step < depth; step++) {
            panel[out + step * width] = data[source + step * stepStride];
        }
    }

    /**
     * Packs the lines of a panel for several blocks of steps, as {@link #pack} does one by one: the next one stands {@code next} floats
     * further. Only for an operand whose steps stand side by side, and with a scale of 1.
     */
    public void packBlocks(int count, int next, int firstLine, int present, int depth, int width, float[] to,
            int start) {
        int whole = QuadTranspose.AVAILABLE ? depth / QuadTranspose.LINES * QuadTranspose.LINES : 0;
        int source = index(firstLine, 0);
        int line = 0;
        for (; line <= present - QuadTranspose.LINES; line += QuadTranspose.LINES) {
            QuadTranspose.runEach(count, next, depth * width, data, source + line * lineStride, lineStride, whole, to,
                    start + line, width);
            for (int step = whole; step < depth; step++) {
                int in = source + line * lineStride + step;
                int out = start + step * width + line;
                for (int i = 0; i < count; i++, in += next, out += depth * width) {
                    to[out] = data[in];
                    to[out + 1] = data[in + lineStride];
                    to[out + 2] = data[in + 2 * lineStride];
                    to[out + 3] = data[in + 3 * lineStride];
                }
            }
        }
        for (; line < width; line++) {
            for (int step = 0; step < depth; step++) {
                for (int i = 0; i < count; i++) {
                    to[start + (i * depth + step) * width + line] = line < present
                            ? data[source + i * next + line * lineStride + step]
                            : 0;
                }
            }
        }
    }
}
