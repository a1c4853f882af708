package org.lanewise.kernels.rnn;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Elementwise;
import org.lanewise.kernels.Gemm;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Reductions;
import org.lanewise.kernels.RnnCell.Gradients;
import org.lanewise.kernels.RnnCell.Weights;
import org.lanewise.kernels.RnnGeometry;
import org.lanewise.kernels.math.VectorActivations;
import org.lanewise.kernels.math.VectorElementwise;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static org.lanewise.kernels.Transpose.NO;
import static org.lanewise.kernels.Transpose.YES;

/**
 * The tanh cell over sequences. With Z the pre-activations, one row for each time step and sequence:
 *
 * <pre>
 *   forward    Z = X*W_ih^T + b_ih + b_hh                          one product for all time steps
 *              h(t) = tanh(Z(t) + h(t-1)*W_hh^T)                   one small product a step
 *   backward   dZ(t) = (dY(t) + dh(t)) * (1 - h(t)^2),  dh(t-1) = dZ(t)*W_hh
 *              dX = dZ*W_ih,  dW_ih = dZ^T*X,  dW_hh = dZ^T*Hprev  one product each for all time steps
 * </pre>
 */
public final class VectorRnnCell {

    private VectorRnnCell() {
    }

    /** See {@link org.lanewise.kernels.RnnCell#forward}. */
    public static void forward(RnnGeometry g, float[] x, float @Nullable [] h0, Weights weights, float[] y,
            Parallelism parallelism) {
        int hidden = g.hiddenSize();
        int inputs = g.inputSize();
        if (g.rows() == 0) {
            return;
        }
        int ld = leadingDimension(g);
        Gemm.sgemm(NO, YES, g.rows(), hidden, inputs, 1, x, 0, inputs, weights.inputWeight(), 0, inputs,
                0, y, 0, hidden, parallelism);
        addBias(g, weights.inputBias(), y);
        addBias(g, weights.hiddenBias(), y);
        for (int t = 0; t < g.steps(); t++) {
            int now = g.row(t, 0) * hidden;
            if (t > 0) {
                Gemm.sgemm(NO, YES, g.batch(), hidden, hidden, 1, y, g.row(t - 1, 0) * hidden, ld,
                        weights.hiddenWeight(), 0, hidden, 1, y, now, ld, parallelism);
            } else if (h0 != null) {
                Gemm.sgemm(NO, YES, g.batch(), hidden, hidden, 1, h0, 0, hidden,
                        weights.hiddenWeight(), 0, hidden, 1, y, now, ld, parallelism);
            }
            if (ld == hidden) {
                VectorActivations.tanh(g.batch() * hidden, y, now, y, now);
            } else {
                for (int b = 0; b < g.batch(); b++) {
                    VectorActivations.tanh(hidden, y, now + b * ld, y, now + b * ld);
                }
            }
        }
    }

    /** See {@link org.lanewise.kernels.RnnCell#backward}. */
    public static void backward(RnnGeometry g, float[] x, float @Nullable [] h0, Weights weights, float[] y,
            float @Nullable [] dY, float @Nullable [] dHn, Gradients gradients, Parallelism parallelism) {
        int rows = g.rows();
        int hidden = g.hiddenSize();
        int inputs = g.inputSize();
        float[] dZ = Workspace.current().floats(Slot.RNN_GATES, rows * hidden);
        float[] dState = Workspace.current().floats(Slot.RNN_STATE, g.batch() * hidden);
        backwardThroughTime(g, weights.hiddenWeight(), y, dY, dHn, dZ, dState, parallelism);

        if (gradients.h0() != null) {
            System.arraycopy(dState, 0, gradients.h0(), 0, g.batch() * hidden);
        }
        if (gradients.x() != null) {
            Gemm.sgemm(NO, NO, rows, inputs, hidden, 1, dZ, 0, hidden, weights.inputWeight(), 0, inputs,
                    0, gradients.x(), 0, inputs, parallelism);
        }
        if (gradients.inputWeight() != null) {
            Gemm.sgemm(YES, NO, hidden, inputs, rows, 1, dZ, 0, hidden, x, 0, inputs,
                    0, gradients.inputWeight(), 0, inputs, parallelism);
        }
        if (gradients.hiddenWeight() != null) {
            float[] previous = previousStates(g, h0, y);
            Gemm.sgemm(YES, NO, hidden, hidden, rows, 1, dZ, 0, hidden, previous, 0, hidden,
                    0, gradients.hiddenWeight(), 0, hidden, parallelism);
        }
        if (gradients.bias() != null) {
            Reductions.columnSums(rows, hidden, dZ, 0, hidden, 0, gradients.bias(), 0);
        }
    }

    /** Fills dZ from the last step to the first, and leaves the gradient of the initial state in dState. */
    private static void backwardThroughTime(RnnGeometry g, float[] hiddenWeight, float[] y, float @Nullable [] dY,
            float @Nullable [] dHn, float[] dZ, float[] dState, Parallelism parallelism) {
        int hidden = g.hiddenSize();
        int ld = g.batch() == 0 ? hidden : leadingDimension(g);
        if (dHn == null) {
            Arrays.fill(dState, 0, g.batch() * hidden, 0);
        } else {
            System.arraycopy(dHn, 0, dState, 0, g.batch() * hidden);
        }
        for (int t = g.batch() == 0 ? -1 : g.steps() - 1; t >= 0; t--) {
            for (int b = 0; b < g.batch(); b++) {
                int row = g.row(t, b) * hidden;
                if (dY != null) {
                    VectorElementwise.add(hidden, dState, b * hidden, dY, row, dState, b * hidden);
                }
                VectorActivations.tanhBackward(hidden, y, row, dState, b * hidden, dZ, row);
            }
            Gemm.sgemm(NO, NO, g.batch(), hidden, hidden, 1, dZ, g.row(t, 0) * hidden, ld, hiddenWeight, 0, hidden,
                    0, dState, 0, hidden, parallelism);
        }
    }

    /** h(t-1) for each row of the output. */
    private static float[] previousStates(RnnGeometry g, float @Nullable [] h0, float[] y) {
        int hidden = g.hiddenSize();
        float[] previous = Workspace.current().floats(Slot.RNN_PREVIOUS, g.rows() * hidden);
        for (int b = 0; b < g.batch(); b++) {
            for (int t = 0; t < g.steps(); t++) {
                int to = g.row(t, b) * hidden;
                if (t > 0) {
                    System.arraycopy(y, g.row(t - 1, b) * hidden, previous, to, hidden);
                } else if (h0 != null) {
                    System.arraycopy(h0, b * hidden, previous, to, hidden);
                } else {
                    Arrays.fill(previous, to, to + hidden, 0);
                }
            }
        }
        return previous;
    }

    private static void addBias(RnnGeometry g, float @Nullable [] bias, float[] y) {
        if (bias != null) {
            Elementwise.addRowBias(g.rows(), g.hiddenSize(), bias, 0, y, 0, g.hiddenSize());
        }
    }

    /** Distance of the states of two sequences at the same time. */
    private static int leadingDimension(RnnGeometry g) {
        return g.batchFirst() ? g.steps() * g.hiddenSize() : g.hiddenSize();
    }
}
