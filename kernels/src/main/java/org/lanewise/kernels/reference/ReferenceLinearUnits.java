package org.lanewise.kernels.reference;

/** The meaning of {@link org.lanewise.kernels.LinearUnits}, in double precision rounded once. */
public final class ReferenceLinearUnits {

    private ReferenceLinearUnits() {
    }

    /** y := x/(1 + exp(-x)). */
    public static void silu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            double v = x[xOffset + i];
            y[yOffset + i] = (float) times(v, logistic(v));
        }
    }

    /** dX := dY times the derivative of silu at x. */
    public static void siluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        for (int i = 0; i < n; i++) {
            double v = x[xOffset + i];
            dX[dXOffset + i] = (float) (dY[dYOffset + i] * slope(v, v, logistic(v), logistic(-v)));
        }
    }

    /** y := x*P(X <= x) for a standard normal X. */
    public static void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            double v = x[xOffset + i];
            y[yOffset + i] = (float) times(v, Normal.distribution(v));
        }
    }

    /** dX := dY times the derivative of gelu at x. */
    public static void geluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        for (int i = 0; i < n; i++) {
            double v = x[xOffset + i];
            dX[dXOffset + i] = (float) (dY[dYOffset + i] * (Normal.distribution(v) + times(v, Normal.density(v))));
        }
    }

    /** y := x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715 x^3))) = x/(1 + exp(-z(x))). */
    public static void geluTanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            double v = x[xOffset + i];
            y[yOffset + i] = (float) times(v, logistic(gate(v)));
        }
    }

    /** dX := dY times the derivative of geluTanh at x. */
    public static void geluTanhBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        for (int i = 0; i < n; i++) {
            double v = x[xOffset + i];
            dX[dXOffset + i] = (float) (dY[dYOffset + i]
                    * slope(v, v * gateSlope(v), logistic(gate(v)), logistic(-gate(v))));
        }
    }

    private static double logistic(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }

    /** x*g, and its limit where x is infinite. */
    private static double times(double x, double g) {
        return g == 0 ? Math.copySign(0, x) : x * g;
    }

    /** g + b*g*(1 - g), and its limit. */
    private static double slope(double x, double b, double g, double complement) {
        return Double.isInfinite(x) ? g : g + b * g * complement;
    }

    /** z(x) = 2*sqrt(2/pi)*(x + 0.044715 x^3). */
    private static double gate(double x) {
        return 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    }

    private static double gateSlope(double x) {
        return 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
    }

    /** y := x where beta*x > threshold, else log(1 + exp(beta*x))/beta. */
    public static void softplus(int n, float beta, float threshold, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            float v = x[xOffset + i];
            double scaled = (double) beta * v;
            y[yOffset + i] = scaled > threshold
                    ? v
                    : (float) ((Math.max(scaled, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(scaled)))) / beta);
        }
    }

    /** dX := dY where beta*x > threshold, else dY/(1 + exp(-beta*x)). */
    public static void softplusBackward(int n, float beta, float threshold, float[] x, int xOffset, float[] dY,
            int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i++) {
            double scaled = (double) beta * x[xOffset + i];
            float dy = dY[dYOffset + i];
            dX[dXOffset + i] = scaled > threshold ? dy : (float) (dy * logistic(scaled));
        }
    }

    /** y := x where x > 0, else alpha*(exp(x) - 1). */
    public static void elu(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            float v = x[xOffset + i];
            y[yOffset + i] = v > 0 ? v : (float) (alpha * StrictMath.expm1(v));
        }
    }

    /** dX := dY where x > 0, else dY*alpha*exp(x). */
    public static void eluBackward(int n, float alpha, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        for (int i = 0; i < n; i++) {
            float dy = dY[dYOffset + i];
            float v = x[xOffset + i];
            dX[dXOffset + i] = v > 0 ? dy : (float) ((double) dy * alpha * StrictMath.exp(v));
        }
    }

    /** y := x where x > 0, else slope*x. */
    public static void leakyRelu(int n, float slope, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            float v = x[xOffset + i];
            y[yOffset + i] = v > 0 ? v : v * slope;
        }
    }

    /** dX := dY where x > 0, else slope*dY. */
    public static void leakyReluBackward(int n, float slope, float[] x, int xOffset, float[] dY, int dYOffset,
            float[] dX, int dXOffset) {
        for (int i = 0; i < n; i++) {
            float dy = dY[dYOffset + i];
            dX[dXOffset + i] = x[xOffset + i] > 0 ? dy : dy * slope;
        }
    }
}
