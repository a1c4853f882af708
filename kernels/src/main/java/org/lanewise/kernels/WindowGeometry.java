package org.lanewise.kernels;

/**
 * A window that slides along one dimension: the arithmetic that convolution and pooling share.
 */
final class WindowGeometry {

    private WindowGeometry() {
    }

    /** Output size along one dimension: floor((in + 2*padding - dilation*(kernel - 1) - 1) / stride) + 1. */
    static int outputSize(int in, int kernel, int stride, int padding, int dilation) {
        return outputSize(in, kernel, stride, padding, padding, dilation);
    }

    /** The same with a padding of its own on each side: floor((in + low + high - dilation*(kernel - 1) - 1) / stride) + 1. */
    static int outputSize(int in, int kernel, int stride, int low, int high, int dilation) {
        return (int) (room(in, kernel, low, high, dilation) / stride + 1);
    }

    /**
     * The same; in ceil mode rounded up, and a last window that would begin beyond the input and the padding before it is left out.
     */
    static int outputSize(int in, int kernel, int stride, int padding, int dilation, boolean ceilMode) {
        if (!ceilMode) {
            return outputSize(in, kernel, stride, padding, dilation);
        }
        long last = Math.ceilDiv(room(in, kernel, padding, padding, dilation), (long) stride);
        return (int) (last * stride >= (long) in + padding ? last : last + 1);
    }

    /** What the window can move by. */
    private static long room(int in, int kernel, int low, int high, int dilation) {
        return (long) in + low + high - (long) dilation * (kernel - 1) - 1;
    }

    /**
     * The padding on both sides together with which the output is as large as the input: dilation*(kernel - 1).
     *
     * @throws IllegalArgumentException if there is none, because the stride is not 1
     */
    static int samePadding(String dimension, int kernel, int stride, int dilation) {
        Checks.positive("kernel " + dimension, kernel);
        Checks.positive("dilation along " + dimension, dilation);
        if (stride != 1) {
            throw new IllegalArgumentException("stride along " + dimension + "=" + stride
                    + " must be 1 with padding \"same\", whose output is as large as its input");
        }
        long padding = (long) dilation * (kernel - 1);
        if (padding > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("padding \"same\" along " + dimension + ": dilation*(kernel - 1) = "
                    + dilation + "*(" + kernel + " - 1) = " + padding + " must be below 2^31");
        }
        return (int) padding;
    }

    /**
     * Checks the sizes along one dimension.
     *
     * @throws IllegalArgumentException with the formula and the numbers, if the window does not fit once
     */
    static void check(String dimension, int in, int kernel, int stride, int padding, int dilation) {
        check(dimension, in, kernel, stride, padding, dilation, false);
    }

    /**
     * The same; in ceil mode a window may overhang by less than a stride.
     */
    static void check(String dimension, int in, int kernel, int stride, int padding, int dilation, boolean ceilMode) {
        Checks.notNegative(dimension, in);
        checkWindow(dimension, kernel, stride, padding, dilation);
        if (!fits(in, kernel, ceilMode ? stride : 1, padding, padding, dilation)) {
            refuse(dimension, in, kernel, ceilMode ? stride : 1, padding, padding, dilation, "2*padding",
                    "2*" + padding);
        }
    }

    /**
     * The same with a padding of its own on each side.
     *
     * @param lowName  what the padding before the first position is called
     * @param highName what that behind the last one is called
     */
    static void check(String dimension, int in, int kernel, int stride, String lowName, int low, String highName,
            int high, int dilation) {
        Checks.notNegative(dimension, in);
        checkMoves(dimension, kernel, stride, dilation);
        Checks.notNegative(lowName, low);
        Checks.notNegative(highName, high);
        if (!fits(in, kernel, 1, low, high, dilation)) {
            refuse(dimension, in, kernel, 1, low, high, dilation, lowName + " + " + highName, low + " + " + high);
        }
    }

    /** The sizes of a window, whatever it slides along. */
    static void checkWindow(String dimension, int kernel, int stride, int padding, int dilation) {
        checkMoves(dimension, kernel, stride, dilation);
        if (padding < 0) {
            Checks.notNegative("padding along " + dimension, padding);
        }
    }

    private static void checkMoves(String dimension, int kernel, int stride, int dilation) {
        positive("kernel ", dimension, kernel);
        positive("stride along ", dimension, stride);
        positive("dilation along ", dimension, dilation);
    }

    /** No name is put together before there is something to say: a geometry is made for each call of a layer. */
    private static void positive(String what, String dimension, int value) {
        if (value <= 0) {
            Checks.positive(what + dimension, value);
        }
    }

    /** The window fits once, or overhangs by less than so much. */
    private static boolean fits(int in, int kernel, int overhang, int low, int high, int dilation) {
        return (long) in + low + high <= Integer.MAX_VALUE && room(in, kernel, low, high, dilation) + overhang - 1 >= 0;
    }

    private static void refuse(String dimension, int in, int kernel, int overhang, int low, int high, int dilation,
            String paddings, String values) {
        if ((long) in + low + high > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    dimension + " + " + paddings + " = " + in + " + " + values + " must be below 2^31");
        }
        long room = room(in, kernel, low, high, dilation) + overhang - 1;
        String more = overhang == 1 ? "" : " + stride - 1";
        String moreValue = overhang == 1 ? "" : " + " + overhang + " - 1";
        throw new IllegalArgumentException("the window does not fit the " + dimension
                + (overhang == 1 ? "" : " in ceil mode") + ": " + dimension + " + " + paddings
                + " - dilation*(kernel - 1) - 1" + more + " = " + in + " + " + values + " - " + dilation + "*("
                + kernel + " - 1) - 1" + moreValue + " = " + room + " must not be negative");
    }

    /**
     * Checks that each window holds an element. One may not only if its dilation steps over the whole input: its first tap is before
     * the end of the input and its last one behind the beginning.
     *
     * @throws IllegalArgumentException with the numbers, if a window is empty
     */
    static void checkPixels(String dimension, int in, int out, int kernel, int stride, int padding, int dilation) {
        if (dilation <= in) {
            return;
        }
        for (int u = 0; u < out; u++) {
            long start = (long) u * stride - padding;
            long tap = Math.ceilDiv(Math.max(0, -start), (long) dilation);
            if (tap >= kernel || start + tap * dilation >= in) {
                throw new IllegalArgumentException("window " + u + " along " + dimension + " holds no pixel: "
                        + u + "*stride - padding + tap*dilation = " + start + " + tap*" + dilation + " is in [0, " + in
                        + ") for no tap below " + kernel);
            }
        }
    }
}
