package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
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
 * The im2col matrix is never stored: panels are packed from padded planes ({@link PlaneLines}), or for 1x1 from the image. The
 * gradient by data is the same over dY with stride 1, or {@link Col2im}: {@link ConvPlan} tells which. The gradient by weights is
 * {@link WeightGradient} or {@link PatchGradient}.
 */
public final class ImplicitGemmConv2d {

    private ImplicitGemmConv2d() {
    }

    /** Y := W * im2col(X) + bias. */
    public static void forward(Conv2dGeometry g, float[] x, int xOffset, float[] weight, int weightOffset,
            float @Nullable [] bias, int biasOffset, float[] y, int yOffset, Parallelism parallelism) {
        int taps = g.taps();
        PackedOperand packed = pack(g.outChannels(), taps, new StoredOperand(weight, weightOffset, taps, 1, 1));
        Epilogue epilogue = bias == null ? Epilogue.NONE : Epilogue.rowBias(bias, biasOffset);
        ConvPlan plan = ConvPlan.of(g);
        ImageProduct.current()
                .of(g.outChannels(), g.outputHeight(), g.outputWidth(), taps, packed, plan.pointwise(), plan.input())
                .run(g.batch(), x, xOffset, g.inChannels() * g.height() * g.width(), 0, epilogue, y, yOffset,
                        parallelism);
    }

    /** dX := the transposed convolution of dY, + beta*dX. */
    public static void backwardData(Conv2dGeometry g, float[] weight, int weightOffset, float[] dY, int dYOffset,
            float beta, float[] dX, int dXOffset, Parallelism parallelism) {
        ConvPlan plan = ConvPlan.of(g);
        if (!plan.gathers()) {
            Col2im.backwardData(g, weight, weightOffset, dY, dYOffset, beta, dX, dXOffset, parallelism);
            return;
        }
        int kernel = g.kernelHeight() * g.kernelWidth();
        int steps = g.outChannels() * kernel;
        PackedOperand packed = pack(g.inChannels(), steps,
                kernel == 1
                        ? new StoredOperand(weight, weightOffset, 1, g.inChannels(), 1)
                        : new FilterLines(weight, weightOffset, g.inChannels(), kernel));
        ImageProduct.current()
                .of(g.inChannels(), g.height(), g.width(), steps, packed, plan.pointwise(), plan.gradient())
                .run(g.batch(), dY, dYOffset, g.outChannels() * g.outputPixels(), beta, Epilogue.NONE, dX, dXOffset,
                        parallelism);
    }

    /** dW := sum over images of dY * im2col(X)^T + beta*dW. */
    public static void backwardWeights(Conv2dGeometry g, float[] x, int xOffset, float[] dY, int dYOffset,
            float beta, float[] dWeight, int dWeightOffset, Parallelism parallelism) {
        ConvPlan plan = ConvPlan.of(g);
        if (!plan.pointwise() && WeightGradient.fits(g, plan.input())) {
            WeightGradient.current().run(g, plan.input(), x, xOffset, dY, dYOffset, beta, dWeight, dWeightOffset,
                    parallelism);
        } else {
            PatchGradient.current().run(g, plan, x, xOffset, dY, dYOffset, beta, dWeight, dWeightOffset, parallelism);
        }
    }

    /** Packs the weights, once for all images. */
    static PackedOperand pack(int rows, int steps, Operand weights) {
        float[] target = Workspace.current().floats(Slot.PACKED_WEIGHTS, PackedOperand.leftSize(rows, steps));
        return PackedOperand.left(rows, steps, weights, target);
    }
}
