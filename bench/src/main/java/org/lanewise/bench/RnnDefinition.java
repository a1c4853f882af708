package org.lanewise.bench;

import org.jspecify.annotations.Nullable;
import org.lanewise.bench.Answer.Expected;
import org.lanewise.kernels.RnnCell;
import org.lanewise.kernels.RnnGeometry;

/**
 * The tanh cell and its gradients in double precision, with the error that floats may have. Time first, h(0) = 0.
 *
 * <pre>
 *   h(t)  = tanh( W_ih x(t) + b_ih + W_hh h(t-1) + b_hh )
 *   dA(t) = (dY(t) + W_hh^T dA(t+1)) * (1 - h(t)^2)
 * </pre>
 */
final class RnnDefinition {

    private final int batch;
    private final int inputs;
    private final int hidden;
    private final int rows;
    private final float[] x;
    private final RnnCell.Weights weights;
    private final double[] h;
    private final double[] hError;
    private final double[] dA;
    private final double[] dAError;

    RnnDefinition(RnnGeometry geometry, float[] x, RnnCell.Weights weights, float[] dY) {
        batch = geometry.batch();
        inputs = geometry.inputSize();
        hidden = geometry.hiddenSize();
        rows = geometry.rows();
        this.x = x;
        this.weights = weights;
        h = new double[rows * hidden];
        hError = new double[h.length];
        dA = new double[h.length];
        dAError = new double[h.length];
        for (int index = 0; index < h.length; index++) {
            forward(index);
        }
        // By rows, from the last: a row needs the whole one that is a time step later.
        for (int index = h.length - 1; index >= 0; index--) {
            backward(index, dY[index]);
        }
    }

    private void forward(int index) {
        int row = index / hidden;
        int j = index % hidden;
        var sum = new BoundedSum();
        sum.add(1, bias(weights.inputBias(), j));
        sum.add(1, bias(weights.hiddenBias(), j));
        for (int i = 0; i < inputs; i++) {
            sum.add(weights.inputWeight()[j * inputs + i], x[row * inputs + i]);
        }
        for (int l = 0; l < hidden && row >= batch; l++) {
            int before = (row - batch) * hidden + l;
            sum.add(weights.hiddenWeight()[j * hidden + l], 0, h[before], hError[before]);
        }
        h[index] = Math.tanh(sum.value());
        // tanh is nowhere steeper than 1, and the kernel's is within 2 ulp.
        hError[index] = sum.error() + 2 * Math.ulp((float) h[index]);
    }

    private void backward(int index, float dY) {
        int row = index / hidden;
        int j = index % hidden;
        var sum = new BoundedSum();
        sum.add(1, dY);
        for (int l = 0; l < hidden && row + batch < rows; l++) {
            int after = (row + batch) * hidden + l;
            sum.add(weights.hiddenWeight()[l * hidden + j], 0, dA[after], dAError[after]);
        }
        double slope = 1 - h[index] * h[index];
        double slopeError = 2 * Math.abs(h[index]) * hError[index] + 2 * Answer.UNIT_ROUNDOFF;
        var product = new BoundedSum();
        product.add(sum.value(), sum.error(), slope, slopeError);
        dA[index] = product.value();
        dAError[index] = product.error();
    }

    private static float bias(float @Nullable [] values, int j) {
        return values == null ? 0 : values[j];
    }

    Answer states(float[] y) {
        return new Answer("y", y, index -> new Expected(h[index], hError[index]));
    }

    /** dX(row, i) = sum over j of dA(row, j) * W_ih(j, i). */
    Answer gradientOfX(float[] dX) {
        return new Answer("dX", dX, index -> {
            var sum = new BoundedSum();
            for (int j = 0; j < hidden; j++) {
                int a = index / inputs * hidden + j;
                sum.add(dA[a], dAError[a], weights.inputWeight()[j * inputs + index % inputs], 0);
            }
            return sum.expected();
        });
    }

    /** dW_ih(j, i) = sum over rows of dA(row, j) * x(row, i). */
    Answer gradientOfInputWeight(float[] dWeight) {
        return new Answer("dInputWeight", dWeight, index -> {
            var sum = new BoundedSum();
            for (int row = 0; row < rows; row++) {
                int a = row * hidden + index / inputs;
                sum.add(dA[a], dAError[a], x[row * inputs + index % inputs], 0);
            }
            return sum.expected();
        });
    }

    /** dW_hh(j, l) = sum over rows of dA(row, j) * h(row - batch, l). */
    Answer gradientOfHiddenWeight(float[] dWeight) {
        return new Answer("dHiddenWeight", dWeight, index -> {
            var sum = new BoundedSum();
            for (int row = batch; row < rows; row++) {
                int a = row * hidden + index / hidden;
                int before = (row - batch) * hidden + index % hidden;
                sum.add(dA[a], dAError[a], h[before], hError[before]);
            }
            return sum.expected();
        });
    }

    /** db(j) = sum over rows of dA(row, j). */
    Answer gradientOfBias(float[] dBias) {
        return new Answer("dBias", dBias, index -> {
            var sum = new BoundedSum();
            for (int a = index; a < dA.length; a += hidden) {
                sum.add(1, 0, dA[a], dAError[a]);
            }
            return sum.expected();
        });
    }
}
