package org.lanewise.kernels;

/**
 * A window that slides along one dimension: the arithmetic that convolution and pooling share.
 */
final class WindowGeometry {

    private WindowGeometry() {
    }

    /**
     * Output size along one dimension: floor((in + 2*padding - dilation*(kernel - 1) - 1) / stride) + 1.
     *
     * @throws IllegalArgumentException with the formula and the numbers, if the window does not fit once
     */
    static int outputSize(String dimension, int in, int kernel, int stride, int padding, int dilation) {
        Checks.notNegative(dimension, in);
        Checks.positive("kernel " + dimension, kernel);
        Checks.positive("stride along " + dimension, stride);
        Checks.notNegative("padding along " + dimension, padding);
        Checks.positive("dilation along " + dimension, dilation);
        long room = in + 2L * padding - (long) dilation * (kernel - 1) - 1;
        if (room < 0) {
            throw new IllegalArgumentException("the window does not fit the " + dimension + ": " + dimension
                    + " + 2*padding - dilation*(kernel - 1) - 1 = " + in + " + 2*" + padding + " - " + dilation + "*("
                    + kernel + " - 1) - 1 = " + room + " must not be negative");
        }
        long out = room / stride + 1;
        if (out > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("output " + dimension + " " + out + " is too large");
        }
        return (int) out;
    }
}
