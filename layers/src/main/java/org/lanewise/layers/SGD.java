package org.lanewise.layers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.OptimizerSteps;
import org.lanewise.kernels.Parallelism;

/**
 * Stochastic gradient descent with momentum and weight decay, step by step as in PyTorch; see {@link OptimizerSteps#sgd}.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html">torch.optim.SGD</a>
 */
public final class SGD {

    /** A parameter and its velocity, which begins at the first step that finds a gradient. */
    private static final class Slot {
        final Tensor parameter;
        float @Nullable [] velocity;

        Slot(Tensor parameter) {
            this.parameter = parameter;
        }
    }

    private final List<Slot> slots = new ArrayList<>();
    private final float momentum;
    private final float dampening;
    private final float weightDecay;
    private final boolean nesterov;
    private double lr;

    /**
     * Plain gradient descent.
     *
     * @param parameters what is optimized
     * @param lr         learning rate
     * @throws IllegalArgumentException if lr is not positive and finite
     */
    public SGD(List<Parameter> parameters, double lr) {
        this(parameters, lr, 0, 0, 0, false);
    }

    /**
     * Gradient descent with momentum.
     *
     * @param parameters what is optimized
     * @param lr         learning rate
     * @param momentum   factor of the velocity; 0 for none
     */
    public SGD(List<Parameter> parameters, double lr, double momentum) {
        this(parameters, lr, momentum, 0, 0, false);
    }

    /**
     * Gradient descent with all its options, in PyTorch's order.
     *
     * @param parameters  what is optimized
     * @param lr          learning rate
     * @param momentum    factor of the velocity; 0 for none
     * @param dampening   damping of the gradient in the velocity
     * @param weightDecay factor of the parameter that is added to its gradient
     * @param nesterov    whether to look ahead along the velocity; needs momentum and no dampening
     * @throws IllegalArgumentException if lr is not positive and finite, another number negative or not finite, nesterov asked for
     *                                  without momentum or with dampening, or parameters empty or one of them listed twice
     */
    public SGD(List<Parameter> parameters, double lr, double momentum, double dampening, double weightDecay,
            boolean nesterov) {
        setLr(lr);
        this.momentum = notNegative("momentum", momentum);
        this.dampening = notNegative("dampening", dampening);
        this.weightDecay = notNegative("weightDecay", weightDecay);
        if (nesterov && (momentum == 0 || dampening != 0)) {
            throw new IllegalArgumentException("nesterov needs momentum above 0 and dampening 0, but momentum="
                    + momentum + " and dampening=" + dampening);
        }
        this.nesterov = nesterov;
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException(
                    "there are no parameters; a Layer declares its own by parameter() and its parts by child()");
        }
        Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Parameter parameter : parameters) {
            if (!seen.add(parameter.tensor())) {
                throw new IllegalArgumentException("the parameter " + parameter.name() + " is listed twice");
            }
            slots.add(new Slot(parameter.tensor()));
        }
    }

    /**
     * Changes the learning rate from the next step on.
     *
     * @param value the learning rate
     * @throws IllegalArgumentException if it is not positive and finite
     */
    public void setLr(double value) {
        // checked as the float that it becomes: 1e-50 and 1e50 are no learning rates either
        if (!((float) value > 0) || Float.isInfinite((float) value)) {
            throw new IllegalArgumentException("lr=" + value + " must be positive and finite");
        }
        lr = value;
    }

    /**
     * {@return the learning rate}
     */
    public double lr() {
        return lr;
    }

    /** Forgets the gradients of all parameters. */
    public void zeroGrad() {
        for (Slot slot : slots) {
            slot.parameter.zeroGrad();
        }
    }

    /** Changes each parameter that has a gradient, on the threads of {@link Parallelism#shared()}. */
    public void step() {
        step(Parallelism.shared());
    }

    /**
     * Changes each parameter that has a gradient.
     *
     * @param parallelism the threads that may be used
     */
    public void step(Parallelism parallelism) {
        for (Slot slot : slots) {
            Tensor gradient = slot.parameter.grad();
            if (gradient == null) {
                continue;
            }
            boolean first = momentum != 0 && slot.velocity == null;
            if (first) {
                slot.velocity = new float[gradient.size()];
            }
            OptimizerSteps.sgd(gradient.size(), slot.parameter.data(), 0, gradient.data(), 0, slot.velocity, 0,
                    (float) lr, momentum, dampening, weightDecay, nesterov, first, parallelism);
        }
    }

    private static float notNegative(String name, double value) {
        if (!(value >= 0) || Float.isInfinite((float) value)) {
            throw new IllegalArgumentException(name + "=" + value + " must be finite and not negative");
        }
        return (float) value;
    }
}
