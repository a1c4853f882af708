package org.lanewise.kernels.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.lanewise.kernels.vector.Lanes;

/** The loops of {@link org.lanewise.kernels.OptimizerSteps}. */
public final class VectorOptimizerSteps {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private VectorOptimizerSteps() {
    }

    /** p := p - lr*(gradient + weightDecay*p). */
    public static void sgd(int n, float[] p, int pOffset, float[] gradient, int gradientOffset,
            float lr, float weightDecay) {
        FloatVector step = FloatVector.broadcast(S, -lr);
        FloatVector decayed = FloatVector.broadcast(S, weightDecay);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector old = FloatVector.fromArray(S, p, pOffset + i);
            FloatVector g = old.fma(decayed, FloatVector.fromArray(S, gradient, gradientOffset + i));
            g.fma(step, old).intoArray(p, pOffset + i);
        }
        for (; i < n; i++) {
            float old = p[pOffset + i];
            float g = Math.fma(old, weightDecay, gradient[gradientOffset + i]);
            p[pOffset + i] = Math.fma(g, -lr, old);
        }
    }

    /** v := decay*v + gain*g, where v is not read if decay is 0; p := p - lr*(nesterov ? g + momentum*v : v). */
    public static void sgdMomentum(int n, float[] p, int pOffset, float[] gradient, int gradientOffset,
            float[] velocity, int velocityOffset, float lr, float momentum, float decay, float gain, float weightDecay,
            boolean nesterov) {
        FloatVector step = FloatVector.broadcast(S, -lr);
        FloatVector decayed = FloatVector.broadcast(S, weightDecay);
        FloatVector kept = FloatVector.broadcast(S, decay);
        FloatVector ahead = FloatVector.broadcast(S, momentum);
        FloatVector zero = FloatVector.zero(S);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector old = FloatVector.fromArray(S, p, pOffset + i);
            FloatVector g = old.fma(decayed, FloatVector.fromArray(S, gradient, gradientOffset + i));
            FloatVector v = decay == 0 ? zero : FloatVector.fromArray(S, velocity, velocityOffset + i);
            v = v.fma(kept, g.mul(gain));
            v.intoArray(velocity, velocityOffset + i);
            FloatVector direction = nesterov ? v.fma(ahead, g) : v;
            direction.fma(step, old).intoArray(p, pOffset + i);
        }
        for (; i < n; i++) {
            float old = p[pOffset + i];
            float g = Math.fma(old, weightDecay, gradient[gradientOffset + i]);
            float v = Math.fma(decay == 0 ? 0 : velocity[velocityOffset + i], decay, g * gain);
            velocity[velocityOffset + i] = v;
            p[pOffset + i] = Math.fma(nesterov ? Math.fma(v, momentum, g) : v, -lr, old);
        }
    }
}
