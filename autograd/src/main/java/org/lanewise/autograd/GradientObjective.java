package org.lanewise.autograd;

import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * The number s = sum of r(i)*y(i) that a {@link GradientCheck} differentiates.
 *
 * @param function computes y
 * @param weights  r
 * @param noise    what the rounding of each y(i) makes of s: independent errors, four times their deviation
 */
record GradientObjective(Supplier<Tensor> function, float[] weights, double noise) {

    /** Half a unit in the last place of 1. */
    private static final double ROUNDING = 0x1p-24;

    /** Chooses r, random numbers of either sign and none of them small, and runs backward from them once. */
    static GradientObjective differentiate(Supplier<Tensor> function, SplittableRandom random) {
        try (Tape tape = Tape.open()) {
            Tensor y = function.get();
            Tensor weights = Tensor.zeros(y.shape().dims());
            double squares = 0;
            for (int i = 0; i < weights.size(); i++) {
                float magnitude = 0.5f + 0.5f * (random.nextInt(1 << 23) * 0x1p-23f);
                float r = random.nextBoolean() ? magnitude : -magnitude;
                weights.data()[i] = r;
                double term = (double) r * y.data()[i];
                squares += term * term;
            }
            tape.backward(y, weights);
            return new GradientObjective(function, weights.data(), ROUNDING * Math.sqrt(squares) * 4);
        }
    }

    /** s, where the inputs stand now. */
    double value() {
        try (Tape _ = Tape.noGrad()) {
            float[] y = function.get().data();
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                sum += (double) y[i] * weights[i];
            }
            return sum;
        }
    }
}
