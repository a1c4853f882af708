package org.lanewise.kernels.vector;

import java.util.Arrays;

/**
 * The scratch memory of one thread, grown on demand and used again, so that kernels allocate nothing per call.
 *
 * <p>
 * Each purpose has its slot. A slot belongs to one level of the code (packing, tiles, ...), so that nested levels never ask
 * for the same one.
 */
public final class Workspace {

    /** What a scratch buffer is for. */
    public enum Slot {
        /** Packed panels of the left operand of a product, or the lanes of dot products. */
        A_PANELS,
        /** Packed panels of the right operand of a product. */
        B_PANELS,
        /** Some pixels of some taps of a convolution: rows of its im2col matrix. */
        IM2COL_ROWS,
        /** Rows of an image with their padding, split by stride. */
        PADDED_PLANES,
        /** The same, channels side by side; or the gradient of a convolution's output, filters side by side. */
        TRANSPOSED_PLANES,
        /** The gradient of a convolution's output with the pixels of padded planes, or with zeros around a plane of it. */
        SPREAD_GRADIENT,
        /** The weights of a convolution, packed or transformed once for all images, or sums for their gradient. */
        PACKED_WEIGHTS,
        /** The inputs of a block of tiles, transformed: see WinogradConv2d. */
        WINOGRAD_INPUTS,
        /** The gradients of its outputs, transformed. */
        WINOGRAD_GRADIENTS,
        /** Its sixteen products. */
        WINOGRAD_PRODUCTS,
        /** Tiles of one channel or filter by position. */
        WINOGRAD_STREAMS,
        /** Rows of outputs of one filter. */
        WINOGRAD_PIXELS,
        /** What each tap of a convolution contributes to some rows of pixels, or their sums for the gradient by weights. */
        TAPS,
        /** One row of pixels of the gradient by data with strides. */
        PHASE_PIXELS,
        /** What vectors would write too much of: a tile at the edge of C, a piece of a skinny product, the last rows of a plane. */
        TILE,
        /** The vector of a matrix-vector or outer product, gathered from a strided one, or the small operand of a skinny one. */
        GATHERED_X,
        /** The result of a matrix-vector product, before it is scattered to a strided one. */
        SCATTERED_Y,
        /** The gates of a recurrent layer over whole sequences, if nobody keeps them. */
        RNN_GATES,
        /** The gradients of what goes into the gates of a recurrent layer, for a part of the steps. */
        RNN_GATE_GRADIENTS,
        /** The states before the time steps of that part. */
        RNN_PREVIOUS,
        /** The gradients of both states that a recurrent layer hands from one time step to the one before. */
        RNN_STATE_GRADIENTS,
        /** Zeros in place of the initial state of a recurrent layer. */
        RNN_ZEROS,
        /** The sum of its biases. */
        RNN_BIAS,
        /** Its input weights, packed once for all parts of the steps. */
        RNN_INPUT_WEIGHTS,
        /** The inputs of a part of the steps, time first, or without padding. */
        RNN_INPUTS,
        /** The states before a part of the steps. */
        RNN_CARRIED,
        /** The hidden weights of a recurrent layer, packed once for all time steps. */
        RNN_WEIGHTS,
        /** The states, or the gradients of gates, of one time step, packed. */
        RNN_STEP,
        /** One row of them times the hidden weights. */
        RNN_PRODUCT,
        /** A number of each row. */
        ROW_SUMS,
        /** What sums over columns have lost by rounding. */
        COLUMN_SUMS_LOST,
        /** Sums over columns of some rows. */
        COLUMN_SUMS,
        /** How far these means are off. */
        COLUMN_DEVIATIONS,
        /** Means of columns, or other numbers for each. */
        COLUMN_MEANS,
        /** A factor of each column, beside another. */
        COLUMN_SLOPES,
        /** What is added to columns. */
        COLUMN_SHIFTS,
        /** Rows of an image that is pooled, padded and split by stride; or rows of a gradient, padded. */
        POOL_ROWS,
        /** One row of an image that is pooled, or of a result. */
        POOL_LINE,
        /** The maxima over columns of some rows, or the sums over rows. */
        POOL_MAXIMA,
        /** The columns of those maxima. */
        POOL_COLUMNS,
        /** The places of maxima. */
        POOL_PLACES,
        /** What a unit has computed of some elements. */
        UNITS
    }

    /**
     * Where panels that are read by whole vectors begin in their array: 48 bytes after its 16 of header, so that they begin at a
     * cache line if the array does. Java promises no more than 8 bytes, but the G1 collector puts a large array at the start of a
     * region. A vector of 64 bytes that crosses lines is two loads: products ran at 0.91 of the speed that they have with it.
     */
    public static final int ALIGNED = 12;

    /** Floats that make an array large to the G1 collector, for heaps of up to 8 GB: half a region of 4 MB. */
    private static final int LARGE = 512 * 1024;

    /** The same for an array of doubles. */
    public static final int ALIGNED_DOUBLES = ALIGNED / 2;

    private static final ThreadLocal<Workspace> CURRENT = ThreadLocal.withInitial(Workspace::new);
    private static final float[] EMPTY = {};
    private static final double[] EMPTY_DOUBLES = {};

    /** By ordinal: this is asked for in products of some hundred nanoseconds, and a map is slower. */
    private final float[][] buffers = new float[Slot.values().length][];
    private final double[][] doubleBuffers = new double[Slot.values().length][];

    private Workspace() {
        Arrays.fill(buffers, EMPTY);
        Arrays.fill(doubleBuffers, EMPTY_DOUBLES);
    }

    /** The workspace of the calling thread. */
    public static Workspace current() {
        return CURRENT.get();
    }

    /** {@return the bytes that the buffers of the calling thread take} */
    public long bytes() {
        long floats = 0;
        for (int i = 0; i < buffers.length; i++) {
            floats += buffers[i].length + 2L * doubleBuffers[i].length;
        }
        return floats * Float.BYTES;
    }

    /** A buffer whose {@code length} floats from {@link #ALIGNED} on stand at the start of a cache line, if the collector is G1. */
    public float[] aligned(Slot slot, int length) {
        return floats(slot, Math.max(LARGE, ALIGNED + length));
    }

    /** A buffer of at least {@code length} floats, with unknown content. */
    @SuppressWarnings("EnumOrdinal") // an index and no more
    public float[] floats(Slot slot, int length) {
        float[] buffer = buffers[slot.ordinal()];
        if (buffer.length < length) {
            buffer = new float[length];
            buffers[slot.ordinal()] = buffer;
        }
        return buffer;
    }

    /** See {@link #aligned}. */
    public double[] alignedDoubles(Slot slot, int length) {
        return doubles(slot, Math.max(LARGE / 2, ALIGNED_DOUBLES + length));
    }

    /** See {@link #floats}. A slot has one buffer of floats and one of doubles. */
    @SuppressWarnings("EnumOrdinal") // an index and no more
    public double[] doubles(Slot slot, int length) {
        double[] buffer = doubleBuffers[slot.ordinal()];
        if (buffer.length < length) {
            buffer = new double[length];
            doubleBuffers[slot.ordinal()] = buffer;
        }
        return buffer;
    }
}
