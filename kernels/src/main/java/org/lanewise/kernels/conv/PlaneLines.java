package org.lanewise.kernels.conv;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.gemm.Operand;
import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.MUL;

/**
 * Padded planes as a right operand whose columns are output pixels and whose steps are taps: im2col for the product with the
 * weights.
 *
 * <p>
 * The pixels of a panel are runs, one for each row of outputs, and a run is some vectors at a distance that a table has for
 * each step. Vectors are written whole, from left to right: what is too much is overwritten by the next run, and at the end of
 * a step by the next step.
 *
 * <p>
 * The loops for two to four vectors, most panels, are written out: 64x32x14 ran at 129 GFLOP/s with them, and at 117 without.
 */
final class PlaneLines implements Operand {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final FloatVector ONE = FloatVector.broadcast(S, 1);

    private float[] planes = {};
    private int[] offsets = {};
    private int pitch;
    private int columns;
    private int firstRow;

    /** Where each vector of a panel is read, from a step's offset on, and written. */
    private int[] from = new int[2 * L];
    private int[] to = new int[2 * L];

    /**
     * Makes this an operand.
     *
     * @param outputs of a row
     * @param row     the row of outputs that the planes begin with
     */
    void set(float[] newPlanes, PaddedPlanes layout, int outputs, int row) {
        set(newPlanes, layout, layout.offsets(), outputs, row);
    }

    /** The same with the offsets of some steps only. */
    void set(float[] newPlanes, PaddedPlanes layout, int[] ofSteps, int outputs, int row) {
        planes = newPlanes;
        offsets = ofSteps;
        pitch = layout.pitch();
        columns = outputs;
        firstRow = row;
    }

    @Override
    public int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] panels, int start) {
        for (int line = 0, out = start; line < lines; line += width, out += width * depth) {
            int vectors = runs(firstLine + line, Math.min(width, lines - line));
            switch (vectors) {
                case 2 -> copyTwo(planes, from[0], from[1], offsets, firstStep, depth, width, panels, out, out + to[1]);
                case 3 -> copyThree(planes, from[0], from[1], from[2], offsets, firstStep, depth, width, panels, out,
                        out + to[1], out + to[2]);
                case 4 -> copyFour(planes, from[0], from[1], from[2], from[3], offsets, firstStep, depth, width, panels,
                        out, out + to[1], out + to[2], out + to[3]);
                default -> copy(planes, from, to, vectors, offsets, firstStep, depth, width, panels, out);
            }
        }
        return start;
    }

    /** {@return how many vectors some pixels are} */
    private int runs(int firstPixel, int count) {
        int vectors = 0;
        if (from.length < count) {
            from = new int[count];
            to = new int[count];
        }
        int row = firstPixel / columns;
        int column = firstPixel % columns;
        for (int done = 0; done < count; row++, column = 0) {
            int run = Math.min(columns - column, count - done);
            int source = (row - firstRow) * pitch + column;
            for (int i = 0; i < run; i += L) {
                from[vectors] = source + i;
                to[vectors++] = done + i;
            }
            done += run;
        }
        return vectors;
    }

    private static void copyTwo(float[] planes, int from0, int from1, int[] offsets, int firstStep, int depth,
            int width, float[] panel, int to0, int to1) {
        for (int p = 0, out = 0; p < depth; p++, out += width) {
            int offset = offsets[firstStep + p];
            ONE.lanewise(MUL, FloatVector.fromArray(S, planes, from0 + offset)).intoArray(panel, to0 + out);
            ONE.lanewise(MUL, FloatVector.fromArray(S, planes, from1 + offset)).intoArray(panel, to1 + out);
        }
    }

    private static void copyThree(float[] planes, int from0, int from1, int from2, int[] offsets, int firstStep,
            int depth,
            int width, float[] panel, int to0, int to1, int to2) {
        for (int p = 0, out = 0; p < depth; p++, out += width) {
            int offset = offsets[firstStep + p];
            ONE.lanewise(MUL, FloatVector.fromArray(S, planes, from0 + offset)).intoArray(panel, to0 + out);
            ONE.lanewise(MUL, FloatVector.fromArray(S, planes, from1 + offset)).intoArray(panel, to1 + out);
            ONE.lanewise(MUL, FloatVector.fromArray(S, planes, from2 + offset)).intoArray(panel, to2 + out);
        }
    }

    private static void copyFour(float[] planes, int from0, int from1, int from2, int from3, int[] offsets,
            int firstStep, int depth,
            int width, float[] panel, int to0, int to1, int to2, int to3) {
        for (int p = 0, out = 0; p < depth; p++, out += width) {
            int offset = offsets[firstStep + p];
            ONE.lanewise(MUL, FloatVector.fromArray(S, planes, from0 + offset)).intoArray(panel, to0 + out);
            ONE.lanewise(MUL, FloatVector.fromArray(S, planes, from1 + offset)).intoArray(panel, to1 + out);
            ONE.lanewise(MUL, FloatVector.fromArray(S, planes, from2 + offset)).intoArray(panel, to2 + out);
            ONE.lanewise(MUL, FloatVector.fromArray(S, planes, from3 + offset)).intoArray(panel, to3 + out);
        }
    }

    private static void copy(float[] planes, int[] from, int[] to, int vectors, int[] offsets, int firstStep, int depth,
            int width, float[] panel, int start) {
        for (int p = 0, out = start; p < depth; p++, out += width) {
            int offset = offsets[firstStep + p];
            for (int i = 0; i < vectors; i++) {
                ONE.lanewise(MUL, FloatVector.fromArray(S, planes, from[i] + offset)).intoArray(panel, out + to[i]);
            }
        }
    }
}
