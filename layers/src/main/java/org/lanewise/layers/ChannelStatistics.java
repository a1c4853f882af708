package org.lanewise.layers;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;

/** A normalisation by constant statistics as an affine map of each channel: scale*x + shift. */
final class ChannelStatistics {

    private ChannelStatistics() {
    }

    /** weight / sqrt(var + eps). */
    static double[] scale(@Nullable Tensor weight, Tensor var, double eps) {
        double[] scale = new double[var.size()];
        Arrays.setAll(scale, c -> (weight == null ? 1 : weight.data()[c]) / Math.sqrt(var.data()[c] + eps));
        return scale;
    }

    /** bias - mean*scale. */
    static double[] shift(double[] scale, Tensor mean, @Nullable Tensor bias) {
        double[] shift = new double[scale.length];
        Arrays.setAll(shift, c -> Math.fma(-scale[c], mean.data()[c], bias == null ? 0 : bias.data()[c]));
        return shift;
    }

    /** As floats, in an array of the tape's if there is one. */
    static Tensor rounded(double[] values) {
        Tensor result = Tape.newTensor(Shape.of(values.length));
        for (int i = 0; i < values.length; i++) {
            result.data()[i] = (float) values[i];
        }
        return result;
    }
}
