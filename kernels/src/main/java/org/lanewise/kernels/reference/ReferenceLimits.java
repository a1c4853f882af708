package org.lanewise.kernels.reference;

import java.util.Arrays;

/** The meaning of {@link org.lanewise.kernels.MachineLimits}. */
public final class ReferenceLimits {

    private ReferenceLimits() {
    }

    /** x + rounds*(x*y). */
    public static float multiplyAdds(int rounds, float x, float y) {
        float sum = x;
        for (int i = 0; i < rounds; i++) {
            sum = Math.fma(x, y, sum);
        }
        return sum;
    }

    /** The sum of x. */
    public static float read(int n, float[] x) {
        float sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[i];
        }
        return sum;
    }

    /** x[i] := value. */
    public static void write(int n, float value, float[] x) {
        Arrays.fill(x, 0, n, value);
    }

    /** a := b + s*c. */
    public static void triad(int n, float s, float[] b, float[] c, float[] a) {
        for (int i = 0; i < n; i++) {
            a[i] = Math.fma(s, c[i], b[i]);
        }
    }
}
