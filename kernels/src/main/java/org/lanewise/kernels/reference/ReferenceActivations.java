package org.lanewise.kernels.reference;

/** The meaning of {@link org.lanewise.kernels.Activations}, in double precision rounded once. */
public final class ReferenceActivations {

    private ReferenceActivations() {
    }

    /** y := max(x, 0), NaN kept. */
    public static void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            float v = x[xOffset + i];
            y[yOffset + i] = v < 0 ? 0 : v;
        }
    }

    /** dX := dY where y > 0, else 0. */
    public static void reluBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i++) {
            dX[dXOffset + i] = y[yOffset + i] > 0 ? dY[dYOffset + i] : 0;
        }
    }

    /** y := tanh(x). */
    public static void tanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = (float) StrictMath.tanh(x[xOffset + i]);
        }
    }

    /** dX := dY * (1 - y^2). */
    public static void tanhBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i++) {
            double v = y[yOffset + i];
            dX[dXOffset + i] = (float) (dY[dYOffset + i] * (1 - v * v));
        }
    }

    /** y := 1 / (1 + exp(-x)). */
    public static void sigmoid(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = (float) (1 / (1 + StrictMath.exp(-x[xOffset + i])));
        }
    }

    /** dX := dY * y * (1 - y). */
    public static void sigmoidBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        for (int i = 0; i < n; i++) {
            double v = y[yOffset + i];
            dX[dXOffset + i] = (float) (dY[dYOffset + i] * v * (1 - v));
        }
    }
}
