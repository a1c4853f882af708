package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Elementwise;

/**
 * y(n, c, p) = scale(c)*x(n, c, p) + shift(c) with constant scale and shift: a normalisation by fixed statistics.
 * dX(n, c, p) = scale(c)*dY(n, c, p).
 *
 * @param x     the input
 * @param scale a factor for each channel
 */
public record ChannelAffine(Tensor x, Tensor scale) implements Function {

    /**
     * Computes scale*x + shift, channel by channel.
     *
     * @param x     shape (N, C, H, W)
     * @param scale shape (C); it gets no gradient
     * @param shift shape (C); it gets no gradient
     * @return a tensor of the shape of x
     * @throws IllegalArgumentException if a shape does not fit, or the scale or shift requires a gradient
     */
    public static Tensor channelAffine(Tensor x, Tensor scale, Tensor shift) {
        Operands.rank("channelAffine", "input", x, 4, "(N, C, H, W)");
        Operands.shape("channelAffine", "scale", scale, x.dim(1));
        Operands.shape("channelAffine", "shift", shift, x.dim(1));
        if (scale.requiresGrad() || shift.requiresGrad()) {
            throw new IllegalArgumentException("channelAffine: scale and shift are constants and get no gradient, but "
                    + (scale.requiresGrad() ? "scale" : "shift") + " requires one");
        }
        Tensor y = Tape.newTensor(x.shape());
        Elementwise.channelAffine(x.dim(0), x.dim(1), pixels(x), x.data(), 0, scale.data(), 0, shift.data(), 0,
                y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new ChannelAffine(x, scale)) : y;
    }

    private static int pixels(Tensor x) {
        return x.dim(2) * x.dim(3);
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        Elementwise.channelAffine(x.dim(0), x.dim(1), pixels(x), dY, 0, scale.data(), 0, null, 0, dY, 0,
                gradients.parallelism());
        gradients.give(x);
    }
}
