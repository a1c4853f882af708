package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.LinearUnits;

/**
 * y = x where x > 0, else slope*x; dX = dY, else slope*dY.
 *
 * @param x the input
 * @param slope the slope for x that are not positive
 */
public record LeakyRelu(Tensor x, float slope) implements Function {

    /**
     * Computes it element by element.
     *
     * @param x the input
     * @param slope the slope for x that are not positive
     * @return a tensor of the same shape
     */
    public static Tensor leakyRelu(Tensor x, float slope) {
        Tensor y = Tape.newTensor(x.shape());
        LinearUnits.leakyRelu(x.size(), slope, x.data(), 0, y.data(), 0, Tape.parallelism());
        return Tape.recording(x) ? Tape.record(y, new LeakyRelu(x, slope)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        LinearUnits.leakyReluBackward(x.size(), slope, x.data(), 0, dY, 0, dY, 0, gradients.parallelism());
        gradients.give(x);
    }
}
