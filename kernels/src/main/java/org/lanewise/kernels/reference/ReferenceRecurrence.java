package org.lanewise.kernels.reference;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Recurrence.Gradients;
import org.lanewise.kernels.Recurrence.States;
import org.lanewise.kernels.Recurrence.Weights;
import org.lanewise.kernels.RecurrentCell;
import org.lanewise.kernels.RnnGeometry;

/** The meaning of {@link org.lanewise.kernels.Recurrence}: the equations of {@link RecurrentCell}, unit by unit. */
public final class ReferenceRecurrence {

    private ReferenceRecurrence() {
    }

    /** One sequence after the other, each over the steps that it has. */
    public static void forward(RnnGeometry g, float[] x, States initial, Weights w, float[] y, States last,
            float @Nullable [] saved) {
        int hidden = g.hiddenSize();
        float[] kept = saved != null ? saved : new float[g.savedSize()];
        Arrays.fill(kept, 0, g.savedSize(), 0);
        for (int b = 0; b < g.batch(); b++) {
            double[] h = state(initial.h(), initial.offset(), b, hidden);
            double[] c = state(g.cell().hasCellState() ? initial.c() : null, initial.offset(), b, hidden);
            for (int visit = 0; visit < g.steps(); visit++) {
                int t = g.step(visit);
                int row = g.row(t, b);
                if (g.inside(t, b)) {
                    h = step(g, row, x, w, h, c, kept);
                }
                for (int i = 0; i < hidden; i++) {
                    y[g.outputColumn() + row * g.outputWidth() + i] = g.inside(t, b) ? (float) h[i] : 0;
                }
            }
            store(h, last.h(), last.offset() + b * hidden);
            store(c, g.cell().hasCellState() ? last.c() : null, last.offset() + b * hidden);
        }
    }

    /** The next h; c is changed in place. */
    private static double[] step(RnnGeometry g, int row, float[] x, Weights w, double[] h, double[] c, float[] kept) {
        int hidden = g.hiddenSize();
        double[] next = new double[hidden];
        int at = row * g.cell().saved() * hidden;
        for (int i = 0; i < hidden; i++) {
            double[] fromX = new double[g.cell().gates()];
            double[] fromH = new double[g.cell().gates()];
            for (int gate = 0; gate < fromX.length; gate++) {
                int k = gate * hidden + i;
                fromX[gate] = at(w.inputBias(), k) + dot(w.inputWeight(), k, x, row, g.inputSize());
                fromH[gate] = at(w.hiddenBias(), k);
                for (int j = 0; j < hidden; j++) {
                    fromH[gate] += w.hiddenWeight()[k * hidden + j] * h[j];
                }
            }
            switch (g.cell()) {
                case RNN_TANH -> next[i] = (float) StrictMath.tanh(fromX[0] + fromH[0]);
                case RNN_RELU -> next[i] = (float) Math.max(fromX[0] + fromH[0], 0);
                case LSTM -> {
                    float in = sigmoid(fromX[0] + fromH[0]);
                    float forget = sigmoid(fromX[1] + fromH[1]);
                    float g2 = (float) StrictMath.tanh(fromX[2] + fromH[2]);
                    float out = sigmoid(fromX[3] + fromH[3]);
                    c[i] = (float) (forget * c[i] + (double) in * g2);
                    float t = (float) StrictMath.tanh(c[i]);
                    keep(kept, at + i, hidden, in, forget, g2, out, (float) c[i], t);
                    next[i] = out * t;
                }
                case GRU -> {
                    float r = sigmoid(fromX[0] + fromH[0]);
                    float z = sigmoid(fromX[1] + fromH[1]);
                    float q = (float) fromH[2];
                    float n = (float) StrictMath.tanh(fromX[2] + (double) r * q);
                    keep(kept, at + i, hidden, r, z, n, q);
                    next[i] = (float) ((1 - (double) z) * n + z * h[i]);
                }
            }
        }
        return next;
    }

    private static void keep(float[] kept, int at, int hidden, float... values) {
        for (int column = 0; column < values.length; column++) {
            kept[at + column * hidden] = values[column];
        }
    }

    /** The chain rule through {@link #forward}, one sequence after the other, each from its last step to its first. */
    public static void backward(RnnGeometry g, float[] x, States initial, Weights w, float[] y, float[] saved,
            float @Nullable [] dY, States dLast, Gradients gradients) {
        int hidden = g.hiddenSize();
        int rows = g.cell().gates() * hidden;
        boolean hasC = g.cell().hasCellState();
        var sums = new Sums(new double[g.rows() * g.inputSize()], new double[rows * g.inputSize()],
                new double[rows * hidden], new double[rows], new double[rows]);
        for (int b = 0; b < g.batch(); b++) {
            double[] dH = state(dLast.h(), dLast.offset(), b, hidden);
            double[] dC = state(hasC ? dLast.c() : null, dLast.offset(), b, hidden);
            for (int visit = g.steps() - 1; visit >= 0; visit--) {
                int t = g.step(visit);
                if (!g.inside(t, b)) {
                    continue;
                }
                int row = g.row(t, b);
                int out = g.outputColumn() + row * g.outputWidth();
                int before = visit == 0 ? -1 : g.step(visit - 1);
                boolean first = before < 0 || !g.inside(before, b);
                double[] h = first
                        ? state(initial.h(), initial.offset(), b, hidden)
                        : state(y, g.outputColumn() + g.row(before, b) * g.outputWidth(), 0, hidden);
                double[] c = !hasC || first
                        ? state(hasC ? initial.c() : null, initial.offset(), b, hidden)
                        : state(saved, (g.row(before, b) * g.cell().saved() + 4) * hidden, 0, hidden);
                for (int i = 0; i < hidden; i++) {
                    dH[i] += at(dY, out + i);
                }
                dH = stepBack(g, row, x, w, h, c, state(y, out, 0, hidden), saved, dH, dC, sums);
            }
            store(dH, gradients.initial().h(), gradients.initial().offset() + b * hidden);
            store(dC, hasC ? gradients.initial().c() : null, gradients.initial().offset() + b * hidden);
        }
        if (gradients.x() != null) {
            for (int i = 0; i < sums.x.length; i++) {
                float old = gradients.betaX() == 0 ? 0 : gradients.betaX() * gradients.x()[i];
                gradients.x()[i] = (float) (old + sums.x[i]);
            }
        }
        store(sums.inputWeight, gradients.inputWeight(), 0);
        store(sums.hiddenWeight, gradients.hiddenWeight(), 0);
        store(sums.inputBias, gradients.inputBias(), 0);
        store(sums.hiddenBias, gradients.hiddenBias(), 0);
    }

    private record Sums(double[] x, double[] inputWeight, double[] hiddenWeight, double[] inputBias,
            double[] hiddenBias) {
    }

    /** The gradient of the h before; dC is changed in place. */
    private static double[] stepBack(RnnGeometry g, int row, float[] x, Weights w, double[] h, double[] c, double[] y,
            float[] saved, double[] dH, double[] dC, Sums sums) {
        int hidden = g.hiddenSize();
        int inputs = g.inputSize();
        int gates = g.cell().gates();
        double[] dBefore = new double[hidden];
        for (int i = 0; i < hidden; i++) {
            double[] s = new double[g.cell().saved()];
            for (int column = 0; column < s.length; column++) {
                s[column] = saved[(row * s.length + column) * hidden + i];
            }
            double[] dX = new double[gates];
            double[] dW = dX;
            switch (g.cell()) {
                case RNN_TANH -> dX[0] = dH[i] * (1 - y[i] * y[i]);
                case RNN_RELU -> dX[0] = y[i] > 0 ? dH[i] : 0;
                case LSTM -> {
                    double dc = dC[i] + dH[i] * s[3] * (1 - s[5] * s[5]);
                    dX[0] = dc * s[2] * s[0] * (1 - s[0]);
                    dX[1] = dc * c[i] * s[1] * (1 - s[1]);
                    dX[2] = dc * s[0] * (1 - s[2] * s[2]);
                    dX[3] = dH[i] * s[5] * s[3] * (1 - s[3]);
                    dC[i] = dc * s[1];
                }
                case GRU -> {
                    dX[1] = dH[i] * (h[i] - s[2]) * s[1] * (1 - s[1]);
                    dX[2] = dH[i] * (1 - s[1]) * (1 - s[2] * s[2]);
                    dX[0] = dX[2] * s[3] * s[0] * (1 - s[0]);
                    dW = new double[] {dX[0], dX[1], dX[2] * s[0]};
                    dBefore[i] += dH[i] * s[1];
                }
            }
            for (int gate = 0; gate < gates; gate++) {
                int k = gate * hidden + i;
                sums.inputBias[k] += dX[gate];
                sums.hiddenBias[k] += dW[gate];
                for (int j = 0; j < inputs; j++) {
                    sums.inputWeight[k * inputs + j] += dX[gate] * x[row * inputs + j];
                    sums.x[row * inputs + j] += dX[gate] * w.inputWeight()[k * inputs + j];
                }
                for (int j = 0; j < hidden; j++) {
                    sums.hiddenWeight[k * hidden + j] += dW[gate] * h[j];
                    dBefore[j] += dW[gate] * w.hiddenWeight()[k * hidden + j];
                }
            }
        }
        return dBefore;
    }

    private static double dot(float[] weight, int k, float[] x, int row, int inputs) {
        double sum = 0;
        for (int j = 0; j < inputs; j++) {
            sum += (double) weight[k * inputs + j] * x[row * inputs + j];
        }
        return sum;
    }

    private static float sigmoid(double z) {
        return (float) (1 / (1 + StrictMath.exp(-z)));
    }

    /** The state of one sequence, or zeros. */
    private static double[] state(float @Nullable [] states, int offset, int sequence, int hidden) {
        double[] state = new double[hidden];
        for (int i = 0; states != null && i < hidden; i++) {
            state[i] = states[offset + sequence * hidden + i];
        }
        return state;
    }

    private static double at(float @Nullable [] array, int index) {
        return array == null ? 0 : array[index];
    }

    private static void store(double[] values, float @Nullable [] out, int offset) {
        for (int i = 0; out != null && i < values.length; i++) {
            out[offset + i] = (float) values[i];
        }
    }
}
