package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.Operand;
import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * Convolution by matrix multiplication, image by image, with P = OH*OW output pixels and D = C*R*S taps:
 *
 * <pre>
 *   forward      Y  (K, P)   = W  (K, D)      * im2col(x) (D, P)
 *   by weights   dW (K, D)   = sum over images of dY (K, P) * im2col(x)^T (P, D)
 * </pre>
 *
 * The im2col matrix is never stored: panels are packed from the image. The gradient by data is in {@link Col2im}.
 */
public final class ImplicitGemmConv2d {

    /** Columns of a piece that one thread computes are a multiple of this, which every panel width divides. */
    private static final int COLUMN_UNIT = 32;

    /** Fewer columns than this are not cut between threads: handing over costs more. */
    private static final int SPLIT_FROM = 128;

    private ImplicitGemmConv2d() {
    }

    /** Y := W * im2col(X) + bias. */
    public static void forward(Conv2dGeometry g, float[] x, int xOffset, float[] weight, int weightOffset,
            float @Nullable [] bias, int biasOffset, float[] y, int yOffset, Parallelism parallelism) {
        int filters = g.outChannels();
        int pixels = g.outputPixels();
        int taps = g.taps();
        int inImage = g.inChannels() * g.height() * g.width();
        PackedOperand packed = pack(filters, taps, new StoredOperand(weight, weightOffset, taps, 1, 1));
        Epilogue epilogue = bias == null ? Epilogue.NONE : Epilogue.rowBias(bias, biasOffset);
        forEachPiece(g.batch(), pixels, parallelism, (image, from, to) -> {
            int out = yOffset + image * filters * pixels;
            Operand columns = new PixelLines(Patches.ofInput(g, x, xOffset + image * inImage));
            BlockedGemm.block(0, filters, from, to, taps, packed, columns, 0, y, out, pixels, epilogue);
        });
    }

    /** dW := sum over images of dY * im2col(X)^T + beta*dW. The images are added one after the other, on any thread. */
    public static void backwardWeights(Conv2dGeometry g, float[] x, int xOffset, float[] dY, int dYOffset,
            float beta, float[] dWeight, int dWeightOffset, Parallelism parallelism) {
        int filters = g.outChannels();
        int pixels = g.outputPixels();
        int taps = g.taps();
        int inImage = g.inChannels() * g.height() * g.width();
        forEachPiece(1, taps, parallelism, (one, from, to) -> {
            for (int image = 0; image < g.batch(); image++) {
                Operand rows = new StoredOperand(dY, dYOffset + image * filters * pixels, pixels, 1, 1);
                Operand columns = new TapLines(Patches.ofInput(g, x, xOffset + image * inImage));
                BlockedGemm.block(0, filters, from, to, pixels, rows, columns, image == 0 ? beta : 1,
                        dWeight, dWeightOffset, taps);
            }
        });
    }

    /** Packs the weights, once for all images. */
    static PackedOperand pack(int rows, int steps, Operand weights) {
        float[] target = Workspace.current().floats(Slot.PACKED_WEIGHTS, PackedOperand.leftSize(rows, steps));
        return PackedOperand.left(rows, steps, weights, target);
    }

    @FunctionalInterface
    private interface Piece {
        void run(int image, int fromColumn, int toColumn);
    }

    /** Cuts images x columns into pieces: whole images if there are enough of them for all threads. */
    private static void forEachPiece(int images, int columns, Parallelism parallelism, Piece piece) {
        boolean one = images == 0 || images >= parallelism.threads() || columns < SPLIT_FROM;
        int parts = one ? 1 : Math.ceilDiv(parallelism.threads(), images);
        int width = Math.ceilDiv(Math.ceilDiv(columns, parts), COLUMN_UNIT) * COLUMN_UNIT;
        int pieces = Math.ceilDiv(columns, width);
        parallelism.forEach(images * pieces, task -> {
            int from = task % pieces * width;
            piece.run(task / pieces, from, Math.min(columns, from + width));
        });
    }
}
