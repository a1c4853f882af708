package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Elementwise;
import org.lanewise.kernels.Exponentials;

/**
 * y = log(x), the natural logarithm; dX = dY/x.
 *
 * @param x the input
 */
public record Log(Tensor x) implements Function {

    /**
     * Computes log(x), element by element.
     *
     * @param x the input
     * @return a tensor of the same shape
     */
    public static Tensor log(Tensor x) {
        Tensor y = Tape.newTensor(x.shape());
        Exponentials.log(x.size(), x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new Log(x)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        Elementwise.divide(x.size(), dY, 0, x.data(), 0, dY, 0, gradients.parallelism());
        gradients.give(x);
    }
}
