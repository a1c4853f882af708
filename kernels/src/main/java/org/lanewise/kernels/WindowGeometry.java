package org.lanewise.kernels;

/**
 * A window that slides along one dimension: the arithmetic that convolution and pooling share.
 */
final class WindowGeometry {

    private WindowGeometry() {
    }

    /** Output size along one dimension: floor((in + 2*padding - dilation*(kernel - 1) - 1) / stride) + 1. */
    static int outputSize(int in, int kernel, int stride, int padding, int dilation) {
        return (int) (room(in, kernel, padding, dilation) / stride + 1);
    }

    /** What the window can move by. */
    private static long room(int in, int kernel, int padding, int dilation) {
        return in + 2L * padding - (long) dilation * (kernel - 1) - 1;
    }

    /**
     * Checks the sizes along one dimension.
     *
     * @throws IllegalArgumentException with the formula and the numbers, if the window does not fit once
     */
    static void check(String dimension, int in, int kernel, int stride, int padding, int dilation) {
        Checks.notNegative(dimension, in);
        Checks.positive("kernel " + dimension, kernel);
        Checks.positive("stride along " + dimension, stride);
        Checks.notNegative("padding along " + dimension, padding);
        Checks.positive("dilation along " + dimension, dilation);
        if (in + 2L * padding > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    dimension + " + 2*padding = " + in + " + 2*" + padding + " must be below 2^31");
        }
        long room = room(in, kernel, padding, dilation);
        if (room < 0) {
            throw new IllegalArgumentException("the window does not fit the " + dimension + ": " + dimension
                    + " + 2*padding - dilation*(kernel - 1) - 1 = " + in + " + 2*" + padding + " - " + dilation + "*("
                    + kernel + " - 1) - 1 = " + room + " must not be negative");
        }
    }
}
