package org.lanewise.kernels.math;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.SharedLoop;

/** The rows of {@link org.lanewise.kernels.LayerNorm}; threads share them. */
public final class LayerNormLoop extends SharedLoop {

    private static final ThreadLocal<LayerNormLoop> CURRENT = ThreadLocal.withInitial(LayerNormLoop::new);
    private static final float[] EMPTY = {};

    private int columns;
    private float[] x = EMPTY;
    private int xOffset;
    private float @Nullable [] weight;
    private int weightOffset;
    private float @Nullable [] bias;
    private int biasOffset;
    private float eps;
    private float[] mean = EMPTY;
    private int meanOffset;
    private float[] rstd = EMPTY;
    private int rstdOffset;
    /** y forward, dX backward. */
    private float[] result = EMPTY;
    private int resultOffset;
    /** null forward. */
    private float @Nullable [] dY;
    private int dYOffset;

    private LayerNormLoop() {
    }

    /** The loop of the calling thread. */
    public static LayerNormLoop current() {
        return CURRENT.get();
    }

    /** Output, means and r of all rows. */
    public void forward(int rows, int newColumns, float[] input, int inputOffset, float @Nullable [] factors,
            int factorsOffset, float @Nullable [] added, int addedOffset, float newEps, float[] output,
            int outputOffset, float[] means, int meansOffset, float[] rstds, int rstdsOffset, Parallelism parallelism) {
        bias = added;
        biasOffset = addedOffset;
        eps = newEps;
        dY = null;
        run(rows, newColumns, input, inputOffset, factors, factorsOffset, means, meansOffset, rstds, rstdsOffset,
                output, outputOffset, parallelism);
    }

    /** The gradient by the input, of all rows. */
    public void backward(int rows, int newColumns, float[] input, int inputOffset, float @Nullable [] factors,
            int factorsOffset, float[] means, int meansOffset, float[] rstds, int rstdsOffset, float[] gradient,
            int gradientOffset, float[] dX, int dXOffset, Parallelism parallelism) {
        dY = gradient;
        dYOffset = gradientOffset;
        run(rows, newColumns, input, inputOffset, factors, factorsOffset, means, meansOffset, rstds, rstdsOffset, dX,
                dXOffset, parallelism);
    }

    private void run(int rows, int newColumns, float[] input, int inputOffset, float @Nullable [] factors,
            int factorsOffset, float[] means, int meansOffset, float[] rstds, int rstdsOffset, float[] output,
            int outputOffset, Parallelism parallelism) {
        columns = newColumns;
        x = input;
        xOffset = inputOffset;
        weight = factors;
        weightOffset = factorsOffset;
        mean = means;
        meanOffset = meansOffset;
        rstd = rstds;
        rstdOffset = rstdsOffset;
        result = output;
        resultOffset = outputOffset;
        try {
            shareLines(rows, columns, parallelism);
        } finally {
            x = EMPTY;
            weight = null;
            bias = null;
            mean = EMPTY;
            rstd = EMPTY;
            result = EMPTY;
            dY = null;
        }
    }

    @Override
    protected void run(int from, int to) {
        float[] gradient = dY;
        if (gradient == null && ShortRows.suit(to - from, columns)) {
            ShortRows.current().layerNorm(to - from, columns, x, xOffset + from * columns, weight, weightOffset, bias,
                    biasOffset, eps, result, resultOffset + from * columns, mean, meanOffset + from, rstd,
                    rstdOffset + from);
            return;
        }
        for (int i = from; i < to; i++) {
            if (gradient == null) {
                forwardRow(i, xOffset + i * columns, resultOffset + i * columns);
            } else {
                VectorLayerNorm.gradient(columns, x, xOffset + i * columns, mean[meanOffset + i], rstd[rstdOffset + i],
                        weight, weightOffset, gradient, dYOffset + i * columns, result, resultOffset + i * columns);
            }
        }
    }

    private void forwardRow(int i, int xAt, int yAt) {
        double exact = VectorReductions.sum(columns, x, xAt) / columns;
        float middle = (float) exact;
        double variance = ReductionLoop.deviations(exact, columns, x, xAt) / columns;
        float r = (float) (1 / Math.sqrt(variance + eps));
        mean[meanOffset + i] = middle;
        rstd[rstdOffset + i] = r;
        VectorLayerNorm.normalize(columns, x, xAt, middle, r, weight, weightOffset, bias, biasOffset, result, yAt);
    }
}
