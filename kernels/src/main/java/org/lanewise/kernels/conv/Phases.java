package org.lanewise.kernels.conv;

import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.gemm.Operand;

/** The phases of a gradient by data with strides: where each reads dY, and which taps it has. */
final class Phases {

    /** Of no convolution. */
    static final Phases NONE = new Phases(Conv2dGeometry.square(0, 0, 1, 1, 0, 1, 1, 0), PaddedPlanes.NONE);

    private final Conv2dGeometry g;
    private final PhaseAxis vertical;
    private final PhaseAxis horizontal;
    private final PaddedPlanes planes;
    private final int[][] taps;
    private final int[][] offsets;

    /**
     * The phases.
     *
     * @param planes dY as {@link PhaseAxis#sweep} of both axes sees it
     */
    Phases(Conv2dGeometry g, PaddedPlanes planes) {
        this.g = g;
        this.planes = planes;
        vertical = vertical(g);
        horizontal = horizontal(g);
        taps = new int[count()][];
        offsets = new int[count()][];
        for (int phase = 0; phase < count(); phase++) {
            taps[phase] = new int[vertical.taps(row(phase)) * horizontal.taps(column(phase))];
            offsets[phase] = new int[g.outChannels() * taps[phase].length];
            find(phase);
        }
    }

    /** Whether there is no dilation, and each phase has a tap: without, adding up taps writes less. */
    static boolean fits(Conv2dGeometry g) {
        return g.dilationHeight() == 1 && g.dilationWidth() == 1 && g.kernelHeight() >= g.strideHeight()
                && g.kernelWidth() >= g.strideWidth();
    }

    static PhaseAxis vertical(Conv2dGeometry g) {
        return new PhaseAxis(g.height(), g.outputHeight(), g.kernelHeight(), g.strideHeight(), g.paddingTop());
    }

    static PhaseAxis horizontal(Conv2dGeometry g) {
        return new PhaseAxis(g.width(), g.outputWidth(), g.kernelWidth(), g.strideWidth(), g.paddingLeft());
    }

    private void find(int phase) {
        int a = row(phase);
        int b = column(phase);
        int across = horizontal.taps(b);
        int[] all = planes.offsets();
        int ofChannel = vertical.sweep().taps() * horizontal.sweep().taps();
        for (int t = 0; t < taps[phase].length; t++) {
            int i = t / across;
            int j = t % across;
            taps[phase][t] = (vertical.firstTap(a) + i * g.strideHeight()) * g.kernelWidth() + horizontal.firstTap(b)
                    + j * g.strideWidth();
            int tap = vertical.tapOfSweep(a, i) * horizontal.sweep().taps() + horizontal.tapOfSweep(b, j);
            for (int k = 0; k < g.outChannels(); k++) {
                offsets[phase][k * taps[phase].length + t] = all[k * ofChannel + tap];
            }
        }
    }

    int count() {
        return g.strideHeight() * g.strideWidth();
    }

    /** The remainder of the rows of a phase. */
    int row(int phase) {
        return phase / g.strideWidth();
    }

    /** That of its columns. */
    int column(int phase) {
        return phase % g.strideWidth();
    }

    /** Rows of a phase. */
    int rows(int phase) {
        return vertical.pixelsOf(row(phase));
    }

    /** Columns of a phase. */
    int columns(int phase) {
        return horizontal.pixelsOf(column(phase));
    }

    /** Steps of its product: its taps in all filters. */
    int steps(int phase) {
        return offsets[phase].length;
    }

    /** Where each step reads the planes. */
    int[] offsets(int phase) {
        return offsets[phase];
    }

    PaddedPlanes planes() {
        return planes;
    }

    /** The weights of a phase: lines are input channels, steps filters and the phase's taps. */
    Operand weights(int phase, float[] weight, int weightOffset) {
        int[] chosen = taps[phase];
        int channels = g.inChannels();
        int kernel = g.kernelHeight() * g.kernelWidth();
        return (firstLine, lines, firstStep, depth, width, to, start) -> {
            for (int line = 0; line < lines; line += width) {
                int present = Math.min(width, lines - line);
                int k = firstStep / chosen.length;
                int t = firstStep % chosen.length;
                for (int p = 0, out = start + line * depth; p < depth; p++, out += width) {
                    int from = weightOffset + (k * channels + firstLine + line) * kernel + chosen[t];
                    for (int i = 0; i < present; i++) {
                        to[out + i] = weight[from + i * kernel];
                    }
                    if (++t == chosen.length) {
                        t = 0;
                        k++;
                    }
                }
            }
            return start;
        };
    }
}
