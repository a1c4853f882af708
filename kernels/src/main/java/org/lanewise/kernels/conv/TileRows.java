package org.lanewise.kernels.conv;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

import static jdk.incubator.vector.VectorOperators.MUL;
import static org.lanewise.kernels.vector.EvenOdd.EVEN;
import static org.lanewise.kernels.vector.EvenOdd.ODD;

/**
 * Some rows of an image with their padding, split into even and odd columns, for tiles that begin two columns apart.
 *
 * <pre>
 *   row 0: columns 0, 2, 4 ... | columns 1, 3, 5 ...     row 1: ...
 * </pre>
 *
 * Column 0 is the first that a tile sees. A row is read by whole vectors, the last one masked, and written by whole vectors, always to
 * the same places: the zeros to its left stay from row to row and from channel to channel.
 *
 * @param height      rows of the image
 * @param width       columns of the image
 * @param paddingTop  rows of zeros above it; negative if some rows are not seen
 * @param paddingLeft columns of zeros left of it; likewise
 * @param across      tiles in a row
 */
record TileRows(int height, int width, int paddingTop, int paddingLeft, int across) {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    /** A copy is 1*x, and the constant the receiver: see the rules of the vector package. */
    private static final FloatVector ONE = FloatVector.broadcast(S, 1);

    /** Columns that tiles see of the image. */
    private int seen() {
        return Math.clamp(2L * across + 2 - Math.max(paddingLeft, 0), 0, Math.max(width + Math.min(paddingLeft, 0), 0));
    }

    /** Columns of the padded image before them. */
    private int before() {
        return Math.clamp(paddingLeft, 0, 2 * across + 2);
    }

    /** Distance of the even columns of a row from its odd ones. */
    int half() {
        int written = before() / 2 + 1 + Math.ceilDiv(seen(), 2 * L) * L;
        int read = Math.ceilDiv(across, L) * L + 1;
        return Math.ceilDiv(Math.max(written, read), L) * L;
    }

    /** Distance of two rows. */
    int pitch() {
        return 2 * half();
    }

    /** Writes rows [first, first + rows) of what tiles see; {@code to} had nothing but zeros before its first use. */
    void load(float[] image, int plane, int first, int rows, float[] to) {
        int pitch = pitch();
        int from = Math.clamp(paddingTop - (long) first, 0, rows);
        int end = Math.clamp((long) height + paddingTop - first, from, rows);
        Arrays.fill(to, 0, from * pitch, 0);
        Arrays.fill(to, end * pitch, rows * pitch, 0);
        int seen = seen();
        if (seen == 0 || from == end) {
            return;
        }
        int source = plane + (first + from - paddingTop) * width + Math.max(-paddingLeft, 0);
        boolean even = before() % 2 == 0;
        int x0 = from * pitch + before() / 2 + (even ? 0 : half());
        int x1 = from * pitch + before() / 2 + (even ? half() : 1);
        int read = Math.ceilDiv(seen, 2 * L) * 2 * L;
        int inside = Math.clamp(Math.floorDiv(image.length - read - source, width) + 1, 0, end - from);
        split(inside, width, seen, image, source, to, x0, x1, pitch);
        for (int i = inside; i < end - from; i++) {
            for (int j = 0; j < seen; j++) {
                to[(j % 2 == 0 ? x0 : x1) + i * pitch + j / 2] = image[source + i * width + j];
            }
        }
    }

    private static void split(int rows, int width, int seen, float[] image, int source, float[] to, int x0, int x1,
            int pitch) {
        int whole = seen / (2 * L) * (2 * L);
        if (whole > 0) {
            splitWhole(rows, width, whole, image, source, to, x0, x1, pitch);
        }
        if (whole < seen) {
            splitRest(rows, width, seen - whole, image, source + whole, to, x0 + whole / 2, x1 + whole / 2, pitch);
        }
    }

    private static void splitWhole(int rows, int width, int seen, float[] image, int source, float[] to, int x0,
            int x1, int pitch) {
        for (int i = 0; i < rows; i++) {
            int from = source + i * width;
            int out = i * pitch;
            for (int j = 0; j < seen; j += 2 * L) {
                FloatVector a = FloatVector.fromArray(S, image, from + j);
                FloatVector b = FloatVector.fromArray(S, image, from + j + L);
                ONE.lanewise(MUL, a.rearrange(EVEN, b)).intoArray(to, x0 + out + j / 2);
                ONE.lanewise(MUL, a.rearrange(ODD, b)).intoArray(to, x1 + out + j / 2);
            }
        }
    }

    /** The last columns of each row, less than two vectors. */
    private static void splitRest(int rows, int width, int seen, float[] image, int source, float[] to, int x0, int x1,
            int pitch) {
        VectorMask<Float> first = S.indexInRange(0, seen);
        VectorMask<Float> second = S.indexInRange(L, seen);
        for (int i = 0, from = source, out = 0; i < rows; i++, from += width, out += pitch) {
            FloatVector a = FloatVector.fromArray(S, image, from, first);
            FloatVector b = FloatVector.fromArray(S, image, from + L, second);
            ONE.lanewise(MUL, a.rearrange(EVEN, b)).intoArray(to, x0 + out);
            ONE.lanewise(MUL, a.rearrange(ODD, b)).intoArray(to, x1 + out);
        }
    }
}
