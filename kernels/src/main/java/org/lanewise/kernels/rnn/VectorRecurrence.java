package org.lanewise.kernels.rnn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Recurrence.Gradients;
import org.lanewise.kernels.Recurrence.States;
import org.lanewise.kernels.Recurrence.Weights;
import org.lanewise.kernels.RnnGeometry;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * Recurrent layers over sequences. With Z what goes into the gates, one row for each time step of each sequence:
 *
 * <pre>
 *   forward    Z = X*W_ih^T + b_ih + b_hh                  {@link InputProjection}
 *              Z(t) += h(t-1)*W_hh^T, h(t) = cell(Z(t))    {@link ForwardPass}
 *   backward   for each part of the steps, from the last
 *                dZ                                                       {@link BackwardPass}
 *                dX = dZ*W_ih, dW_ih += dZ^T*X, dW_hh += dZ^T*Hbefore     {@link GradientProducts}
 * </pre>
 */
public final class VectorRecurrence {

    private VectorRecurrence() {
    }

    /** See {@link org.lanewise.kernels.Recurrence#forward}. */
    public static void forward(RnnGeometry g, float[] x, States initial, Weights weights, float[] y, States last,
            float @Nullable [] saved, Parallelism parallelism) {
        ForwardPass.run(g, x, initial, weights, y, saved, last, parallelism);
    }

    /** See {@link org.lanewise.kernels.Recurrence#backward}. */
    public static void backward(RnnGeometry g, float[] x, States initial, Weights weights, float[] y, float[] saved,
            float @Nullable [] dY, States dLast, Gradients gradients, Parallelism parallelism) {
        States dInitial = gradients.initial();
        BackwardPass pass = BackwardPass.current();
        try {
            pass.begin(g, initial, weights.hiddenWeight(), y, saved, dY, dLast, dInitial.h() != null, parallelism);
            var products = new GradientProducts(g, x, initial, weights, y, gradients, parallelism);
            int part = products.stepsOfPart();
            float[] dZ = Workspace.current().floats(Slot.RNN_GATE_GRADIENTS, products.floats(part));
            int to = pass.steps();
            do {
                int from = Math.max(to - part, 0);
                pass.part(from, to, dZ, g.row(g.firstStep(from, to), 0), parallelism);
                products.add(from, to, dZ, to == pass.steps() ? 0 : 1);
                to = from;
            } while (to > 0);
            pass.finish(g, dInitial, parallelism);
        } finally {
            pass.end();
        }
    }
}
