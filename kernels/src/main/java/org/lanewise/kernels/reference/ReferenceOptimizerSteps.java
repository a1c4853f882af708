package org.lanewise.kernels.reference;

/** The meaning of {@link org.lanewise.kernels.OptimizerSteps}. */
public final class ReferenceOptimizerSteps {

    private ReferenceOptimizerSteps() {
    }

    /** p := p - lr*(gradient + weightDecay*p). */
    public static void sgd(int n, float[] p, int pOffset, float[] gradient, int gradientOffset,
            float lr, float weightDecay) {
        for (int i = 0; i < n; i++) {
            double old = p[pOffset + i];
            p[pOffset + i] = (float) (old - lr * (gradient[gradientOffset + i] + weightDecay * old));
        }
    }

    /** v := decay*v + gain*g, where v is not read if decay is 0; p := p - lr*(nesterov ? g + momentum*v : v). */
    public static void sgdMomentum(int n, float[] p, int pOffset, float[] gradient, int gradientOffset,
            float[] velocity, int velocityOffset, float lr, float momentum, float decay, float gain, float weightDecay,
            boolean nesterov) {
        for (int i = 0; i < n; i++) {
            double old = p[pOffset + i];
            double g = gradient[gradientOffset + i] + weightDecay * old;
            double v = gain * g + (decay == 0 ? 0 : decay * (double) velocity[velocityOffset + i]);
            velocity[velocityOffset + i] = (float) v;
            p[pOffset + i] = (float) (old - lr * (nesterov ? g + momentum * v : v));
        }
    }
}
