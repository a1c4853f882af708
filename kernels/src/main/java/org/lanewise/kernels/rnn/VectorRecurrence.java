package org.lanewise.kernels.rnn;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Gemm;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Recurrence.Gradients;
import org.lanewise.kernels.Recurrence.States;
import org.lanewise.kernels.Recurrence.Weights;
import org.lanewise.kernels.Reductions;
import org.lanewise.kernels.RnnGeometry;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static org.lanewise.kernels.Transpose.NO;
import static org.lanewise.kernels.Transpose.YES;

/**
 * Recurrent layers over sequences. With Z what goes into the gates, one row for each time step of each sequence:
 *
 * <pre>
 *   forward    Z = X*W_ih^T + b_ih + b_hh                  {@link InputProjection}
 *              Z(t) += h(t-1)*W_hh^T, h(t) = cell(Z(t))    {@link ForwardWalk}
 *   backward   dZ                                          {@link BackwardWalk}
 *              dX = dZ*W_ih,  dW_ih = dZ^T*X,  dW_hh = dZ^T*Hbefore   one product each for all time steps
 * </pre>
 */
public final class VectorRecurrence {

    private VectorRecurrence() {
    }

    /** See {@link org.lanewise.kernels.Recurrence#forward}. */
    public static void forward(RnnGeometry g, float[] x, States initial, Weights weights, float[] y, States last,
            float @Nullable [] saved, Parallelism parallelism) {
        ForwardWalk.run(g, x, initial, weights, y, saved, last, parallelism);
    }

    /** See {@link org.lanewise.kernels.Recurrence#backward}. */
    public static void backward(RnnGeometry g, float[] x, States initial, Weights weights, float[] y, float[] saved,
            float @Nullable [] dY, States dLast, Gradients gradients, Parallelism parallelism) {
        Cell cell = Cell.of(g.cell());
        int rows = g.rows();
        int hidden = g.hiddenSize();
        int inputs = g.inputSize();
        int columns = g.cell().gates() * hidden;
        int ldz = cell.gradients * hidden;
        float[] dZ = Workspace.current().floats(Slot.RNN_GATE_GRADIENTS, rows * ldz);
        BackwardWalk.run(g, initial, weights.hiddenWeight(), y, saved, dY, dLast, gradients.initial(), dZ, parallelism);
        if (gradients.x() != null) {
            Gemm.sgemm(NO, NO, rows, inputs, columns, 1, dZ, 0, ldz, weights.inputWeight(), 0, inputs,
                    gradients.betaX(), gradients.x(), 0, inputs, parallelism);
        }
        if (gradients.inputWeight() != null) {
            Gemm.sgemm(YES, NO, columns, inputs, rows, 1, dZ, 0, ldz, x, 0, inputs,
                    0, gradients.inputWeight(), 0, inputs, parallelism);
        }
        if (gradients.inputBias() != null) {
            Reductions.columnSums(rows, columns, dZ, 0, ldz, 0, gradients.inputBias(), 0);
        }
        int summed = cell.summed * hidden;
        hiddenGradients(g, initial, y, 0, 0, summed, dZ, ldz, gradients, parallelism);
        if (summed < columns) {
            hiddenGradients(g, initial, y, ldz - hidden, summed, columns - summed, dZ, ldz, gradients, parallelism);
        }
    }

    /** The gradients by some rows of W_hh and b_hh, which are some columns of dZ. */
    private static void hiddenGradients(RnnGeometry g, States initial, float[] y, int column, int firstRow, int count,
            float[] dZ, int ldz, Gradients gradients, Parallelism parallelism) {
        int hidden = g.hiddenSize();
        float[] dWeight = gradients.hiddenWeight();
        if (dWeight != null) {
            float[] before = statesBefore(g, initial, y);
            Gemm.sgemm(YES, NO, count, hidden, g.rows(), 1, dZ, column, ldz, before, 0, hidden,
                    0, dWeight, firstRow * hidden, hidden, parallelism);
        }
        float[] dHidden = gradients.hiddenBias();
        float[] dInput = gradients.inputBias();
        if (dHidden != null && dInput != null && count == g.cell().gates() * hidden) {
            System.arraycopy(dInput, 0, dHidden, 0, count); // both biases are added at the same place
        } else if (dHidden != null) {
            Reductions.columnSums(g.rows(), count, dZ, column, ldz, 0, dHidden, firstRow);
        }
    }

    /** h(t-1) for each row of the output. (Those of padding are multiplied with 0.) */
    private static float[] statesBefore(RnnGeometry g, States initial, float[] y) {
        int hidden = g.hiddenSize();
        float[] before = Workspace.current().floats(Slot.RNN_PREVIOUS, g.rows() * hidden);
        for (int b = 0; b < g.batch(); b++) {
            for (int t = 0; t < g.steps(); t++) {
                int to = g.row(t, b) * hidden;
                int previous = g.reversed() ? t + 1 : t - 1;
                if (previous >= 0 && previous < g.steps() && g.inside(previous, b)) {
                    System.arraycopy(y, g.outputColumn() + g.row(previous, b) * g.outputWidth(), before, to, hidden);
                } else if (initial.h() != null) {
                    System.arraycopy(initial.h(), initial.offset() + b * hidden, before, to, hidden);
                } else {
                    Arrays.fill(before, to, to + hidden, 0);
                }
            }
        }
        return before;
    }
}
