package org.lanewise.kernels;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.KeptWeights;
import org.lanewise.kernels.conv.VectorConv2d;
import org.lanewise.kernels.reference.ReferenceConv2d;

/**
 * The weights of a convolution, kept in the order in which {@link Conv2d#forward} reads them: for weights that are used again and
 * again, as in inference. Few and small images with many channels gain most, for there {@link Conv2d} spends much of its time on packing
 * or transforming weights: one image of 7x7 with 512 channels and filters of 3x3 took 3.0 ms in place of 4.8 (vectors of
 * 512 bits), eight of them 15.6 in place of 16.5, and 56x56 with 64 gains nothing that shows.
 *
 * <p>
 * It holds a copy: later changes of the weights do not show, and {@link #matches} tells whether there were any. It is immutable and may
 * be shared between threads. The first call of an algorithm packs. The memory is that of the copy, once; as much again, with the
 * filters of a group rounded up to a multiple of at most 12, for {@link Conv2dAlgorithm#IMPLICIT_GEMM} and
 * {@link Conv2dAlgorithm#POINTWISE} together; and 16/9 of it, rounded up likewise, for {@link Conv2dAlgorithm#WINOGRAD}: for each of
 * them only from its first call on.
 */
public final class PackedConv2d {

    private final int outChannels;
    private final int inChannels;
    private final int kernelHeight;
    private final int kernelWidth;
    private final int groups;
    private final float[] weight;

    /** What the vector kernels read, or null where the reference kernels run. */
    private final @Nullable KeptWeights kept;

    private PackedConv2d(int outChannels, int inChannels, int kernelHeight, int kernelWidth, int groups,
            float[] weight) {
        this.outChannels = outChannels;
        this.inChannels = inChannels;
        this.kernelHeight = kernelHeight;
        this.kernelWidth = kernelWidth;
        this.groups = groups;
        this.weight = weight;
        kept = Backend.current().vectorized() ? new KeptWeights(weight) : null;
    }

    /**
     * Copies weights.
     *
     * @param geometry tells the shape of the weights, and which channels they see; that of the images is of no importance
     * @param weight   weights, shape (K, C/groups, R, S)
     * @param offset   index of the first weight
     * @return the weights
     * @throws IndexOutOfBoundsException if the weights leave their array
     */
    public static PackedConv2d of(Conv2dGeometry geometry, float[] weight, int offset) {
        Objects.requireNonNull(geometry, "geometry");
        return of(geometry.outChannels(), geometry.inChannels(), geometry.kernelHeight(), geometry.kernelWidth(),
                geometry.groups(), weight, offset);
    }

    /**
     * Copies weights.
     *
     * @param outChannels  filters K
     * @param inChannels   channels C of an input
     * @param kernelHeight height R of a filter
     * @param kernelWidth  width S of a filter
     * @param groups       ranges of channels that see each other
     * @param weight       weights, shape (K, C/groups, R, S)
     * @param offset       index of the first weight
     * @return the weights
     * @throws IllegalArgumentException  if a number of channels is negative, a size of the kernel or the groups are not positive, or the
     *                                   groups do not divide the channels
     * @throws IndexOutOfBoundsException if the weights leave their array
     */
    public static PackedConv2d of(int outChannels, int inChannels, int kernelHeight, int kernelWidth, int groups,
            float[] weight, int offset) {
        Checks.notNegative("outChannels", outChannels);
        Checks.notNegative("inChannels", inChannels);
        Checks.positive("kernelHeight", kernelHeight);
        Checks.positive("kernelWidth", kernelWidth);
        Conv2dGeometry.checkGroups(groups, inChannels, outChannels);
        Checks.arraySize("weight", outChannels, inChannels / groups, kernelHeight, kernelWidth);
        int size = outChannels * (inChannels / groups) * kernelHeight * kernelWidth;
        Checks.range("weight", weight, offset, size);
        return new PackedConv2d(outChannels, inChannels, kernelHeight, kernelWidth, groups,
                Arrays.copyOfRange(weight, offset, offset + size));
    }

    /**
     * Whether these are still the weights, bit by bit; zeros of different sign differ, and NaN is NaN. It reads both from memory, at
     * its speed: 0.026 ms for 64x64x3x3, 0.42 for 256x256x3x3 and 1.6 for 512x512x3x3, all layers of a ResNet-18 7.6 ms. That is about
     * as long as it would take to pack them again, so what need not be compared should not be.
     *
     * @param other  weights of the same shape
     * @param offset index of the first
     * @return whether none has changed
     * @throws IndexOutOfBoundsException if they leave their array
     */
    public boolean matches(float[] other, int offset) {
        Checks.range("weight", other, offset, weight.length);
        return Arrays.mismatch(weight, 0, weight.length, other, offset, offset + weight.length) < 0;
    }

    /**
     * y := f(weight * x + beta*y + bias), to the bits of {@link Conv2d#forward(Conv2dGeometry, Conv2dAlgorithm, float[], int, float[],
     * int, Epilogue, float, float[], int, Parallelism)}.
     *
     * @param geometry    the sizes, of any images
     * @param algorithm   how to compute it; without effect on the reference backend
     * @param x           input, shape (N, C, H, W)
     * @param xOffset     index of its first element
     * @param epilogue    f and the bias: {@link Epilogue#NONE}, {@link Epilogue#rowBias} with K values, and {@link Epilogue#thenRelu}
     * @param beta        factor of the old y; if 0, y is overwritten and never read
     * @param y           output, shape (N, K, OH, OW); must not overlap the input
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IndexOutOfBoundsException if an operand leaves its array
     * @throws IllegalArgumentException  if the sizes are those of other weights, the algorithm does not fit them, the epilogue has a bias
     *                                   along columns, or the padded rows that a filter reaches over, in all channels, or the
     *                                   transformed filters are more than an array holds
     */
    public void forward(Conv2dGeometry geometry, Conv2dAlgorithm algorithm, float[] x, int xOffset, Epilogue epilogue,
            float beta, float[] y, int yOffset, Parallelism parallelism) {
        forward(geometry, algorithm, x, xOffset, epilogue, beta, y, yOffset, y, yOffset, parallelism);
    }

    /**
     * y := f(weight * x + beta*z + bias), where z has a place of its own, as the input of a residual block has. Its bits are those of the
     * sum with a copy of z in y; {@link Conv2dAlgorithm#WINOGRAD} reads z where it stands, the others do make that copy.
     *
     * @param geometry    the sizes, of any images
     * @param algorithm   how to compute it; without effect on the reference backend
     * @param x           input, shape (N, C, H, W)
     * @param xOffset     index of its first element
     * @param epilogue    f and the bias, as above
     * @param beta        factor of z; if 0, z is never read
     * @param z           what is added, shape (N, K, OH, OW); may be y, but must not overlap it otherwise
     * @param zOffset     index of its first element
     * @param y           output, shape (N, K, OH, OW); must not overlap the input
     * @param yOffset     index of its first element
     * @param parallelism the threads that may be used
     * @throws IndexOutOfBoundsException if an operand leaves its array
     * @throws IllegalArgumentException  as above
     */
    public void forward(Conv2dGeometry geometry, Conv2dAlgorithm algorithm, float[] x, int xOffset, Epilogue epilogue,
            float beta, float[] z, int zOffset, float[] y, int yOffset, Parallelism parallelism) {
        check(geometry);
        Objects.requireNonNull(algorithm, "algorithm").check(geometry);
        Checks.range("x", x, xOffset, geometry.inputSize());
        Conv2d.checkEpilogue(epilogue, geometry.outChannels());
        Checks.range("z", z, zOffset, geometry.outputSize());
        Checks.range("y", y, yOffset, geometry.outputSize());
        Objects.requireNonNull(parallelism, "parallelism");
        if (geometry.outputSize() == 0) {
            return;
        }
        if (kept != null) {
            VectorConv2d.forward(geometry, algorithm, x, xOffset, kept, epilogue, beta, z, zOffset, y, yOffset,
                    parallelism);
        } else {
            if (beta != 0) {
                System.arraycopy(z, zOffset, y, yOffset, geometry.outputSize());
            }
            ReferenceConv2d.forward(geometry, x, xOffset, weight, 0, epilogue, beta, y, yOffset);
        }
    }

    private void check(Conv2dGeometry g) {
        Objects.requireNonNull(g, "geometry");
        if (g.outChannels() != outChannels() || g.inChannels() != inChannels() || g.groups() != groups()
                || g.kernelHeight() != kernelHeight() || g.kernelWidth() != kernelWidth()) {
            throw new IllegalArgumentException("geometry: the packed weights are " + outChannels() + " filters of "
                    + kernelHeight() + "x" + kernelWidth() + " for " + inChannels() + " channels in " + groups()
                    + " groups, but got " + g);
        }
    }

    /** {@return the filters K} */
    public int outChannels() {
        return outChannels;
    }

    /** {@return the channels C of an input} */
    public int inChannels() {
        return inChannels;
    }

    /** {@return the height R of a filter} */
    public int kernelHeight() {
        return kernelHeight;
    }

    /** {@return the width S of a filter} */
    public int kernelWidth() {
        return kernelWidth;
    }

    /** {@return the ranges of channels that see each other} */
    public int groups() {
        return groups;
    }
}
