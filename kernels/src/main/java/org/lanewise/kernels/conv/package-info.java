/**
 * Convolution as matrix multiplication, by Winograd's filtering ({@link org.lanewise.kernels.conv.WinogradConv2d},
 * {@link org.lanewise.kernels.conv.WinogradWeightGradient}) where filters are 3x3, and directly where each channel is a group by itself
 * ({@link org.lanewise.kernels.conv.DepthwiseConv2d}). {@link org.lanewise.kernels.conv.ConvPlan} chooses. The im2col matrix is never
 * stored: its panels are packed from a copy of the image with its padding written out
 * ({@link org.lanewise.kernels.conv.PaddedPlanes}), in which a tap is a distance. The gradient by weights reads that copy where it
 * stands, one scalar of it for a vector of filters ({@link org.lanewise.kernels.conv.LineSums}).
 *
 * <p>
 * Forward, a kernel that reads vectors of the planes without packing lost: 12 filters by 2 vectors at a time it ran at 90 to 150 GFLOP/s, by the order in
 * which a JVM compiled, against 140 to 150 with packing and the kernels of the matrix product. The bounds checks and index
 * arithmetic of its loads take ports from the multiply-adds, and in nested loops accumulators were spilled.
 */
@NullMarked
package org.lanewise.kernels.conv;

import org.jspecify.annotations.NullMarked;
