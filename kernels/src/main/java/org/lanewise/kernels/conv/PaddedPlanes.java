package org.lanewise.kernels.conv;

import java.util.Arrays;
import java.util.stream.IntStream;

import org.lanewise.kernels.vector.Lanes;

/**
 * Some rows of an image, copied so that every tap of a filter finds a run of pixels at one distance: with its padding written
 * out, and split by stride.
 *
 * <pre>
 *   channel 0: phase (0, 0): row 0 | row 1 | ...     phase (0, 1): row 0 | ...     channel 1: ...
 * </pre>
 *
 * Phase (i, j) holds the positions with remainders i and j by the strides, counted from the lowest tap, if a tap reads them. In it
 * the next output is always the next float, and the next row of outputs {@link #pitch} floats further: output (u, v) is pixel
 * u*pitch + v, and each step p reads it at that place plus {@code offsets[p]}. With stride 1 the padding to the right of a row is
 * that to the left of the next.
 */
final class PaddedPlanes {

    /** What an array holds, with slack. */
    private static final long MAX_FLOATS = Integer.MAX_VALUE - 1024;

    /** Of no image. */
    static final PaddedPlanes NONE = new PaddedPlanes(0, Sweep.forward(0, 0, 1, 1, 0, 1),
            Sweep.forward(0, 0, 1, 1, 0, 1), 0);

    private final int channels;
    private final Sweep vertical;
    private final Sweep horizontal;
    private final int pitch;
    private final int sharedZeros;
    private final int outputRows;
    private final int[] verticalPhases;
    private final int[] horizontalPhases;
    private final int phaseSize;
    private final int channelSize;
    private final int[] offsets;

    /**
     * The layout.
     *
     * @param outputRows rows of outputs that are held at a time
     */
    PaddedPlanes(int channels, Sweep vertical, Sweep horizontal, int outputRows) {
        this.channels = channels;
        this.vertical = vertical;
        this.horizontal = horizontal;
        int full = horizontal.outputs() + horizontal.reach();
        int leftZeros = Math.clamp(-horizontal.lowest(), 0, full);
        int rightZeros = Math.clamp(full + horizontal.lowest() - (long) horizontal.size(), 0, full);
        sharedZeros = horizontal.step() == 1
                ? Math.min(horizontal.reach(), Math.min(leftZeros, rightZeros))
                : 0;
        pitch = full - sharedZeros;
        this.outputRows = outputRows;
        verticalPhases = phases(vertical);
        horizontalPhases = phases(horizontal);
        long size = ((long) outputRows + vertical.reach()) * pitch + sharedZeros;
        long ofChannel = size * verticalPhases.length * horizontalPhases.length;
        if (ofChannel > Integer.MAX_VALUE || ofChannel * Math.max(channels, 2L * Lanes.COUNT) > MAX_FLOATS) {
            throw new IllegalArgumentException(
                    "a convolution of rows of " + horizontal.size() + " pixels with " + channels
                            + " channels, whose taps reach over " + vertical.reach() + " rows, needs " + ofChannel
                            + " floats for each "
                            + "channel of some padded rows; together they must be at most " + MAX_FLOATS);
        }
        phaseSize = (int) size;
        channelSize = (int) ofChannel;
        offsets = places();
    }

    /** Floats of a channel for each row of outputs, or a little more. */
    static long floatsOfRow(Sweep vertical, Sweep horizontal) {
        return (long) Math.min(vertical.step(), vertical.taps()) * Math.min(horizontal.step(), horizontal.taps())
                * (horizontal.outputs() + horizontal.reach());
    }

    /** The remainders by the step that taps have, ascending. */
    private static int[] phases(Sweep sweep) {
        return IntStream.range(0, sweep.taps()).map(tap -> sweep.above(tap) % sweep.step()).sorted().distinct()
                .toArray();
    }

    private int[] places() {
        int[] all = new int[channels * vertical.taps() * horizontal.taps()];
        int across = horizontalPhases.length;
        int p = 0;
        for (int c = 0; c < channels; c++) {
            for (int r = 0; r < vertical.taps(); r++) {
                int down = vertical.above(r);
                int row = Arrays.binarySearch(verticalPhases, down % vertical.step()) * across;
                for (int s = 0; s < horizontal.taps(); s++) {
                    int right = horizontal.above(s);
                    int phase = row + Arrays.binarySearch(horizontalPhases, right % horizontal.step());
                    all[p++] = c * channelSize + phase * phaseSize + down / vertical.step() * pitch
                            + right / horizontal.step();
                }
            }
        }
        return all;
    }

    /** Whether output (u, v) of the channel sees pixel (u, v) and the eight around it. */
    boolean neighbours() {
        return channels == 1 && neighbours(vertical) && neighbours(horizontal);
    }

    private static boolean neighbours(Sweep sweep) {
        return sweep.taps() == 3 && sweep.step() == 1 && Math.abs(sweep.tapStep()) == 1 && sweep.lowest() == -1
                && sweep.outputs() == sweep.size();
    }

    /** Rows of outputs that are held. */
    int rows() {
        return outputRows;
    }

    /** Distance of two rows of outputs, in pixels. */
    int pitch() {
        return pitch;
    }

    /** Where each step reads, from an output's pixel on: by channel, then by tap in row-major order. */
    int[] offsets() {
        return offsets;
    }

    /** Floats that {@link #load} needs, with what a vector reads beyond the last pixel. */
    int floats() {
        return channels * channelSize + 2 * Lanes.COUNT;
    }

    /** Distance of two channels. */
    int channelSize() {
        return channelSize;
    }

    /** Copies what the rows [first, first + count) of outputs see. */
    void load(float[] image, int offset, int first, int count, float[] to) {
        load(image, offset, channels, first, count, to);
    }

    /** The same for some channels only, as if they were the first ones. */
    void load(float[] image, int offset, int some, int first, int count, float[] to) {
        int lines = count + vertical.reach();
        for (int c = 0; c < some; c++) {
            int plane = offset + c * vertical.size() * horizontal.size();
            int start = c * channelSize;
            for (int down : verticalPhases) {
                int row = first * vertical.step() + down + vertical.lowest();
                for (int right : horizontalPhases) {
                    loadPhase(image, plane, row, lines, right + horizontal.lowest(), to, start);
                    start += phaseSize;
                }
            }
        }
    }

    private void loadPhase(float[] image, int plane, int firstRow, int lines, int firstColumn, float[] to, int start) {
        int height = vertical.size();
        int width = horizontal.size();
        int step = horizontal.step();
        int from = Math.clamp(Math.ceilDiv(-firstColumn, step), 0, pitch);
        int end = Math.clamp(Math.ceilDiv(width - firstColumn, step), from, pitch);
        for (int i = 0, row = firstRow, out = start; i < lines; i++, row += vertical.step(), out += pitch) {
            if (row < 0 || row >= height) {
                Arrays.fill(to, out, out + pitch, 0);
            } else {
                int source = plane + row * width + firstColumn + from * step;
                fillZeros(to, out, out + from);
                if (step == 1) {
                    System.arraycopy(image, source, to, out + from, end - from);
                } else if (step == 2) {
                    EverySecond.take(end - from, image, source, to, out + from);
                } else {
                    for (int v = out + from, at = source; v < out + end; v++, at += step) {
                        to[v] = image[at];
                    }
                }
                fillZeros(to, out + end, out + pitch);
            }
        }
        fillZeros(to, start + lines * pitch, start + lines * pitch + sharedZeros);
    }

    /** Not Arrays.fill, which costs more than it saves: mostly there is one zero to write, or none. */
    private static void fillZeros(float[] to, int from, int end) {
        for (int i = from; i < end; i++) {
            to[i] = 0;
        }
    }
}
