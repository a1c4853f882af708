package org.lanewise.layers;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import org.lanewise.autograd.Tensor;

/**
 * PyTorch's default initialisation: uniform in [-1/sqrt(fanIn), 1/sqrt(fanIn)) for weights and biases of linear and convolution
 * layers. (PyTorch writes it as a Kaiming uniform distribution with a = sqrt(5), whose bound is
 * sqrt(6 / ((1 + 5) * fanIn)).)
 */
final class Init {

    private Init() {
    }

    static Tensor uniform(RandomGenerator random, double fanIn, int... shape) {
        float bound = (float) (1 / Math.sqrt(fanIn));
        return Tensor.uniform(random, -bound, bound, shape);
    }

    /** A generator for a layer whose caller does not care about the seed. */
    static RandomGenerator unseeded() {
        return new SplittableRandom();
    }

    static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + "=" + value + " must be positive");
        }
        return value;
    }

    /** Groups of channels, which are positive too. */
    static void groups(int groups, int inChannels, int outChannels) {
        positive("inChannels", inChannels);
        positive("outChannels", outChannels);
        positive("groups", groups);
        if (inChannels % groups != 0 || outChannels % groups != 0) {
            throw new IllegalArgumentException("groups=" + groups + " must divide inChannels=" + inChannels
                    + " and outChannels=" + outChannels);
        }
    }

    static int notNegative(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + "=" + value + " must not be negative");
        }
        return value;
    }

    /** As a float, which the kernels take. */
    static float finite(String name, double value) {
        if (!Float.isFinite((float) value)) {
            throw new IllegalArgumentException(name + "=" + value + " must be a finite float");
        }
        return (float) value;
    }

    /** A share of something, from none to all. */
    static double share(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + "=" + value + " must be in [0, 1]");
        }
        return value;
    }

    /** What is added to a variance. */
    static double eps(double eps) {
        if (!(eps >= 0 && eps < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("eps=" + eps + " must be finite and not negative");
        }
        return eps;
    }
}
