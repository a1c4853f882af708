package org.lanewise.kernels.reference;

/** The meaning of {@link org.lanewise.kernels.Elementwise}. */
public final class ReferenceElementwise {

    private ReferenceElementwise() {
    }

    /** y := a + b. */
    public static void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = a[aOffset + i] + b[bOffset + i];
        }
    }

    /** y := a - b. */
    public static void subtract(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = a[aOffset + i] - b[bOffset + i];
        }
    }

    /** y := a * b. */
    public static void multiply(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = a[aOffset + i] * b[bOffset + i];
        }
    }

    /** y := alpha*x + beta*y. */
    public static void axpby(int n, float alpha, float[] x, int xOffset, float beta, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            double product = (double) alpha * x[xOffset + i];
            y[yOffset + i] = (float) (beta == 0 ? product : product + (double) beta * y[yOffset + i]);
        }
    }
}
