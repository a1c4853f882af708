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
 * The pixels of a panel are runs, one for each row of outputs, and a run is one or two vectors at a distance that a table has for
 * each step. Vectors are written whole, from left to right: what is too much is overwritten by the next run, and at the end of
 * a step by the next step.
 */
final class PlaneLines implements Operand {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final FloatVector ONE = FloatVector.broadcast(S, 1);

    private final float[] planes;
    private final int[] offsets;
    private final int pitch;
    private final int columns;
    private final int firstRow;
    private int[] from = new int[4 * L];
    private int[] to = new int[4 * L];

    /**
     * The operand.
     *
     * @param columns  outputs of a row
     * @param firstRow the row of outputs that the planes begin with
     */
    PlaneLines(float[] planes, PaddedPlanes layout, int columns, int firstRow) {
        this.planes = planes;
        offsets = layout.offsets();
        pitch = layout.pitch();
        this.columns = columns;
        this.firstRow = firstRow;
    }

    @Override
    public int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] panels, int start) {
        for (int line = 0, out = start; line < lines; line += width, out += width * depth) {
            int vectors = runs(firstLine + line, Math.min(width, lines - line));
            if (vectors == 2 && to[1] == L) {
                copyTwo(planes, from[0], from[1], offsets, firstStep, depth, panels, out);
            } else {
                copy(planes, from, to, vectors, offsets, firstStep, depth, width, panels, out);
            }
        }
        return start;
    }

    /** Cuts pixels into runs of vectors: where each is read, from a step's offset on, and written. Returns how many. */
    private int runs(int firstPixel, int count) {
        int vectors = 0;
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

    /** All pixels stand in one row. */
    private static void copyTwo(float[] planes, int first, int second, int[] offsets, int firstStep, int depth, float[] panel,
            int start) {
        for (int p = 0, out = start; p < depth; p++, out += 2 * L) {
            int offset = offsets[firstStep + p];
            ONE.lanewise(MUL, FloatVector.fromArray(S, planes, first + offset)).intoArray(panel, out);
            ONE.lanewise(MUL, FloatVector.fromArray(S, planes, second + offset)).intoArray(panel, out + L);
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
