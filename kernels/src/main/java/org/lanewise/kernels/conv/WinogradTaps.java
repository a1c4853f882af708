package org.lanewise.kernels.conv;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.MUL;
import static jdk.incubator.vector.VectorOperators.SUB;

/** From sums over tiles at each position to the taps of filters, G^T U G, a vector of channels at a time. */
final class WinogradTaps {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final int TAPS = 9;

    private WinogradTaps() {
    }

    /**
     * dW := taps + beta*dW.
     *
     * @param sums   for each position {@code lines} lines of {@code channels}, from {@link Workspace#ALIGNED} on
     * @param stride of positions
     */
    static void store(int lines, int channels, float[] sums, int stride, float beta, float[] dW, int dWOffset) {
        int pitch = channels + L;
        float[] half = Workspace.current().floats(Slot.WINOGRAD_STREAMS, (12 + TAPS) * pitch);
        int taps = 12 * pitch;
        for (int line = 0; line < lines; line++) {
            int from = Workspace.ALIGNED + line * channels;
            for (int j = 0; j < 4; j++) {
                fold(channels, sums, from + j * stride, 4 * stride, half, 3 * j * pitch, pitch);
            }
            for (int i = 0; i < 3; i++) {
                fold(channels, half, i * pitch, 3 * pitch, half, taps + 3 * i * pitch, pitch);
            }
            int to = dWOffset + line * channels * TAPS;
            for (int c = 0; c < channels; c++) {
                for (int t = 0; t < TAPS; t++) {
                    float tap = half[taps + t * pitch + c];
                    int at = to + c * TAPS + t;
                    dW[at] = beta == 0 ? tap : Math.fma(beta, dW[at], tap);
                }
            }
        }
    }

    /** Four numbers to three: G^T. Vectors may reach beyond the channels. */
    private static void fold(int channels, float[] u, int from, int stride, float[] to, int out, int pitch) {
        for (int c = 0; c < channels; c += L) {
            FloatVector b = FloatVector.fromArray(S, u, from + c + stride).lanewise(MUL, 0.5f);
            FloatVector d = FloatVector.fromArray(S, u, from + c + 2 * stride).lanewise(MUL, 0.5f);
            FloatVector sum = b.lanewise(ADD, d);
            FloatVector.fromArray(S, u, from + c).lanewise(ADD, sum).intoArray(to, out + c);
            b.lanewise(SUB, d).intoArray(to, out + c + pitch);
            FloatVector.fromArray(S, u, from + c + 3 * stride).lanewise(ADD, sum).intoArray(to, out + c + 2 * pitch);
        }
    }
}
