package org.lanewise.kernels.reference;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Arithmetic;

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

    /** y := a / b. */
    public static void divide(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = a[aOffset + i] / b[bOffset + i];
        }
    }

    /** y(o, m, i) := a(o, m, i) op b(m). */
    public static void broadcast(Arithmetic op, int outer, int middle, int inner, float[] a, int aOffset, float[] b,
            int bOffset, float[] y, int yOffset) {
        int at = 0;
        for (int o = 0; o < outer; o++) {
            for (int m = 0; m < middle; m++) {
                float right = b[bOffset + m];
                for (int i = 0; i < inner; i++, at++) {
                    float left = a[aOffset + at];
                    y[yOffset + at] = switch (op) {
                        case ADD -> left + right;
                        case SUBTRACT -> left - right;
                        case SUBTRACT_FROM -> right - left;
                        case MULTIPLY -> left * right;
                        case DIVIDE -> left / right;
                        case DIVIDE_INTO -> right / left;
                    };
                }
            }
        }
    }

    /** y(b, c, p) := scale(c)*x(b, c, p) + shift(c), without the shift if it is null. */
    public static void channelAffine(int batch, int channels, int pixels, float[] x, int xOffset, float[] scale,
            int scaleOffset, float @Nullable [] shift, int shiftOffset, float[] y, int yOffset) {
        int at = 0;
        for (int b = 0; b < batch; b++) {
            for (int c = 0; c < channels; c++) {
                float factor = scale[scaleOffset + c];
                for (int p = 0; p < pixels; p++, at++) {
                    float value = x[xOffset + at];
                    y[yOffset + at] = shift == null ? factor * value : Math.fma(factor, value, shift[shiftOffset + c]);
                }
            }
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
