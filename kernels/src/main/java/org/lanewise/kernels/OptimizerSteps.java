package org.lanewise.kernels;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.math.VectorOptimizerSteps;
import org.lanewise.kernels.reference.ReferenceOptimizerSteps;

/**
 * The update that an optimizer makes to one parameter.
 */
public final class OptimizerSteps {

    private OptimizerSteps() {
    }

    /**
     * One step of stochastic gradient descent, as {@code torch.optim.SGD} makes it:
     *
     * <pre>
     *   g := gradient + weightDecay*p
     *   v := g                                    at the first step with momentum
     *   v := momentum*v + (1 - dampening)*g       at later steps
     *   p := p - lr*(nesterov ? g + momentum*v : v)
     * </pre>
     *
     * Without a velocity, p := p - lr*g, and momentum, dampening and nesterov are not used.
     *
     * @param n              number of elements
     * @param p              the parameter, changed in place
     * @param pOffset        index of its first element
     * @param gradient       its gradient
     * @param gradientOffset index of its first element
     * @param velocity       the velocity v, changed in place, or null for no momentum
     * @param velocityOffset index of its first element
     * @param lr             learning rate
     * @param momentum       factor of the velocity
     * @param dampening      damping of the gradient in the velocity
     * @param weightDecay    factor of the parameter that is added to the gradient
     * @param nesterov       whether to look ahead along the velocity
     * @param first          whether this is the first step, where the velocity holds nothing yet and is not read
     * @param parallelism    the threads that may be used
     * @throws IllegalArgumentException  if n is negative or a factor is not finite
     * @throws IndexOutOfBoundsException if a range leaves its array
     * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html">torch.optim.SGD</a>
     */
    public static void sgd(int n, float[] p, int pOffset, float[] gradient, int gradientOffset,
            float @Nullable [] velocity, int velocityOffset, float lr, float momentum, float dampening,
            float weightDecay,
            boolean nesterov, boolean first, Parallelism parallelism) {
        Checks.notNegative("n", n);
        Checks.range("p", p, pOffset, n);
        Checks.range("gradient", gradient, gradientOffset, n);
        Checks.finite("lr", lr);
        Checks.finite("momentum", momentum);
        Checks.finite("dampening", dampening);
        Checks.finite("weightDecay", weightDecay);
        boolean vectorized = Backend.current().vectorized();
        if (velocity == null) {
            Chunks.run(n, parallelism, (i, length) -> {
                if (vectorized) {
                    VectorOptimizerSteps.sgd(length, p, pOffset + i, gradient, gradientOffset + i, lr, weightDecay);
                } else {
                    ReferenceOptimizerSteps.sgd(length, p, pOffset + i, gradient, gradientOffset + i, lr, weightDecay);
                }
            });
            return;
        }
        Checks.range("velocity", velocity, velocityOffset, n);
        float decay = first ? 0 : momentum;
        float gain = first ? 1 : 1 - dampening;
        Chunks.run(n, parallelism, (i, length) -> {
            if (vectorized) {
                VectorOptimizerSteps.sgdMomentum(length, p, pOffset + i, gradient, gradientOffset + i,
                        velocity, velocityOffset + i, lr, momentum, decay, gain, weightDecay, nesterov);
            } else {
                ReferenceOptimizerSteps.sgdMomentum(length, p, pOffset + i, gradient, gradientOffset + i,
                        velocity, velocityOffset + i, lr, momentum, decay, gain, weightDecay, nesterov);
            }
        });
    }
}
