package org.lanewise.kernels.rnn;

import java.util.Arrays;

import org.lanewise.kernels.math.VectorActivations;

/** h = f(z) with f = tanh or max(., 0), in place: the row of gates is the state. */
final class ElmanCell extends Cell {

    static final Cell TANH = new ElmanCell(false);
    static final Cell RELU = new ElmanCell(true);

    private final boolean relu;

    private ElmanCell(boolean relu) {
        super(0, 1, 1, -1);
        this.relu = relu;
    }

    @Override
    void forward(int n, float[] z, int at, int h, float[] before, int beforeAt, float[] y, int yAt) {
        if (relu) {
            VectorActivations.relu(n, z, at, y, yAt);
        } else {
            VectorActivations.tanh(n, z, at, y, yAt);
        }
    }

    @Override
    void backward(int n, float[] z, int at, int h, float[] before, int beforeAt, float[] y, int yAt,
            float[] d, int dH, int dC, float[] dZ, int dZAt) {
        if (relu) {
            VectorActivations.reluBackward(n, y, yAt, d, dH, dZ, dZAt);
        } else {
            VectorActivations.tanhBackward(n, y, yAt, d, dH, dZ, dZAt);
        }
        Arrays.fill(d, dH, dH + n, 0);
    }
}
