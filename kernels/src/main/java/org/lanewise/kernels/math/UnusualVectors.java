package org.lanewise.kernels.math;

import org.lanewise.kernels.vector.CompiledApart;

/** One vector with elements that the short ways of {@link VectorExponentials} are not for. */
@SuppressWarnings("serial") // never an instance
final class UnusualVectors extends CompiledApart {

    private UnusualVectors() {
    }

    /** y := exp(x). */
    static void exp(float[] x, int xOffset, float[] y, int yOffset) {
        expVector(x, xOffset, y, yOffset);
    }

    private static void expVector(float[] x, int xOffset, float[] y, int yOffset) {
        VectorMath.exp(VectorMath.load(x, xOffset)).intoArray(y, yOffset);
    }

    /** y := log(x). */
    static void log(float[] x, int xOffset, float[] y, int yOffset) {
        logVector(x, xOffset, y, yOffset);
    }

    private static void logVector(float[] x, int xOffset, float[] y, int yOffset) {
        VectorMath.log(VectorMath.load(x, xOffset)).intoArray(y, yOffset);
    }
}
