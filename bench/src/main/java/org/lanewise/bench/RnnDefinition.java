package org.lanewise.bench;

import java.util.Arrays;

import org.lanewise.bench.Answer.Expected;
import org.lanewise.kernels.Recurrence;
import org.lanewise.kernels.RecurrentCell;
import org.lanewise.kernels.RnnGeometry;

/**
 * A recurrent layer and its gradients in double precision, with the error that floats may have: the equations of
 * {@link RecurrentCell}, time first, from zeros.
 *
 * <p>
 * Only the first sequences of the batch are computed: the others repeat them, see {@link #repeat}.
 */
final class RnnDefinition {

    /** Multiply-adds up to which all sequences are different. */
    private static final double MAX_WORK = 5e7;

    private final RecurrentCell cell;
    private final int steps;
    private final int batch;
    private final int distinct;
    private final int inputs;
    private final int hidden;
    private final float[] x;
    private final Recurrence.Weights weights;
    private final float[] dY;
    /** h, and c of an LSTM, for each (step, distinct sequence, unit). */
    private final Bounded[] h;
    private final Bounded[] c;
    /** The gates after their functions, and q of a GRU, for each (step, distinct sequence, unit). */
    private final Bounded[][] gates;
    /** Gradients of what x and of what h contributes to each gate. */
    private final Bounded[][] byX;
    private final Bounded[][] byH;

    RnnDefinition(RnnGeometry geometry, float[] x, Recurrence.Weights weights, float[] dY, boolean gradients) {
        cell = geometry.cell();
        steps = geometry.steps();
        batch = geometry.batch();
        distinct = distinct(geometry);
        inputs = geometry.inputSize();
        hidden = geometry.hiddenSize();
        this.x = x;
        this.weights = weights;
        this.dY = dY;
        int units = steps * distinct * hidden;
        h = new Bounded[units];
        c = new Bounded[units];
        gates = new Bounded[units][];
        for (int at = 0; at < units; at++) {
            forward(at);
        }
        byX = new Bounded[gradients ? units : 0][];
        byH = new Bounded[byX.length][];
        if (gradients) {
            backward();
        }
    }

    private static int distinct(RnnGeometry g) {
        double work = (double) g.rows() * g.cell().gates() * g.hiddenSize() * (g.inputSize() + g.hiddenSize());
        return work <= MAX_WORK ? g.batch() : Math.min(2, g.batch());
    }

    /** Makes the sequences of the batch repeat the first ones if there is too much to compute for the definition. */
    static void repeat(RnnGeometry g, float[] rows) {
        int width = rows.length / g.rows();
        for (int row = 0; row < g.rows(); row++) {
            int source = row / g.batch() * g.batch() + row % g.batch() % distinct(g);
            System.arraycopy(rows, source * width, rows, row * width, width);
        }
    }

    private void forward(int at) {
        int unit = at % hidden;
        int row = at / hidden;
        Bounded cBefore = before(c, at);
        Bounded hBefore = before(h, at);
        switch (cell) {
            case RNN_TANH -> h[at] = sum(0, row, unit, true).tanh();
            case RNN_RELU -> throw new IllegalArgumentException("relu is not measured");
            case LSTM -> {
                Bounded i = sum(0, row, unit, true).sigmoid();
                Bounded f = sum(1, row, unit, true).sigmoid();
                Bounded g = sum(2, row, unit, true).tanh();
                Bounded o = sum(3, row, unit, true).sigmoid();
                c[at] = f.times(cBefore).plus(i.times(g));
                gates[at] = new Bounded[] {i, f, g, o};
                h[at] = o.times(c[at].tanh());
            }
            case GRU -> {
                Bounded r = sum(0, row, unit, true).sigmoid();
                Bounded z = sum(1, row, unit, true).sigmoid();
                Bounded q = sumOfH(2, row, unit).bounded();
                Bounded n = sum(2, row, unit, false).plus(r.times(q)).tanh();
                gates[at] = new Bounded[] {r, z, n, q};
                h[at] = n.plus(z.times(hBefore.minus(n)));
            }
        }
    }

    /** What goes into a gate from x, and from h too if both are summed. */
    private Bounded sum(int gate, int row, int unit, boolean both) {
        int k = gate * hidden + unit;
        BoundedSum sum = both ? sumOfH(gate, row, unit) : new BoundedSum();
        if (weights.inputBias() != null) {
            sum.add(1, weights.inputBias()[k]);
        }
        int from = (row / distinct * batch + row % distinct) * inputs;
        for (int j = 0; j < inputs; j++) {
            sum.add(weights.inputWeight()[k * inputs + j], x[from + j]);
        }
        return sum.bounded();
    }

    private BoundedSum sumOfH(int gate, int row, int unit) {
        int k = gate * hidden + unit;
        var sum = new BoundedSum();
        if (weights.hiddenBias() != null) {
            sum.add(1, weights.hiddenBias()[k]);
        }
        int from = (row - distinct) * hidden;
        for (int j = 0; j < hidden && from >= 0; j++) {
            sum.add(weights.hiddenWeight()[k * hidden + j], 0, h[from + j].value(), h[from + j].error());
        }
        return sum;
    }

    /** A state of the step before. */
    private Bounded before(Bounded[] states, int at) {
        int earlier = at - distinct * hidden;
        return earlier < 0 ? Bounded.ZERO : states[earlier];
    }

    /** By rows, from the last: a row needs the whole one that is a time step later. */
    private void backward() {
        int width = distinct * hidden;
        Bounded[] dH = new Bounded[width];
        Bounded[] dC = new Bounded[width];
        Arrays.fill(dH, Bounded.ZERO);
        Arrays.fill(dC, Bounded.ZERO);
        for (int t = steps - 1; t >= 0; t--) {
            for (int i = 0; i < width; i++) {
                int row = t * batch + i / hidden;
                dH[i] = dH[i].plus(Bounded.exactly(dY[row * hidden + i % hidden]));
                unit(t * width + i, i, dH, dC);
            }
            for (int d = 0; d < distinct; d++) {
                multiply(t * distinct + d, d * hidden, dH);
            }
        }
    }

    /** The gradients by what went into the gates of a unit; dH becomes what reaches the step before without a product. */
    private void unit(int at, int i, Bounded[] dH, Bounded[] dC) {
        Bounded dh = dH[i];
        dH[i] = Bounded.ZERO;
        switch (cell) {
            case RNN_TANH -> byX[at] = new Bounded[] {dh.times(slopeOfTanh(h[at]))};
            case RNN_RELU -> throw new IllegalArgumentException("relu is not measured");
            case LSTM -> {
                Bounded[] s = gates[at];
                Bounded t = c[at].tanh();
                Bounded dc = dC[i].plus(dh.times(s[3]).times(slopeOfTanh(t)));
                byX[at] = new Bounded[] {dc.times(s[2]).times(slopeOfSigmoid(s[0])),
                    dc.times(before(c, at)).times(slopeOfSigmoid(s[1])), dc.times(s[0]).times(slopeOfTanh(s[2])),
                    dh.times(t).times(slopeOfSigmoid(s[3]))};
                dC[i] = dc.times(s[1]);
            }
            case GRU -> {
                Bounded[] s = gates[at];
                Bounded dn = dh.times(s[1].complement()).times(slopeOfTanh(s[2]));
                Bounded dz = dh.times(before(h, at).minus(s[2])).times(slopeOfSigmoid(s[1]));
                Bounded dr = dn.times(s[3]).times(slopeOfSigmoid(s[0]));
                byX[at] = new Bounded[] {dr, dz, dn};
                byH[at] = new Bounded[] {dr, dz, dn.times(s[0])};
                dH[i] = dh.times(s[1]);
            }
        }
        if (byH[at] == null) {
            byH[at] = byX[at];
        }
    }

    private static Bounded slopeOfTanh(Bounded y) {
        return y.times(y).complement();
    }

    private static Bounded slopeOfSigmoid(Bounded y) {
        return y.times(y.complement());
    }

    /** dH += the gradients of a row times W_hh. */
    private void multiply(int row, int first, Bounded[] dH) {
        BoundedSum[] sums = new BoundedSum[hidden];
        for (int j = 0; j < hidden; j++) {
            sums[j] = new BoundedSum();
            sums[j].add(1, 0, dH[first + j].value(), dH[first + j].error());
        }
        for (int gate = 0; gate < cell.gates(); gate++) {
            for (int unit = 0; unit < hidden; unit++) {
                Bounded d = byH[row * hidden + unit][gate];
                int w = (gate * hidden + unit) * hidden;
                for (int j = 0; j < hidden; j++) {
                    sums[j].add(weights.hiddenWeight()[w + j], 0, d.value(), d.error());
                }
            }
        }
        for (int j = 0; j < hidden; j++) {
            dH[first + j] = sums[j].bounded();
        }
    }

    /** The place of a row of the batch among the distinct ones. */
    private int row(int ofBatch) {
        return ofBatch / batch * distinct + ofBatch % batch % distinct;
    }

    Answer states(float[] y) {
        return new Answer("y", y, index -> {
            Bounded state = h[row(index / hidden) * hidden + index % hidden];
            return new Expected(state.value(), state.error());
        });
    }

    /** dX(row, i) = sum over k of dZ(row, k) * W_ih(k, i). */
    Answer gradientOfX(float[] dX) {
        return new Answer("dX", dX, index -> {
            int row = row(index / inputs);
            var sum = new BoundedSum();
            for (int k = 0; k < cell.gates() * hidden; k++) {
                Bounded d = byX[row * hidden + k % hidden][k / hidden];
                sum.add(d.value(), d.error(), weights.inputWeight()[k * inputs + index % inputs], 0);
            }
            return sum.expected();
        });
    }

    /** dW_ih(k, i) = sum over rows of dZ(row, k) * x(row, i). */
    Answer gradientOfInputWeight(float[] dWeight) {
        return new Answer("dInputWeight", dWeight, index -> {
            int k = index / inputs;
            var sum = new BoundedSum();
            for (int row = 0; row < steps * batch; row++) {
                Bounded d = byX[row(row) * hidden + k % hidden][k / hidden];
                sum.add(d.value(), d.error(), x[row * inputs + index % inputs], 0);
            }
            return sum.expected();
        });
    }

    /** dW_hh(k, l) = sum over rows of dZ(row, k) * h(row - batch, l). */
    Answer gradientOfHiddenWeight(float[] dWeight) {
        return new Answer("dHiddenWeight", dWeight, index -> {
            int k = index / hidden;
            var sum = new BoundedSum();
            for (int row = batch; row < steps * batch; row++) {
                Bounded d = byH[row(row) * hidden + k % hidden][k / hidden];
                Bounded state = h[row(row - batch) * hidden + index % hidden];
                sum.add(d.value(), d.error(), state.value(), state.error());
            }
            return sum.expected();
        });
    }

    /** db_ih(k) = sum over rows of dZ(row, k). */
    Answer gradientOfInputBias(float[] dBias) {
        return gradientOfBias("dInputBias", dBias, byX);
    }

    /** The same for b_hh. */
    Answer gradientOfHiddenBias(float[] dBias) {
        return gradientOfBias("dHiddenBias", dBias, byH);
    }

    private Answer gradientOfBias(String name, float[] dBias, Bounded[][] gradients) {
        return new Answer(name, dBias, k -> {
            var sum = new BoundedSum();
            for (int row = 0; row < steps * batch; row++) {
                Bounded d = gradients[row(row) * hidden + k % hidden][k / hidden];
                sum.add(1, 0, d.value(), d.error());
            }
            return sum.expected();
        });
    }
}
