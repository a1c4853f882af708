package org.lanewise.kernels.conv;

import org.lanewise.kernels.Conv2dAlgorithm;
import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.PackedOperand;

/**
 * The vector kernels of a convolution: each pass as the {@link ConvPlan} says.
 */
public final class VectorConv2d {

    private VectorConv2d() {
    }

    /** Y := f(W * X + beta*Y + bias). */
    public static void forward(Conv2dGeometry g, Conv2dAlgorithm algorithm, float[] x, int xOffset, float[] weight,
            int weightOffset, Epilogue epilogue, float beta, float[] y, int yOffset, Parallelism parallelism) {
        ConvPlan plan = ConvPlan.of(g, algorithm);
        switch (plan.forward()) {
            case DEPTHWISE -> DepthwiseConv2d.current().forward(g, plan.input(), x, xOffset, weight, weightOffset,
                    epilogue, beta, y, yOffset, parallelism);
            case WINOGRAD -> WinogradConv2d.current().forward(g, x, xOffset, weight, weightOffset, epilogue, beta, y,
                    yOffset, parallelism);
            default -> ImplicitGemmConv2d.forward(plan,
                    ImplicitGemmConv2d.packForward(plan, g.groups(), weight, weightOffset), g.groups(), x, xOffset,
                    epilogue, beta, y, yOffset, parallelism);
        }
    }

    /** Y := f(W * X + beta*Z + bias) with weights that are kept, to the same bits; Z may be Y. */
    public static void forward(Conv2dGeometry g, Conv2dAlgorithm algorithm, float[] x, int xOffset, KeptWeights weights,
            Epilogue epilogue, float beta, float[] z, int zOffset, float[] y, int yOffset, Parallelism parallelism) {
        ConvPlan plan = ConvPlan.of(g, algorithm);
        switch (plan.forward()) {
            case DEPTHWISE -> {
                PaddedPlanes planes = plan.input(); // may be refused, so first
                copyAddend(g, beta, z, zOffset, y, yOffset);
                DepthwiseConv2d.current().forward(g, planes, x, xOffset, weights.weight(), 0, epilogue, beta, y,
                        yOffset, parallelism);
            }
            case WINOGRAD -> WinogradConv2d.current().forward(g, x, xOffset, weights, epilogue, beta, z, zOffset,
                    y, yOffset, parallelism);
            default -> {
                PackedOperand panels = weights.panels(plan.ofGroup(), g.groups());
                plan.input(); // both may be refused, so first
                copyAddend(g, beta, z, zOffset, y, yOffset);
                ImplicitGemmConv2d.forward(plan, panels, g.groups(), x, xOffset, epilogue, beta, y, yOffset,
                        parallelism);
            }
        }
    }

    /** dX := the transposed convolution of dY, + beta*dX. */
    public static void backwardData(Conv2dGeometry g, Conv2dAlgorithm algorithm, float[] weight, int weightOffset,
            float[] dY, int dYOffset, float beta, float[] dX, int dXOffset, Parallelism parallelism) {
        ConvPlan plan = ConvPlan.of(g, algorithm);
        switch (plan.byData()) {
            case DEPTHWISE -> DepthwiseConv2d.current().backwardData(g, plan.gradient(), weight, weightOffset, dY,
                    dYOffset, beta, dX, dXOffset, parallelism);
            case WINOGRAD -> WinogradConv2d.current().backwardData(g, weight, weightOffset, dY, dYOffset, beta, dX,
                    dXOffset, parallelism);
            default -> ImplicitGemmConv2d.backwardData(g, plan, weight, weightOffset, dY, dYOffset, beta, dX, dXOffset,
                    parallelism);
        }
    }

    /** dW := sum over images of dY * im2col(X)^T + beta*dW. */
    public static void backwardWeights(Conv2dGeometry g, Conv2dAlgorithm algorithm, float[] x, int xOffset, float[] dY,
            int dYOffset, float beta, float[] dWeight, int dWeightOffset, Parallelism parallelism) {
        ConvPlan plan = ConvPlan.of(g, algorithm);
        switch (plan.byWeights()) {
            case DEPTHWISE -> DepthwiseConv2d.current().backwardWeights(g, plan.input(), x, xOffset, dY, dYOffset, beta,
                    dWeight, dWeightOffset, parallelism);
            case WINOGRAD ->
                WinogradWeightGradient.current().run(g, plan.weightTiles(), x, xOffset, dY, dYOffset, beta, dWeight,
                        dWeightOffset, parallelism);
            default -> ImplicitGemmConv2d.backwardWeights(g, plan, x, xOffset, dY, dYOffset, beta, dWeight,
                    dWeightOffset, parallelism);
        }
    }

    /** Z to Y, where a way adds to what stands in Y. */
    @SuppressWarnings("ReferenceEquality") // of places, not of values
    private static void copyAddend(Conv2dGeometry g, float beta, float[] z, int zOffset, float[] y, int yOffset) {
        if (beta != 0 && (z != y || zOffset != yOffset)) {
            System.arraycopy(z, zOffset, y, yOffset, g.outputSize());
        }
    }
}
