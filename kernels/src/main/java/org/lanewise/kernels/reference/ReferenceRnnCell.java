package org.lanewise.kernels.reference;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.RnnCell.Gradients;
import org.lanewise.kernels.RnnCell.Weights;
import org.lanewise.kernels.RnnGeometry;

/** The meaning of {@link org.lanewise.kernels.RnnCell}. */
public final class ReferenceRnnCell {

    private ReferenceRnnCell() {
    }

    /** h(t) := tanh(W_ih x(t) + b_ih + W_hh h(t-1) + b_hh). */
    public static void forward(RnnGeometry g, float[] x, float @Nullable [] h0, Weights weights, float[] y) {
        int hidden = g.hiddenSize();
        int inputs = g.inputSize();
        for (int b = 0; b < g.batch(); b++) {
            for (int t = 0; t < g.steps(); t++) {
                int row = g.row(t, b);
                for (int i = 0; i < hidden; i++) {
                    double z = at(weights.inputBias(), i) + at(weights.hiddenBias(), i);
                    for (int j = 0; j < inputs; j++) {
                        z += (double) weights.inputWeight()[i * inputs + j] * x[row * inputs + j];
                    }
                    for (int j = 0; j < hidden; j++) {
                        z += (double) weights.hiddenWeight()[i * hidden + j] * previous(g, h0, y, t, b, j);
                    }
                    y[row * hidden + i] = (float) StrictMath.tanh(z);
                }
            }
        }
    }

    /** The chain rule through {@link #forward}, from the last step to the first. */
    public static void backward(RnnGeometry g, float[] x, float @Nullable [] h0, Weights weights, float[] y,
            float @Nullable [] dY, float @Nullable [] dHn, Gradients gradients) {
        int hidden = g.hiddenSize();
        int inputs = g.inputSize();
        double[] dX = new double[g.rows() * inputs];
        double[] dH0 = new double[g.batch() * hidden];
        double[] dInputWeight = new double[hidden * inputs];
        double[] dHiddenWeight = new double[hidden * hidden];
        double[] dBias = new double[hidden];
        double[] dState = new double[hidden];
        for (int b = 0; b < g.batch(); b++) {
            for (int i = 0; i < hidden; i++) {
                dState[i] = at(dHn, b * hidden + i);
            }
            for (int t = g.steps() - 1; t >= 0; t--) {
                int row = g.row(t, b);
                double[] dPrevious = new double[hidden];
                for (int i = 0; i < hidden; i++) {
                    double h = y[row * hidden + i];
                    double dZ = (at(dY, row * hidden + i) + dState[i]) * (1 - h * h);
                    dBias[i] += dZ;
                    for (int j = 0; j < inputs; j++) {
                        dInputWeight[i * inputs + j] += dZ * x[row * inputs + j];
                        dX[row * inputs + j] += dZ * weights.inputWeight()[i * inputs + j];
                    }
                    for (int j = 0; j < hidden; j++) {
                        dHiddenWeight[i * hidden + j] += dZ * previous(g, h0, y, t, b, j);
                        dPrevious[j] += dZ * weights.hiddenWeight()[i * hidden + j];
                    }
                }
                dState = dPrevious;
            }
            System.arraycopy(dState, 0, dH0, b * hidden, hidden);
        }
        store(dX, gradients.x());
        store(dH0, gradients.h0());
        store(dInputWeight, gradients.inputWeight());
        store(dHiddenWeight, gradients.hiddenWeight());
        store(dBias, gradients.bias());
    }

    private static double previous(RnnGeometry g, float @Nullable [] h0, float[] y, int t, int b, int j) {
        return t > 0 ? y[g.row(t - 1, b) * g.hiddenSize() + j] : at(h0, b * g.hiddenSize() + j);
    }

    private static double at(float @Nullable [] array, int index) {
        return array == null ? 0 : array[index];
    }

    private static void store(double[] values, float @Nullable [] out) {
        if (out != null) {
            for (int i = 0; i < values.length; i++) {
                out[i] = (float) values[i];
            }
        }
    }
}
