package org.lanewise.kernels.math;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * {@link org.lanewise.kernels.BatchNorm} of channels with one pixel: vectors hold channels, whose statistics are sums over columns.
 * What follows is y(i, j) := (x(i, j) - mean(j))*a(j) + c(j), or backward dX(i, j) := a(j)*dY(i, j) + (x(i, j) - mean(j))*b(j) + c(j);
 * threads share its rows.
 */
final class BatchNormColumns extends SharedLoop {

    private static final ThreadLocal<BatchNormColumns> CURRENT = ThreadLocal.withInitial(BatchNormColumns::new);
    private static final float[] EMPTY = {};

    private int channels;
    private float[] x = EMPTY;
    private int xOffset;
    private float[] mean = EMPTY;
    private float[] a = EMPTY;
    private float[] b = EMPTY;
    private float[] c = EMPTY;
    /** y forward, dX backward. */
    private float[] result = EMPTY;
    private int resultOffset;
    /** null forward. */
    private float @Nullable [] dY;
    private int dYOffset;

    private BatchNormColumns() {
    }

    /** The loop of the calling thread. */
    static BatchNormColumns current() {
        return CURRENT.get();
    }

    /** Output and statistics of all channels. */
    void forward(int batch, int newChannels, float[] input, int inputOffset, float @Nullable [] weight,
            int weightOffset, float @Nullable [] bias, int biasOffset, float eps, float[] output, int outputOffset,
            float[] means, float[] vars, float[] rstds, Parallelism parallelism) {
        if (batch == 0) {
            Arrays.fill(means, 0, newChannels, Float.NaN);
            Arrays.fill(vars, 0, newChannels, Float.NaN);
            Arrays.fill(rstds, 0, newChannels, Float.NaN);
            return;
        }
        ReductionLoop.means(batch, newChannels, input, inputOffset, newChannels, means, 0, parallelism);
        ColumnLoop.current().squares(batch, newChannels, input, inputOffset, newChannels, means, 0, vars, 0,
                parallelism);
        VectorElementwise.divide(newChannels, vars, 0, batch, vars, 0);
        VectorNorms.reciprocalRoots(newChannels, vars, eps, rstds);
        float[] factors = factors(newChannels, weight, weightOffset, rstds);
        float[] shifts = Workspace.current().floats(Slot.COLUMN_SHIFTS, newChannels);
        if (bias == null) {
            Arrays.fill(shifts, 0, newChannels, 0);
        } else {
            System.arraycopy(bias, biasOffset, shifts, 0, newChannels);
        }
        dY = null;
        run(batch, newChannels, input, inputOffset, means, factors, EMPTY, shifts, output, outputOffset, parallelism);
    }

    /** All gradients of all channels. */
    void backward(int batch, int newChannels, float[] input, int inputOffset, float @Nullable [] weight,
            int weightOffset, float[] means, float[] rstds, float[] gradient, int gradientOffset, float[] dX,
            int dXOffset, float[] dWeight, float[] dBias, Parallelism parallelism) {
        ColumnLoop.current().sums(batch, newChannels, gradient, gradientOffset, newChannels, 0, dBias, 0, parallelism);
        ColumnLoop.current().dots(batch, newChannels, input, inputOffset, newChannels, means, 0, gradient,
                gradientOffset, dWeight, 0, parallelism);
        float[] factors = factors(newChannels, weight, weightOffset, rstds);
        float[] slopes = Workspace.current().floats(Slot.COLUMN_SLOPES, newChannels);
        float[] constants = Workspace.current().floats(Slot.COLUMN_SHIFTS, newChannels);
        // dX = a*dY - a*r*dWeight/n*(x - mean) - a*dBias/n, with h = (x - mean)*r put in
        VectorElementwise.multiply(newChannels, dWeight, 0, rstds, 0, dWeight, 0);
        for (int j = 0; j < newChannels; j++) {
            slopes[j] = (float) (-(double) factors[j] * rstds[j] * dWeight[j] / batch);
            constants[j] = (float) (-(double) factors[j] * dBias[j] / batch);
        }
        dY = gradient;
        dYOffset = gradientOffset;
        run(batch, newChannels, input, inputOffset, means, factors, slopes, constants, dX, dXOffset, parallelism);
    }

    /** weight*r. */
    private static float[] factors(int n, float @Nullable [] weight, int weightOffset, float[] rstd) {
        if (weight == null) {
            return rstd;
        }
        float[] factors = Workspace.current().floats(Slot.COLUMN_MEANS, n);
        VectorElementwise.multiply(n, weight, weightOffset, rstd, 0, factors, 0);
        return factors;
    }

    private void run(int batch, int newChannels, float[] input, int inputOffset, float[] means, float[] factors,
            float[] slopes, float[] constants, float[] output, int outputOffset, Parallelism parallelism) {
        channels = newChannels;
        x = input;
        xOffset = inputOffset;
        mean = means;
        a = factors;
        b = slopes;
        c = constants;
        result = output;
        resultOffset = outputOffset;
        try {
            shareLines(batch, channels, parallelism);
        } finally {
            x = EMPTY;
            mean = EMPTY;
            a = EMPTY;
            b = EMPTY;
            c = EMPTY;
            result = EMPTY;
            dY = null;
        }
    }

    @Override
    protected void run(int from, int to) {
        float[] gradient = dY;
        for (int i = from, at = from * channels; i < to; i++, at += channels) {
            if (gradient == null) {
                VectorNorms.normalize(channels, x, xOffset + at, mean, 0, a, c, result, resultOffset + at);
            } else {
                VectorNorms.combine(channels, gradient, dYOffset + at, a, x, xOffset + at, mean, 0, b, c, result,
                        resultOffset + at);
            }
        }
    }
}
