package org.lanewise.kernels.conv;

import java.util.Arrays;

import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.Operand;
import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The gradient by weights, tap by tap, for some channels that fill a panel:
 *
 * <pre>
 *   for each image, for some of its rows of outputs
 *     pack dY (K, pixels), and transpose the padded planes to (pixels, channels)
 *     for each tap
 *       G(tap) (K, channels) += dY (K, pixels) * planes shifted by the tap (pixels, channels)
 *   dW(k, c, tap) := G(tap)(k, c) + beta*dW(k, c, tap)
 * </pre>
 *
 * A shift of the planes is another start in the same packed panel, so each pixel is packed once and not once for each tap. The
 * pixels between the last output of a row and the first of the next one have a dY of 0; so an infinity or NaN that the planes have
 * there makes NaN of some taps that never read it.
 */
final class WeightGradient extends SharedLoop {

    /** See {@link #fits}. */
    private static final int MAX_FILTERS = 64;
    private static final int MIN_PIXELS = 100;
    private static final int MIN_ALL_PIXELS = 1000;

    private static final ThreadLocal<WeightGradient> CURRENT = ThreadLocal.withInitial(WeightGradient::new);
    private static final float[] EMPTY = {};

    private final StoredOperand stored = new StoredOperand();
    private final Shifted shifted = new Shifted();

    private Conv2dGeometry g = Conv2dGeometry.square(0, 0, 1, 1, 0, 1, 1, 0);
    private int groups;
    private PaddedPlanes layout = PaddedPlanes.NONE;
    private float[] x = EMPTY;
    private int xOffset;
    private float[] dY = EMPTY;
    private int dYOffset;
    private float beta;
    private float[] dW = EMPTY;
    private int dWOffset;
    private int filtersOfPart;
    private int parts;

    private WeightGradient() {
    }

    static WeightGradient current() {
        return CURRENT.get();
    }

    /**
     * {@return whether this is the faster way: where im2col would be multiplied with few filters only, channels fill half of their
     * panels, there are pixels enough to pay for the sums, and few of them lie between rows} Milliseconds of this and of im2col for
     * images, channels, height and filters: 64x32x14 64 3.4 and 4.2, 32x64x56 64 54 and 65, 32x128x28 128 50 and 51, 16x256x14 256
     * 26 and 24; 1x32x14 64 0.073 and 0.059.
     */
    static boolean fits(Conv2dGeometry g, int groups, PaddedPlanes layout) {
        return g.outChannels() <= MAX_FILTERS && 2 * g.inChannels() >= BlockedGemm.PANEL_COLUMNS
                && 2 * (long) layout.pitch() <= 3L * g.outputWidth() && g.outputPixels() >= MIN_PIXELS
                && (long) g.batch() / groups * g.outputPixels() >= MIN_ALL_PIXELS;
    }

    /**
     * The whole gradient.
     *
     * @param one   the geometry of one group: see {@link ConvPlan#ofGroup}
     * @param count groups
     */
    void run(Conv2dGeometry one, int count, PaddedPlanes planes, float[] input, int inputOffset, float[] gradient,
            int gradientOffset, float factor, float[] result, int resultOffset, Parallelism parallelism) {
        g = one;
        groups = count;
        layout = planes;
        x = input;
        xOffset = inputOffset;
        dY = gradient;
        dYOffset = gradientOffset;
        beta = factor;
        dW = result;
        dWOffset = resultOffset;
        int blocks = Math.ceilDiv(g.inChannels(), BlockedGemm.PANEL_COLUMNS);
        int wanted = Math.ceilDiv(Math.ceilDiv(g.outChannels(), Math.ceilDiv(parallelism.threads(), groups * blocks)),
                BlockedGemm.PANEL_ROWS);
        filtersOfPart = wanted * BlockedGemm.PANEL_ROWS;
        parts = Math.ceilDiv(g.outChannels(), filtersOfPart);
        try {
            share(groups * blocks * parts, 1, parallelism);
        } finally {
            x = EMPTY;
            dY = EMPTY;
            dW = EMPTY;
        }
    }

    @Override
    protected void run(int from, int to) {
        WeightGradient mine = current();
        for (int task = from; task < to; task++) {
            int blocks = Math.ceilDiv(g.inChannels(), BlockedGemm.PANEL_COLUMNS);
            int c = task / parts % blocks * BlockedGemm.PANEL_COLUMNS;
            int k = task % parts * filtersOfPart;
            block(task / parts / blocks, c, Math.min(BlockedGemm.PANEL_COLUMNS, g.inChannels() - c), k,
                    Math.min(filtersOfPart, g.outChannels() - k), mine);
        }
    }

    /**
     * The filters [k0, k0 + filters) and channels [c0, c0 + channels) of one group.
     *
     * @param mine has the operands of this thread
     */
    private void block(int group, int c0, int channels, int k0, int filters, WeightGradient mine) {
        Workspace workspace = Workspace.current();
        int taps = g.kernelHeight() * g.kernelWidth();
        int[] offsets = layout.offsets();
        float[] sums = workspace.floats(Slot.TAPS, taps * filters * channels);
        Arrays.fill(sums, 0, taps * filters * channels, 0);
        int pitch = layout.pitch();
        int columns = g.outputWidth();
        for (int image = group; image < g.batch(); image += groups) {
            for (int row = 0; row < g.outputHeight(); row += layout.rows()) {
                int rows = Math.min(layout.rows(), g.outputHeight() - row);
                int pixels = (rows - 1) * pitch + columns;
                mine.shifted.load(this, image, row, rows, c0, channels);
                PackedOperand gradients = gradients(image, row, rows, pixels, k0, filters, mine.stored);
                for (int tap = 0; tap < taps; tap++) {
                    mine.shifted.by(offsets[tap]);
                    BlockedGemm.block(0, filters, 0, channels, pixels, gradients, mine.shifted, 1, sums,
                            tap * filters * channels, channels);
                }
            }
        }
        for (int k = 0; k < filters; k++) {
            for (int c = 0; c < channels; c++) {
                int to = dWOffset + group * g.weightSize() + ((k0 + k) * g.inChannels() + c0 + c) * taps;
                for (int tap = 0; tap < taps; tap++) {
                    float sum = sums[(tap * filters + k) * channels + c];
                    dW[to + tap] = beta == 0 ? sum : Math.fma(beta, dW[to + tap], sum);
                }
            }
        }
    }

    /** Some filters' dY at the pixels of the planes, 0 between rows of outputs. */
    private PackedOperand gradients(int image, int row, int rows, int pixels, int k0, int filters,
            StoredOperand operand) {
        Workspace workspace = Workspace.current();
        int columns = g.outputWidth();
        int pitch = layout.pitch();
        float[] spread = workspace.floats(Slot.SPREAD_GRADIENT, filters * rows * pitch);
        for (int k = 0; k < filters; k++) {
            int from = dYOffset + ((image * g.outChannels() + k0 + k) * g.outputHeight() + row) * columns;
            int to = k * rows * pitch;
            for (int i = 0; i < rows; i++, from += columns, to += pitch) {
                System.arraycopy(dY, from, spread, to, columns);
                Arrays.fill(spread, to + columns, to + pitch, 0);
            }
        }
        operand.set(spread, 0, rows * pitch, 1, 1);
        return PackedOperand.left(filters, pixels, operand,
                workspace.floats(Slot.PACKED_WEIGHTS, PackedOperand.leftSize(filters, pixels)));
    }

    /** The planes as a packed right operand with one panel: its lines are channels, its steps pixels from a tap's offset on. */
    private static final class Shifted implements Operand {

        private final StoredOperand planes = new StoredOperand();
        private float[] panel = EMPTY;
        private int offset;

        void load(WeightGradient call, int image, int row, int rows, int c0, int channels) {
            Conv2dGeometry g = call.g;
            PaddedPlanes layout = call.layout;
            int size = layout.channelSize();
            Workspace workspace = Workspace.current();
            float[] copy = workspace.aligned(Slot.PADDED_PLANES, layout.floats());
            layout.load(call.x, call.xOffset + (image * g.inChannels() + c0) * g.height() * g.width(), channels, row,
                    rows,
                    copy);
            panel = workspace.aligned(Slot.TRANSPOSED_PLANES, size * BlockedGemm.PANEL_COLUMNS);
            planes.set(copy, 0, size, 1, 1);
            planes.pack(0, channels, 0, size, BlockedGemm.PANEL_COLUMNS, panel, Workspace.ALIGNED);
            planes.clear();
        }

        void by(int tapOffset) {
            offset = tapOffset;
        }

        @Override
        public float[] storage(float[] scratch) {
            return panel;
        }

        @Override
        public int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] to, int start) {
            return Workspace.ALIGNED + (offset + firstStep) * width;
        }
    }
}
