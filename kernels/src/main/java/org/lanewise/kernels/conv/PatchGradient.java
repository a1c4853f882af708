package org.lanewise.kernels.conv;

import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.Operand;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The gradient by weights as a product with im2col, for any number of channels:
 *
 * <pre>
 *   dW   (K, D) = sum over images of dY (K, P) * im2col(X)^T (P, D) + beta*dW
 *   dW^T (D, K) = sum over images of im2col(X) (D, P) * dY^T (P, K)             if there are few taps
 * </pre>
 *
 * The images are added one after the other; threads share the groups and the columns.
 */
final class PatchGradient extends SharedLoop {

    /** Taps that fill half of a panel: 9 of 28x28 and 32 filters, 64 images, 1.2 ms as they are and 0.8 transposed. */
    private static final int MAX_FEW_TAPS = 16;

    private static final ThreadLocal<PatchGradient> CURRENT = ThreadLocal.withInitial(PatchGradient::new);
    private static final float[] EMPTY = {};

    /** Operands of the thread that computes a piece. */
    private final StoredOperand gradients = new StoredOperand();
    private final StoredOperand stored = new StoredOperand();
    private final TapLines tapLines = new TapLines();

    private Conv2dGeometry g = Conv2dGeometry.square(0, 0, 1, 1, 0, 1, 1, 0);
    private int groups;
    private boolean pointwise;
    private PaddedPlanes layout = PaddedPlanes.NONE;
    private boolean transposed;
    private float[] x = EMPTY;
    private int xOffset;
    private float[] dY = EMPTY;
    private int dYOffset;
    private float beta;
    private float[] result = EMPTY;
    private int resultOffset;
    private int columns;
    private int piece;
    private int pieces;

    private PatchGradient() {
    }

    static PatchGradient current() {
        return CURRENT.get();
    }

    /**
     * The whole gradient.
     *
     * @param one   the geometry of one group: see {@link ConvPlan#ofGroup}
     * @param count groups
     */
    void run(Conv2dGeometry one, int count, ConvPlan plan, float[] input, int inputOffset, float[] gradient,
            int gradientOffset, float factor, float[] dW, int dWOffset, Parallelism parallelism) {
        g = one;
        groups = count;
        pointwise = plan.pointwise();
        layout = plan.input();
        x = input;
        xOffset = inputOffset;
        dY = gradient;
        dYOffset = gradientOffset;
        transposed = g.taps() <= MAX_FEW_TAPS && g.taps() < g.outChannels();
        beta = transposed ? 0 : factor;
        result = transposed ? Workspace.current().floats(Slot.TAPS, groups * g.weightSize()) : dW;
        resultOffset = transposed ? 0 : dWOffset;
        columns = transposed ? g.outChannels() : g.taps();
        piece = BlockedGemm.columnsOfPiece(columns, Math.ceilDiv(parallelism.threads(), groups));
        pieces = Math.ceilDiv(columns, piece);
        try {
            share(groups * pieces, 1, parallelism);
            if (transposed) {
                transpose(factor, dW, dWOffset);
            }
        } finally {
            x = EMPTY;
            dY = EMPTY;
            result = EMPTY;
        }
    }

    private void transpose(float factor, float[] dW, int dWOffset) {
        int filters = g.outChannels();
        for (int k = 0, to = dWOffset; k < groups * filters; k++) {
            int first = k / filters * g.weightSize() + k % filters;
            for (int tap = 0; tap < g.taps(); tap++, to++) {
                float sum = result[first + tap * filters];
                dW[to] = factor == 0 ? sum : Math.fma(factor, dW[to], sum);
            }
        }
    }

    @Override
    protected void run(int from, int to) {
        PatchGradient mine = current();
        try {
            for (int task = from; task < to; task++) {
                int first = task % pieces * piece;
                piece(task / pieces, first, Math.min(columns, first + piece), mine);
            }
        } finally {
            mine.gradients.clear();
            mine.stored.clear();
        }
    }

    /** The columns [from, to) of the result of one group. */
    private void piece(int group, int from, int to, PatchGradient mine) {
        int rowsAtOnce = pointwise ? g.outputHeight() : layout.rows();
        for (int image = group; image < g.batch(); image += groups) {
            for (int row = 0; row < g.outputHeight(); row += rowsAtOnce) {
                int rows = Math.min(rowsAtOnce, g.outputHeight() - row);
                addRows(image, row, rows, from, to, image == group && row == 0 ? beta : 1, mine);
            }
        }
    }

    /**
     * Adds the rows [row, row + rows) of outputs of one image.
     *
     * @param mine has the operands of this thread
     */
    private void addRows(int image, int row, int rows, int from, int to, float factor, PatchGradient mine) {
        int width = g.outputWidth();
        int pixels = g.outputPixels();
        int in = xOffset + image * g.inChannels() * g.height() * g.width();
        StoredOperand outputs = mine.gradients;
        outputs.set(dY, dYOffset + image * g.outChannels() * pixels + row * width, pixels, 1, 1);
        int out = resultOffset + image % groups * g.weightSize();
        Operand patches = pointwise ? mine.stored : mine.tapLines;
        if (pointwise) {
            mine.stored.set(x, in, pixels, 1, 1);
        } else {
            float[] planes = Workspace.current().aligned(Slot.PADDED_PLANES, layout.floats());
            layout.load(x, in, row, rows, planes);
            mine.tapLines.set(planes, layout, width);
        }
        if (transposed) {
            BlockedGemm.block(0, g.taps(), from, to, rows * width, patches, outputs, factor, result, out,
                    g.outChannels());
        } else {
            BlockedGemm.block(0, g.outChannels(), from, to, rows * width, outputs, patches, factor, result,
                    out, g.taps());
        }
    }
}
