package org.lanewise.kernels.conv;

import java.util.Arrays;

import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.Blocking;
import org.lanewise.kernels.gemm.Operand;
import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.math.VectorElementwise;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The gradient by data with strides, by phases: the pixels whose coordinates have the same remainders by the strides gather the same
 * taps, and each phase is a convolution of dY with stride 1.
 *
 * <pre>
 *   for each image, for some rows of dY
 *     for each phase
 *       T (C, pixels of the phase) := weights (C, K*taps of the phase) * patches of dY
 *     dX := the phases, interleaved, + beta*dX
 * </pre>
 *
 * No multiplication is in vain, as in {@link Col2im}, and each pixel is written once.
 */
final class PhaseGradient extends SharedLoop {

    private static final ThreadLocal<PhaseGradient> CURRENT = ThreadLocal.withInitial(PhaseGradient::new);
    private static final float[] EMPTY = {};
    private static final int PANEL = BlockedGemm.PANEL_ROWS;

    private final PlaneLines planeLines = new PlaneLines();
    private final PositionPanels panels = new PositionPanels();

    private Conv2dGeometry g = Conv2dGeometry.square(0, 0, 1, 1, 0, 1, 1, 0);
    private Phases phases = Phases.NONE;
    private float[] weights = EMPTY;
    private float[] dY = EMPTY;
    private int dYOffset;
    private float beta;
    private float[] dX = EMPTY;
    private int dXOffset;
    private int channelsOfPart;
    private int parts;

    private PhaseGradient() {
    }

    static PhaseGradient current() {
        return CURRENT.get();
    }

    /** dX := the transposed convolution of dY, + beta*dX. */
    void run(Conv2dGeometry geometry, Phases split, float[] weight, int weightOffset, float[] gradient,
            int gradientOffset, float factor, float[] result, int resultOffset, Parallelism parallelism) {
        g = geometry;
        phases = split;
        dY = gradient;
        dYOffset = gradientOffset;
        beta = factor;
        dX = result;
        dXOffset = resultOffset;
        int wanted = Math.ceilDiv(parallelism.threads(), Math.max(g.batch(), 1));
        channelsOfPart = Math.ceilDiv(Math.ceilDiv(g.inChannels(), wanted), PANEL) * PANEL;
        parts = Math.ceilDiv(g.inChannels(), channelsOfPart);
        try {
            weights = pack(weight, weightOffset);
            share(g.batch() * parts, 1, parallelism);
        } finally {
            weights = EMPTY;
            dY = EMPTY;
            dX = EMPTY;
        }
    }

    private int paddedChannels() {
        return Math.ceilDiv(g.inChannels(), PANEL) * PANEL;
    }

    /** The weights of all phases, one behind the other. */
    private float[] pack(float[] weight, int weightOffset) {
        int taps = g.outChannels() * g.kernelHeight() * g.kernelWidth();
        float[] packed = Workspace.current().floats(Slot.PACKED_WEIGHTS,
                PackedOperand.leftSize(g.inChannels(), taps));
        int at = Workspace.ALIGNED;
        for (int phase = 0; phase < phases.count(); phase++) {
            int steps = phases.steps(phase);
            Operand operand = phases.weights(phase, weight, weightOffset);
            int depth = Blocking.depth(steps);
            for (int p = 0; p < steps; p += depth) {
                operand.pack(0, g.inChannels(), p, Math.min(depth, steps - p), PANEL, packed,
                        at + p * paddedChannels());
            }
            at += steps * paddedChannels();
        }
        return packed;
    }

    @Override
    protected void run(int from, int to) {
        PhaseGradient mine = current();
        for (int task = from; task < to; task++) {
            int channel = task % parts * channelsOfPart;
            channels(task / parts, channel, Math.min(g.inChannels(), channel + channelsOfPart), mine);
        }
    }

    /**
     * The channels [c0, c1) of one image.
     *
     * @param mine has the operands of this thread
     */
    private void channels(int image, int c0, int c1, PhaseGradient mine) {
        PaddedPlanes layout = phases.planes();
        Workspace workspace = Workspace.current();
        float[] planes = workspace.aligned(Slot.PADDED_PLANES, layout.floats());
        int from = dYOffset + image * g.outChannels() * g.outputPixels();
        int size = (c1 - c0) * layout.rows() * phases.columns(0);
        float[] sums = workspace.floats(Slot.TAPS, phases.count() * size + Lanes.COUNT);
        for (int row = 0; row < phases.rows(0); row += layout.rows()) {
            int rows = Math.min(layout.rows(), phases.rows(0) - row);
            layout.load(dY, from, row, rows, planes);
            int at = Workspace.ALIGNED;
            for (int phase = 0; phase < phases.count(); phase++) {
                mine.panels.set(weights, at, paddedChannels());
                mine.multiply(phases, phase, c0, c1, row, rows, planes, sums, phase * size);
                at += phases.steps(phase) * paddedChannels();
            }
            for (int c = c0; c < c1; c++) {
                store(image, c, c - c0, row, rows, sums, size);
            }
        }
    }

    /** One phase of some rows: a matrix of channels and pixels. */
    private void multiply(Phases split, int phase, int c0, int c1, int row, int rows, float[] planes, float[] sums,
            int to) {
        int columns = split.columns(phase);
        int pixels = rowsOf(split, phase, row, rows) * columns;
        if (split.steps(phase) == 0) {
            Arrays.fill(sums, to, to + (c1 - c0) * pixels, 0);
            return;
        }
        planeLines.set(planes, split.planes(), split.offsets(phase), columns, row);
        int first = row * columns;
        BlockedGemm.block(c0, c1, first, first + pixels, split.steps(phase), panels, planeLines, 0, sums,
                to - c0 * pixels - first, pixels);
    }

    private static int rowsOf(Phases split, int phase, int row, int rows) {
        return Math.clamp(split.rows(phase) - row, 0, rows);
    }

    /** Interleaves the phases of one channel. */
    private void store(int image, int c, int line, int row, int rows, float[] sums, int size) {
        int width = g.width();
        float[] pixels = Workspace.current().floats(Slot.PHASE_PIXELS, width + 2 * Lanes.COUNT);
        for (int i = 0; i < rows; i++) {
            for (int a = 0; a < g.strideHeight(); a++) {
                int h = (row + i) * g.strideHeight() + a;
                if (h < g.height()) {
                    interleave(a * g.strideWidth(), row, rows, i, line, sums, size, pixels);
                    int to = dXOffset + ((image * g.inChannels() + c) * g.height() + h) * width;
                    if (beta == 0) {
                        System.arraycopy(pixels, 0, dX, to, width);
                    } else {
                        VectorElementwise.axpby(width, 1, pixels, 0, beta, dX, to);
                    }
                }
            }
        }
    }

    /** A row of pixels, whose first phase is given. */
    private void interleave(int phase, int row, int rows, int i, int line, float[] sums, int size, float[] pixels) {
        int step = g.strideWidth();
        int count = rowsOf(phases, phase, row, rows);
        if (step == 2) {
            int even = phases.columns(phase);
            int odd = phases.columns(phase + 1);
            EverySecond.join(even, sums, phase * size + (line * count + i) * even,
                    (phase + 1) * size + (line * count + i) * odd, pixels);
            return;
        }
        for (int b = 0; b < step; b++) {
            int columns = phases.columns(phase + b);
            int from = (phase + b) * size + (line * count + i) * columns;
            for (int v = 0, w = b; v < columns; v++, w += step) {
                pixels[w] = sums[from + v];
            }
        }
    }
}
