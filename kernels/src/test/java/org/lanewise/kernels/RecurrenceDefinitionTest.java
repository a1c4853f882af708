package org.lanewise.kernels;

import java.util.Random;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.lanewise.kernels.Recurrence.Gradients;
import org.lanewise.kernels.Recurrence.States;
import org.lanewise.kernels.Recurrence.Weights;
import org.lanewise.kernels.reference.ReferenceRecurrence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * The reference of the recurrent kernels against their equations in double precision, which are written down a second time here, and
 * its gradients against how much a small step of all operands in a random direction changes the loss: the sum of dY*y and
 * dLast*last.
 */
class RecurrenceDefinitionTest {

    private static final int BATCH = 2;

    /** The step of the central difference: its error is some 1e-10. */
    private static final double STEP = 1e-5;

    /** All operands in double precision, at some distance from the given ones in the given direction. */
    private static final class Operands {
        final double[] x;
        final double[] h0;
        final double[] c0;
        final double[] wIh;
        final double[] wHh;
        final double[] bIh;
        final double[] bHh;

        Operands(float[][] values, float[][] direction, double distance) {
            double[][] moved = new double[values.length][];
            for (int k = 0; k < values.length; k++) {
                int operand = k;
                moved[k] = IntStream.range(0, values[k].length)
                        .mapToDouble(i -> values[operand][i] + distance * direction[operand][i]).toArray();
            }
            x = moved[0];
            h0 = moved[1];
            c0 = moved[2];
            wIh = moved[3];
            wHh = moved[4];
            bIh = moved[5];
            bHh = moved[6];
        }
    }

    @Property(tries = 300)
    void gradientsAreTheChangeOfTheLoss(@ForAll RecurrentCell cell, @ForAll @IntRange(max = 4) int steps,
            @ForAll @IntRange(min = 1, max = 4) int inputs, @ForAll @IntRange(min = 1, max = 4) int hidden,
            @ForAll boolean batchFirst, @ForAll boolean reversed, @ForAll boolean padded, @ForAll long seed) {
        Random random = new Random(seed);
        RnnGeometry g = RnnGeometry.of(cell, steps, BATCH, inputs, hidden).withBatchFirst(batchFirst)
                .withReversed(reversed).withLengths(padded ? random.ints(BATCH, 0, steps + 1).toArray() : null);
        int gates = cell.gates() * hidden;
        int[] sizes = {g.rows() * inputs, BATCH * hidden, BATCH * hidden, gates * inputs, gates * hidden, gates, gates};
        float[][] values = IntStream.of(sizes).mapToObj(n -> plain(n, random)).toArray(float[][]::new);
        float[][] direction = IntStream.of(sizes).mapToObj(n -> plain(n, random)).toArray(float[][]::new);
        float[] dY = plain(g.rows() * hidden, random);
        States dLast = new States(plain(sizes[1], random), plain(sizes[1], random), 0);

        Weights weights = new Weights(values[3], values[4], values[5], values[6]);
        States initial = new States(values[1], values[2], 0);
        float[] y = new float[dY.length];
        float[] saved = new float[g.savedSize()];
        ReferenceRecurrence.forward(g, values[0], initial, weights, y, States.NONE, saved);
        float[][] results = IntStream.of(sizes).mapToObj(float[]::new).toArray(float[][]::new);
        Gradients gradients = new Gradients(results[0], 0, new States(results[1], results[2], 0), results[3],
                results[4], results[5], results[6]);
        ReferenceRecurrence.backward(g, values[0], initial, weights, y, saved, dY, dLast, gradients);

        double[] exact = new double[y.length];
        loss(g, new Operands(values, direction, 0), dY, dLast, exact);
        for (int i = 0; i < y.length; i++) {
            assertThat((double) y[i]).isCloseTo(exact[i], within(1e-6 * Math.max(1, Math.abs(exact[i]))));
        }
        double change = (loss(g, new Operands(values, direction, STEP), dY, dLast, exact)
                - loss(g, new Operands(values, direction, -STEP), dY, dLast, exact)) / (2 * STEP);
        double expected = 0;
        double magnitude = 0;
        for (int k = 0; k < sizes.length; k++) {
            for (int i = 0; i < sizes[k]; i++) {
                expected += (double) results[k][i] * direction[k][i];
                magnitude += Math.abs(results[k][i]);
            }
        }
        // what was saved and the gradients are floats; a kink of max(z, 0) that lies within the step is rare and small
        assertThat(change).isCloseTo(expected,
                within(1e-5 * magnitude + (cell == RecurrentCell.RNN_RELU ? 0.02 : 1e-6)));
    }

    private static double loss(RnnGeometry g, Operands p, float[] dY, States dLast, double[] y) {
        int hidden = g.hiddenSize();
        double loss = 0;
        for (int b = 0; b < BATCH; b++) {
            double[] h = java.util.Arrays.copyOfRange(p.h0, b * hidden, (b + 1) * hidden);
            double[] c = java.util.Arrays.copyOfRange(p.c0, b * hidden, (b + 1) * hidden);
            int length = g.length(b);
            for (int k = 0; k < length; k++) {
                int row = g.row(g.reversed() ? length - 1 - k : k, b);
                h = next(g, p, row, h, c);
                for (int i = 0; i < hidden; i++) {
                    y[row * hidden + i] = h[i];
                    loss += dY[row * hidden + i] * h[i];
                }
            }
            for (int i = 0; i < hidden; i++) {
                loss += dLast.h()[b * hidden + i] * h[i];
                loss += g.cell() == RecurrentCell.LSTM ? dLast.c()[b * hidden + i] * c[i] : 0;
            }
        }
        return loss;
    }

    private static double[] next(RnnGeometry g, Operands p, int row, double[] h, double[] c) {
        int hidden = g.hiddenSize();
        int inputs = g.inputSize();
        double[] u = new double[g.cell().gates() * hidden];
        double[] v = new double[u.length];
        for (int k = 0; k < u.length; k++) {
            u[k] = p.bIh[k];
            v[k] = p.bHh[k];
            for (int j = 0; j < inputs; j++) {
                u[k] += p.wIh[k * inputs + j] * p.x[row * inputs + j];
            }
            for (int j = 0; j < hidden; j++) {
                v[k] += p.wHh[k * hidden + j] * h[j];
            }
        }
        double[] next = new double[hidden];
        for (int i = 0; i < hidden; i++) {
            int second = hidden + i;
            int third = 2 * hidden + i;
            int fourth = 3 * hidden + i;
            next[i] = switch (g.cell()) {
                case RNN_TANH -> Math.tanh(u[i] + v[i]);
                case RNN_RELU -> Math.max(0, u[i] + v[i]);
                case LSTM -> {
                    c[i] = logistic(u[second] + v[second]) * c[i]
                            + logistic(u[i] + v[i]) * Math.tanh(u[third] + v[third]);
                    yield logistic(u[fourth] + v[fourth]) * Math.tanh(c[i]);
                }
                case GRU -> {
                    double z = logistic(u[second] + v[second]);
                    yield (1 - z) * Math.tanh(u[third] + logistic(u[i] + v[i]) * v[third]) + z * h[i];
                }
            };
        }
        return next;
    }

    private static double logistic(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    private static float[] plain(int n, Random random) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }
}
