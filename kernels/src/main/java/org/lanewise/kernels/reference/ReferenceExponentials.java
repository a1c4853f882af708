package org.lanewise.kernels.reference;

/** The meaning of {@link org.lanewise.kernels.Exponentials}, in double precision rounded once. */
public final class ReferenceExponentials {

    private ReferenceExponentials() {
    }

    /** y := exp(x). */
    public static void exp(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = (float) StrictMath.exp(x[xOffset + i]);
        }
    }

    /** y := log(x), the natural logarithm. */
    public static void log(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = (float) StrictMath.log(x[xOffset + i]);
        }
    }
}
