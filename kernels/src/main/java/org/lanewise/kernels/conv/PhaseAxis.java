package org.lanewise.kernels.conv;

/**
 * One dimension of the gradient by data, split by the remainder of a pixel by the stride. Pixel i*stride + a went into the outputs
 *
 * <pre>
 *   i + base(a) - j     by tap   firstTap(a) + j*stride,     0 &lt;= j &lt; taps(a)
 * </pre>
 *
 * so that each phase is gathered from consecutive outputs, as with stride 1, by the taps of its own.
 *
 * @param pixels  of the input
 * @param outputs of the convolution
 * @param kernel  taps of a filter
 * @param stride  distance of two outputs
 * @param padding zeros before the input
 */
record PhaseAxis(int pixels, int outputs, int kernel, int stride, int padding) {

    int firstTap(int phase) {
        return (phase + padding) % stride;
    }

    int taps(int phase) {
        return firstTap(phase) < kernel ? (kernel - 1 - firstTap(phase)) / stride + 1 : 0;
    }

    int base(int phase) {
        return (phase + padding) / stride;
    }

    /** Pixels of a phase. */
    int pixelsOf(int phase) {
        return Math.ceilDiv(pixels - phase, stride);
    }

    /** What all phases together read: the output of tap 0 is that of the last phase. */
    Sweep sweep() {
        int lowest = Integer.MAX_VALUE;
        for (int phase = 0; phase < stride; phase++) {
            lowest = Math.min(lowest, base(phase) - Math.max(taps(phase) - 1, 0));
        }
        return new Sweep(outputs, pixelsOf(0), base(stride - 1) - lowest + 1, 1, -1, base(stride - 1));
    }

    /** Which tap of {@link #sweep} tap j of a phase is. */
    int tapOfSweep(int phase, int j) {
        return base(stride - 1) - base(phase) + j;
    }
}
