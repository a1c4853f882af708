package org.lanewise.kernels;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.VectorConv2d;
import org.lanewise.kernels.reference.ReferenceConv2d;

/**
 * Two-dimensional convolution (cross-correlation, as in every deep-learning library) and its gradients. Images are NCHW, weights
 * (K, C/groups, R, S), all contiguous.
 *
 * <pre>
 *   y(n, k, u, v) = bias(k) + sum over c, r, s of
 *                   weight(k, c, r, s) * x(n, first(k) + c, u*strideHeight + r*dilationHeight - paddingTop,
 *                                          v*strideWidth + s*dilationWidth - paddingLeft)
 *   first(k)      = floor(k / (K/groups)) * C/groups
 * </pre>
 *
 * <p>
 * A convolution is a matrix product that packs its panels from a padded copy of some rows of the image; the im2col matrix is never
 * stored. Each thread keeps that copy, 1 MB for usual images, and twice the rows that a filter reaches over for large ones. Filters
 * of 3x3 with stride 1 are computed by {@link Conv2dAlgorithm#WINOGRAD} where that is faster: the calling thread keeps up to 6 MB of
 * transformed filters, each thread up to 6 MB of sums by weights, 8 MB of tiles and 1 MB of products. With all three passes of a layer
 * of ResNet-18 a thread keeps no more than 16 MB together.
 *
 * @see <a href="https://hal.inria.fr/inria-00112631">Chellapilla, Puri, Simard: High Performance Convolutional Neural Networks
 *      for Document Processing, 2006</a>
 */
public final class Conv2d {

    private Conv2d() {
    }

    /**
     * y := weight * x + bias. With filters of 3x3, an infinity in x may give NaN in the outputs that see it: see
     * {@link Conv2dAlgorithm#AUTO}.
     *
     * @param geometry     the sizes
     * @param x            input, shape (N, C, H, W)
     * @param xOffset      index of its first element
     * @param weight       weights, shape (K, C/groups, R, S)
     * @param weightOffset index of the first weight
     * @param bias         K values, or null for none
     * @param biasOffset   index of the first
     * @param y            output, shape (N, K, OH, OW), overwritten; must not overlap an input
     * @param yOffset      index of its first element
     * @param parallelism  the threads that may be used
     * @throws IndexOutOfBoundsException if an operand leaves its array
     * @throws IllegalArgumentException  if the padded rows that a filter reaches over, in all channels, are more than an array holds
     */
    public static void forward(Conv2dGeometry geometry, float[] x, int xOffset, float[] weight, int weightOffset,
            float @Nullable [] bias, int biasOffset, float[] y, int yOffset, Parallelism parallelism) {
        forward(geometry, Conv2dAlgorithm.AUTO, x, xOffset, weight, weightOffset,
                bias == null ? Epilogue.NONE : Epilogue.rowBias(bias, biasOffset), y, yOffset, parallelism);
    }

    /**
     * y := f(weight * x + bias) in a way of the caller's choice: {@link #forward(Conv2dGeometry, Conv2dAlgorithm, float[], int,
     * float[], int, Epilogue, float, float[], int, Parallelism)} with beta = 0.
     *
     * @param geometry     the sizes
     * @param algorithm    how to compute it; without effect on the reference backend
     * @param x            input, shape (N, C, H, W)
     * @param xOffset      index of its first element
     * @param weight       weights, shape (K, C/groups, R, S)
     * @param weightOffset index of the first weight
     * @param epilogue     f and the bias: {@link Epilogue#NONE}, {@link Epilogue#rowBias} with K values, and
     *                     {@link Epilogue#thenRelu}. What backward needs of the rectifier is where y is greater than 0
     * @param y            output, shape (N, K, OH, OW), overwritten; must not overlap an input
     * @param yOffset      index of its first element
     * @param parallelism  the threads that may be used
     * @throws IndexOutOfBoundsException if an operand leaves its array
     * @throws IllegalArgumentException  if the algorithm does not fit the sizes, the epilogue has a bias along columns, or the padded
     *                                   rows that a filter reaches over, in all channels, are more than an array holds
     */
    public static void forward(Conv2dGeometry geometry, Conv2dAlgorithm algorithm, float[] x, int xOffset,
            float[] weight, int weightOffset, Epilogue epilogue, float[] y, int yOffset, Parallelism parallelism) {
        forward(geometry, algorithm, x, xOffset, weight, weightOffset, epilogue, 0, y, yOffset, parallelism);
    }

    /**
     * y := f(weight * x + beta*y + bias) in a way of the caller's choice. With beta = 1 and a rectifier as f this ends a residual
     * block.
     *
     * @param geometry     the sizes
     * @param algorithm    how to compute it; without effect on the reference backend
     * @param x            input, shape (N, C, H, W)
     * @param xOffset      index of its first element
     * @param weight       weights, shape (K, C/groups, R, S)
     * @param weightOffset index of the first weight
     * @param epilogue     f and the bias: {@link Epilogue#NONE}, {@link Epilogue#rowBias} with K values, and
     *                     {@link Epilogue#thenRelu}. What backward needs of the rectifier is where y is greater than 0
     * @param beta         factor of the old y; if 0, y is overwritten and never read
     * @param y            output, shape (N, K, OH, OW); must not overlap an input
     * @param yOffset      index of its first element
     * @param parallelism  the threads that may be used
     * @throws IndexOutOfBoundsException if an operand leaves its array
     * @throws IllegalArgumentException  if the algorithm does not fit the sizes, the epilogue has a bias along columns, or the padded
     *                                   rows that a filter reaches over, in all channels, are more than an array holds
     */
    public static void forward(Conv2dGeometry geometry, Conv2dAlgorithm algorithm, float[] x, int xOffset,
            float[] weight, int weightOffset, Epilogue epilogue, float beta, float[] y, int yOffset,
            Parallelism parallelism) {
        Objects.requireNonNull(geometry, "geometry");
        Objects.requireNonNull(algorithm, "algorithm").check(geometry);
        Checks.range("x", x, xOffset, geometry.inputSize());
        Checks.range("weight", weight, weightOffset, geometry.weightSize());
        checkEpilogue(epilogue, geometry.outChannels());
        Checks.range("y", y, yOffset, geometry.outputSize());
        Objects.requireNonNull(parallelism, "parallelism");
        if (geometry.outputSize() == 0) {
            return;
        }
        if (Backend.current().vectorized()) {
            VectorConv2d.forward(geometry, algorithm, x, xOffset, weight, weightOffset, epilogue, beta, y, yOffset,
                    parallelism);
        } else {
            ReferenceConv2d.forward(geometry, x, xOffset, weight, weightOffset, epilogue, beta, y, yOffset);
        }
    }

    static void checkEpilogue(Epilogue epilogue, int filters) {
        Objects.requireNonNull(epilogue, "epilogue");
        if (epilogue.bias() == Epilogue.Bias.COLUMN) {
            throw new IllegalArgumentException(
                    "epilogue: the bias of a convolution has one value for each filter, Epilogue.rowBias, but got "
                            + epilogue.bias());
        }
        if (epilogue.bias() == Epilogue.Bias.ROW) {
            Checks.range("bias", epilogue.values(), epilogue.offset(), filters);
        }
    }

    /**
     * The gradient with respect to the input: dX := transposed convolution of dY with the weights, + beta*dX. With filters of 3x3, an
     * infinity in dY may give NaN, as in {@link #forward}.
     *
     * @param geometry     the sizes
     * @param weight       weights, shape (K, C/groups, R, S)
     * @param weightOffset index of the first weight
     * @param dY           gradient with respect to y, shape (N, K, OH, OW)
     * @param dYOffset     index of its first element
     * @param beta         factor of the old dX; if 0, dX is overwritten and never read
     * @param dX           gradient with respect to x, shape (N, C, H, W); must not overlap an input
     * @param dXOffset     index of its first element
     * @param parallelism  the threads that may be used
     * @throws IndexOutOfBoundsException if an operand leaves its array
     * @throws IllegalArgumentException  if the padded rows that a filter reaches over, in all channels, are more than an array holds
     */
    public static void backwardData(Conv2dGeometry geometry, float[] weight, int weightOffset, float[] dY, int dYOffset,
            float beta, float[] dX, int dXOffset, Parallelism parallelism) {
        backwardData(geometry, Conv2dAlgorithm.AUTO, weight, weightOffset, dY, dYOffset, beta, dX, dXOffset,
                parallelism);
    }

    /**
     * The gradient with respect to the input: dX := transposed convolution of dY with the weights, + beta*dX, in a way of the caller's choice.
     *
     * @param geometry     the sizes
     * @param algorithm    how to compute it; without effect on the reference backend
     * @param weight       weights, shape (K, C/groups, R, S)
     * @param weightOffset index of the first weight
     * @param dY           gradient with respect to y, shape (N, K, OH, OW)
     * @param dYOffset     index of its first element
     * @param beta         factor of the old dX; if 0, dX is overwritten and never read
     * @param dX           gradient with respect to x, shape (N, C, H, W); must not overlap an input
     * @param dXOffset     index of its first element
     * @param parallelism  the threads that may be used
     * @throws IndexOutOfBoundsException if an operand leaves its array
     * @throws IllegalArgumentException  if the algorithm does not fit the sizes, or the padded rows that a filter reaches over, in all channels, are more than an array holds
     */
    public static void backwardData(Conv2dGeometry geometry, Conv2dAlgorithm algorithm, float[] weight,
            int weightOffset, float[] dY, int dYOffset,
            float beta, float[] dX, int dXOffset, Parallelism parallelism) {
        Objects.requireNonNull(geometry, "geometry");
        Objects.requireNonNull(algorithm, "algorithm").check(geometry);
        Checks.range("weight", weight, weightOffset, geometry.weightSize());
        Checks.range("dY", dY, dYOffset, geometry.outputSize());
        Checks.range("dX", dX, dXOffset, geometry.inputSize());
        Objects.requireNonNull(parallelism, "parallelism");
        if (geometry.inputSize() == 0) {
            return;
        }
        if (Backend.current().vectorized()) {
            VectorConv2d.backwardData(geometry, algorithm, weight, weightOffset, dY, dYOffset, beta, dX, dXOffset,
                    parallelism);
        } else {
            ReferenceConv2d.backwardData(geometry, weight, weightOffset, dY, dYOffset, beta, dX, dXOffset);
        }
    }

    /**
     * The gradient with respect to the weights: dWeight(k, c, r, s) := sum over n, u, v of dY * x, + beta*dWeight. The gradient of
     * the bias is {@link Reductions#channelSums} of dY. An infinity or NaN in x or dY may make NaN of all taps of its channel.
     *
     * @param geometry      the sizes
     * @param x             input, shape (N, C, H, W)
     * @param xOffset       index of its first element
     * @param dY            gradient with respect to y, shape (N, K, OH, OW)
     * @param dYOffset      index of its first element
     * @param beta          factor of the old dWeight; if 0, it is overwritten and never read
     * @param dWeight       gradient with respect to the weights, shape (K, C/groups, R, S); must not overlap an input
     * @param dWeightOffset index of its first element
     * @param parallelism   the threads that may be used
     * @throws IndexOutOfBoundsException if an operand leaves its array
     * @throws IllegalArgumentException  if the padded rows that a filter reaches over, in all channels, are more than an array holds
     */
    public static void backwardWeights(Conv2dGeometry geometry, float[] x, int xOffset, float[] dY, int dYOffset,
            float beta, float[] dWeight, int dWeightOffset, Parallelism parallelism) {
        backwardWeights(geometry, Conv2dAlgorithm.AUTO, x, xOffset, dY, dYOffset, beta, dWeight, dWeightOffset,
                parallelism);
    }

    /**
     * The gradient with respect to the weights: dWeight(k, c, r, s) := sum over n, u, v of dY * x, + beta*dWeight, in a way of the caller's choice. The gradient of
     * the bias is {@link Reductions#channelSums} of dY. An infinity or NaN in x or dY may make NaN of all taps of its channel.
     *
     * @param geometry      the sizes
     * @param algorithm     how to compute it; without effect on the reference backend
     * @param x             input, shape (N, C, H, W)
     * @param xOffset       index of its first element
     * @param dY            gradient with respect to y, shape (N, K, OH, OW)
     * @param dYOffset      index of its first element
     * @param beta          factor of the old dWeight; if 0, it is overwritten and never read
     * @param dWeight       gradient with respect to the weights, shape (K, C/groups, R, S); must not overlap an input
     * @param dWeightOffset index of its first element
     * @param parallelism   the threads that may be used
     * @throws IndexOutOfBoundsException if an operand leaves its array
     * @throws IllegalArgumentException  if the algorithm does not fit the sizes, or the padded rows that a filter reaches over, in all channels, are more than an array holds
     */
    public static void backwardWeights(Conv2dGeometry geometry, Conv2dAlgorithm algorithm, float[] x, int xOffset,
            float[] dY, int dYOffset,
            float beta, float[] dWeight, int dWeightOffset, Parallelism parallelism) {
        Objects.requireNonNull(geometry, "geometry");
        Objects.requireNonNull(algorithm, "algorithm").check(geometry);
        Checks.range("x", x, xOffset, geometry.inputSize());
        Checks.range("dY", dY, dYOffset, geometry.outputSize());
        Checks.range("dWeight", dWeight, dWeightOffset, geometry.weightSize());
        Objects.requireNonNull(parallelism, "parallelism");
        if (geometry.weightSize() == 0) {
            return;
        }
        if (Backend.current().vectorized() && geometry.outputSize() > 0) {
            VectorConv2d.backwardWeights(geometry, algorithm, x, xOffset, dY, dYOffset, beta, dWeight, dWeightOffset,
                    parallelism);
        } else {
            ReferenceConv2d.backwardWeights(geometry, x, xOffset, dY, dYOffset, beta, dWeight, dWeightOffset);
        }
    }
}
