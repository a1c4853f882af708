package org.lanewise.kernels.math;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.SharedLoop;

/** The channels of {@link org.lanewise.kernels.BatchNorm}; threads share them. Those with one pixel go to {@link BatchNormColumns}. */
public final class BatchNormLoop extends SharedLoop {

    private static final ThreadLocal<BatchNormLoop> CURRENT = ThreadLocal.withInitial(BatchNormLoop::new);
    private static final float[] EMPTY = {};

    private int batch;
    private int channels;
    private int pixels;
    private float[] x = EMPTY;
    private int xOffset;
    private float @Nullable [] weight;
    private int weightOffset;
    private float @Nullable [] bias;
    private int biasOffset;
    private float eps;
    private float[] mean = EMPTY;
    private float[] var = EMPTY;
    private float[] rstd = EMPTY;
    /** y forward, dX backward. */
    private float[] result = EMPTY;
    private int resultOffset;
    /** null forward. */
    private float @Nullable [] dY;
    private int dYOffset;
    private float[] dWeight = EMPTY;
    private float[] dBias = EMPTY;

    private BatchNormLoop() {
    }

    /** The loop of the calling thread. */
    public static BatchNormLoop current() {
        return CURRENT.get();
    }

    /** Output and statistics of all channels. */
    public void forward(int newBatch, int newChannels, int newPixels, float[] input, int inputOffset,
            float @Nullable [] factors, int factorsOffset, float @Nullable [] added, int addedOffset, float newEps,
            float[] output, int outputOffset, float[] means, float[] vars, float[] rstds, Parallelism parallelism) {
        if (newPixels == 1) {
            BatchNormColumns.current().forward(newBatch, newChannels, input, inputOffset, factors, factorsOffset, added,
                    addedOffset, newEps, output, outputOffset, means, vars, rstds, parallelism);
            return;
        }
        bias = added;
        biasOffset = addedOffset;
        eps = newEps;
        var = vars;
        dY = null;
        run(newBatch, newChannels, newPixels, input, inputOffset, factors, factorsOffset, means, rstds, output,
                outputOffset, parallelism);
    }

    /** All gradients of all channels. */
    public void backward(int newBatch, int newChannels, int newPixels, float[] input, int inputOffset,
            float @Nullable [] factors, int factorsOffset, float[] means, float[] rstds, float[] gradient,
            int gradientOffset, float[] dX, int dXOffset, float[] byWeight, float[] byBias, Parallelism parallelism) {
        if (newPixels == 1 && newBatch > 0) {
            BatchNormColumns.current().backward(newBatch, newChannels, input, inputOffset, factors, factorsOffset,
                    means, rstds, gradient, gradientOffset, dX, dXOffset, byWeight, byBias, parallelism);
            return;
        }
        dY = gradient;
        dYOffset = gradientOffset;
        dWeight = byWeight;
        dBias = byBias;
        run(newBatch, newChannels, newPixels, input, inputOffset, factors, factorsOffset, means, rstds, dX, dXOffset,
                parallelism);
    }

    private void run(int newBatch, int newChannels, int newPixels, float[] input, int inputOffset,
            float @Nullable [] factors, int factorsOffset, float[] means, float[] rstds, float[] output,
            int outputOffset, Parallelism parallelism) {
        batch = newBatch;
        channels = newChannels;
        pixels = newPixels;
        x = input;
        xOffset = inputOffset;
        weight = factors;
        weightOffset = factorsOffset;
        mean = means;
        rstd = rstds;
        result = output;
        resultOffset = outputOffset;
        try {
            float[] gradient = dY;
            if (gradient != null && (long) batch * pixels == 0) {
                Arrays.fill(dWeight, 0, channels, 0);
                Arrays.fill(dBias, 0, channels, 0);
            } else {
                shareLines(channels, batch * pixels, parallelism);
            }
        } finally {
            x = EMPTY;
            weight = null;
            bias = null;
            mean = EMPTY;
            var = EMPTY;
            rstd = EMPTY;
            result = EMPTY;
            dY = null;
            dWeight = EMPTY;
            dBias = EMPTY;
        }
    }

    @Override
    protected void run(int from, int to) {
        float[] gradient = dY;
        for (int c = from; c < to; c++) {
            if (gradient == null) {
                forwardChannel(c);
            } else {
                backwardChannel(c, gradient);
            }
        }
    }

    private int plane(int b, int c) {
        return (b * channels + c) * pixels;
    }

    private void forwardChannel(int c) {
        double sum = 0;
        for (int b = 0; b < batch; b++) {
            sum += VectorReductions.sum(pixels, x, xOffset + plane(b, c));
        }
        int n = batch * pixels;
        double exact = sum / n;
        double squares = 0;
        for (int b = 0; b < batch; b++) {
            squares += ReductionLoop.deviations(exact, pixels, x, xOffset + plane(b, c));
        }
        statistics(c, (float) exact, squares / n);
        float scale = scale(c);
        for (int b = 0; b < batch; b++) {
            VectorNorms.normalize(pixels, x, xOffset + plane(b, c), mean[c], scale, shift(c), result,
                    resultOffset + plane(b, c));
        }
    }

    private void statistics(int c, float middle, double variance) {
        mean[c] = middle;
        var[c] = (float) variance;
        rstd[c] = (float) (1 / Math.sqrt(variance + eps));
    }

    /** weight(c)*r(c). */
    private float scale(int c) {
        float[] factors = weight;
        return factors == null ? rstd[c] : factors[weightOffset + c] * rstd[c];
    }

    private float shift(int c) {
        float[] added = bias;
        return added == null ? 0 : added[biasOffset + c];
    }

    private void backwardChannel(int c, float[] gradient) {
        double sum = 0;
        double dot = 0;
        for (int b = 0; b < batch; b++) {
            int at = plane(b, c);
            sum += VectorReductions.sum(pixels, gradient, dYOffset + at);
            dot += VectorReductions.dot(pixels, x, xOffset + at, mean[c], gradient, dYOffset + at);
        }
        dBias[c] = (float) sum;
        dWeight[c] = (float) (dot * rstd[c]);
        float a = scale(c);
        float slope = slope(c, dot);
        float constant = constant(c, sum);
        for (int b = 0; b < batch; b++) {
            int at = plane(b, c);
            VectorNorms.combine(pixels, gradient, dYOffset + at, a, x, xOffset + at, mean[c], slope, constant, result,
                    resultOffset + at);
        }
    }

    // dX = a*dY + slope*(x - mean) + constant, with h = (x - mean)*r put in.

    private float slope(int c, double dot) {
        return (float) (-(double) scale(c) * rstd[c] * rstd[c] * dot / ((double) batch * pixels));
    }

    private float constant(int c, double sum) {
        return (float) (-scale(c) * sum / ((double) batch * pixels));
    }
}
