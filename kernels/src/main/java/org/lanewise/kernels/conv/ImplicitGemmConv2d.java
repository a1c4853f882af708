package org.lanewise.kernels.conv;

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
 * With groups, this is one product for each group of an image: {@link ConvPlan#ofGroup}.
 *
 * <p>
 * The im2col matrix is never stored: panels are packed from padded planes ({@link PlaneLines}), or for 1x1 from the image. The
 * gradient by data is the same over dY with stride 1, {@link PhaseGradient} with others, or {@link Col2im}; the gradient by weights is
 * {@link PlaneGradient} or {@link PointwiseGradient}, which pack no patches, or {@link PatchGradient}. {@link ConvPlan} tells.
 */
final class ImplicitGemmConv2d {

    private ImplicitGemmConv2d() {
    }

    /** W as {@link #forward} reads it, in this thread's memory. */
    static PackedOperand packForward(ConvPlan plan, int groups, float[] weight, int weightOffset) {
        Conv2dGeometry one = plan.ofGroup();
        int taps = one.taps();
        return pack(groups, one.outChannels(), taps, new StoredOperand(weight, weightOffset, taps, 1, 1));
    }

    /** Y := f(W * im2col(X) + beta*Y + bias). */
    static void forward(ConvPlan plan, PackedOperand packed, int groups, float[] x, int xOffset, Epilogue epilogue,
            float beta, float[] y, int yOffset, Parallelism parallelism) {
        Conv2dGeometry one = plan.ofGroup();
        ImageProduct.current()
                .of(one.outChannels(), one.outputHeight(), one.outputWidth(), one.taps(), packed, groups,
                        plan.pointwise(), plan.input())
                .run(one.batch(), x, xOffset, one.inChannels() * one.height() * one.width(), beta, epilogue, y,
                        yOffset, parallelism);
    }

    /** dX := the transposed convolution of dY, + beta*dX. */
    static void backwardData(Conv2dGeometry g, ConvPlan plan, float[] weight, int weightOffset, float[] dY,
            int dYOffset,
            float beta, float[] dX, int dXOffset, Parallelism parallelism) {
        if (plan.byPhases()) {
            PhaseGradient.current().run(g, plan.phases(), weight, weightOffset, dY, dYOffset, beta, dX, dXOffset,
                    parallelism);
            return;
        }
        if (!plan.gathers()) {
            Col2im.current().run(plan.ofGroup(), g.groups(), weight, weightOffset, dY, dYOffset, beta, dX, dXOffset,
                    parallelism);
            return;
        }
        Conv2dGeometry one = plan.ofGroup();
        int kernel = one.kernelHeight() * one.kernelWidth();
        int steps = one.outChannels() * kernel;
        PackedOperand packed = pack(g.groups(), one.inChannels(), steps,
                new FilterLines(weight, weightOffset, one.outChannels(), one.inChannels(), kernel));
        ImageProduct.current()
                .of(one.inChannels(), one.height(), one.width(), steps, packed, g.groups(), plan.pointwise(),
                        plan.gradient())
                .run(one.batch(), dY, dYOffset, one.outChannels() * one.outputPixels(), beta, Epilogue.NONE, dX,
                        dXOffset, parallelism);
    }

    /** dW := sum over images of dY * im2col(X)^T + beta*dW. */
    static void backwardWeights(Conv2dGeometry g, ConvPlan plan, float[] x, int xOffset, float[] dY, int dYOffset,
            float beta, float[] dWeight, int dWeightOffset, Parallelism parallelism) {
        Conv2dGeometry one = plan.ofGroup();
        if (!plan.readsInPlace()) {
            PatchGradient.current().run(one, g.groups(), plan, x, xOffset, dY, dYOffset, beta, dWeight, dWeightOffset,
                    parallelism);
        } else if (plan.pointwise()) {
            PointwiseGradient.current().run(one, g.groups(), plan.lines(), x, xOffset, dY, dYOffset, beta, dWeight,
                    dWeightOffset, parallelism);
        } else {
            PlaneGradient.current().run(one, g.groups(), plan.strips(), x, xOffset, dY, dYOffset, beta, dWeight,
                    dWeightOffset, parallelism);
        }
    }

    /** Packs the weights of all groups, once for all images. */
    static PackedOperand pack(int groups, int rows, int steps, Operand weights) {
        float[] target = Workspace.current().floats(Slot.PACKED_WEIGHTS, PackedOperand.leftSize(groups, rows, steps));
        return PackedOperand.left(groups, rows, steps, weights, target);
    }
}
