package org.lanewise.kernels.conv;

/**
 * How a window moves along one side of an image. Tap {@code t} of output {@code u} reads the position
 *
 * <pre>
 *   first + u*step + t*tapStep
 * </pre>
 *
 * which is padding outside of [0, size).
 *
 * @param size    positions of the image
 * @param outputs how many outputs there are
 * @param taps    taps of each
 * @param step    distance of two outputs in the image, positive
 * @param tapStep distance of two taps in the image, of either sign
 * @param first   position of tap 0 of output 0
 */
record Sweep(int size, int outputs, int taps, int step, int tapStep, int first) {

    /** Forward: each output sees all taps. */
    static Sweep forward(int size, int outputs, int kernel, int stride, int padding, int dilation) {
        return new Sweep(size, outputs, kernel, stride, dilation, -padding);
    }

    /** By data with stride 1: pixel h went into output u by tap r where u + r*dilation - padding = h. */
    static Sweep gradient(int pixels, int outputs, int kernel, int padding, int dilation) {
        return new Sweep(outputs, pixels, kernel, 1, -dilation, padding);
    }

    /** Position of the lowest tap of output 0. */
    int lowest() {
        return first + Math.min(0, span());
    }

    /** How far a tap is above the lowest. */
    int above(int tap) {
        return tap * tapStep - Math.min(0, span());
    }

    /** How many positions beyond those of the outputs the taps reach, in units of the step. */
    int reach() {
        return Math.abs(span()) / step;
    }

    private int span() {
        return Math.max(taps - 1, 0) * tapStep;
    }
}
