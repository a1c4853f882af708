package org.lanewise.kernels.conv;

import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * For each image, with P pixels of the result:
 *
 * <pre>
 *   result (M, P) := f(weights (M, D) * patches (D, P) + beta*result + bias)
 * </pre>
 *
 * A convolution with groups is one with more images, each of which has the channels of one group. Threads share the images, or the
 * pixels of an image if there are too few of them.
 */
final class ImageProduct extends SharedLoop {

    /** Floats of images that a cache may still hold from the layer before: twice a server's L2. */
    private static final int CACHED = 1024 * 1024;

    private static final ThreadLocal<ImageProduct> CURRENT = ThreadLocal.withInitial(ImageProduct::new);
    private static final float[] EMPTY = {};
    private static final PackedOperand NO_WEIGHTS = new PackedOperand();

    /** Operands of the thread that computes a piece. */
    private final PlaneLines planeLines = new PlaneLines();
    private final StoredOperand stored = new StoredOperand();
    private final PackedOperand ofGroup = new PackedOperand();

    private int m;
    private int rows;
    private int columns;
    private int depth;
    private PackedOperand weights = NO_WEIGHTS;
    private int groups;
    private boolean pointwise;
    private PaddedPlanes layout = PaddedPlanes.NONE;
    private int images;
    private float[] image = EMPTY;
    private int imageOffset;
    private int imageSize;
    private float beta;
    private Epilogue epilogue = Epilogue.NONE;
    private float[] result = EMPTY;
    private int resultOffset;
    private int pieces;
    private int piece;

    private ImageProduct() {
    }

    static ImageProduct current() {
        return CURRENT.get();
    }

    /**
     * Says what to multiply.
     *
     * @param lines        rows M of the result, the lines of the weights
     * @param height       rows of an image of the result
     * @param width        columns of it
     * @param steps        D
     * @param packed       the weights of each group, one behind the other
     * @param count        groups: image i has the weights of group i mod count
     * @param samePixels   whether patches are the image itself: its channels are the steps, and its pixels those of the result
     * @param planes       how patches are read otherwise
     */
    ImageProduct of(int lines, int height, int width, int steps, PackedOperand packed, int count,
            boolean samePixels, PaddedPlanes planes) {
        m = lines;
        rows = height;
        columns = width;
        depth = steps;
        weights = packed;
        groups = count;
        pointwise = samePixels;
        layout = planes;
        return this;
    }

    /** Multiplies all images, which stand one behind the other. */
    void run(int count, float[] x, int xOffset, int xSize, float factor, Epilogue last, float[] y, int yOffset,
            Parallelism parallelism) {
        images = count;
        image = x;
        imageOffset = xOffset;
        imageSize = xSize;
        beta = factor;
        epilogue = last;
        result = y;
        resultOffset = yOffset;
        int pixels = rows * columns;
        piece = BlockedGemm.columnsOfPiece(pixels, Math.ceilDiv(parallelism.threads(), images));
        pieces = Math.ceilDiv(pixels, piece);
        try {
            share(images * pieces, 1, parallelism);
        } finally {
            weights = NO_WEIGHTS;
            image = EMPTY;
            result = EMPTY;
            epilogue = Epilogue.NONE;
        }
    }

    @Override
    protected void run(int from, int to) {
        ImageProduct mine = current();
        try {
            for (int task = from; task < to; task++) {
                int first = task % pieces * piece;
                int index = task / pieces;
                mine.ofGroup.set(weights, index % groups);
                pixels(index, first, Math.min(rows * columns, first + piece), mine);
            }
        } finally {
            mine.ofGroup.clear();
        }
    }

    /**
     * The pixels [from, to) of one image.
     *
     * @param mine has the operands of this thread
     */
    private void pixels(int index, int from, int to, ImageProduct mine) {
        int pixels = rows * columns;
        int in = imageOffset + index * imageSize;
        // lines count through all groups, as the weights and the bias do
        int line = index % groups * m;
        int out = resultOffset + (index * m - line) * pixels;
        if (pointwise) {
            mine.stored.set(image, in, 1, pixels, 1);
            if (images * (long) imageSize > CACHED) {
                mine.stored.passesByOnce();
            }
            try {
                BlockedGemm.block(line, line + m, from, to, depth, mine.ofGroup, mine.stored, beta, result, out, pixels,
                        epilogue);
            } finally {
                mine.stored.clear();
            }
            return;
        }
        float[] planes = Workspace.current().aligned(Slot.PADDED_PLANES, layout.floats());
        int end;
        for (int pixel = from; pixel < to; pixel = end) {
            int row = pixel / columns;
            end = Math.min(to, Math.min(rows, row + layout.rows()) * columns);
            layout.load(image, in, row, Math.ceilDiv(end, columns) - row, planes);
            mine.planeLines.set(planes, layout, columns, row);
            BlockedGemm.block(line, line + m, pixel, end, depth, mine.ofGroup, mine.planeLines, beta, result, out,
                    pixels, epilogue);
        }
    }
}
