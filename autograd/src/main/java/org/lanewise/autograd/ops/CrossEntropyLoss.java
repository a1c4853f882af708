package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.CrossEntropy;

/**
 * Mean cross-entropy of logits and labels, with softmax fused into it:
 * y = 1/n * sum of (log(sum of exp(x(i))) - x(i, label(i))); dX = dY/n * (softmax(x) - onehot(label)).
 *
 * @param logits        the logits
 * @param probabilities softmax(logits)
 * @param labels        the class of each row
 */
public record CrossEntropyLoss(Tensor logits, Tensor probabilities, int[] labels) implements Function {

    /**
     * Computes the mean cross-entropy.
     *
     * @param logits shape (n, classes)
     * @param labels n labels in [0, classes); do not change them before the backward pass
     * @return a scalar
     * @throws IllegalArgumentException if a shape does not fit or a label is out of range
     */
    public static Tensor crossEntropyLoss(Tensor logits, int... labels) {
        Operands.rank("crossEntropyLoss", "logits", logits, 2, "(n, classes)");
        int rows = logits.dim(0);
        if (labels.length != rows) {
            throw new IllegalArgumentException("crossEntropyLoss: expected a label for each row of " + logits.shape()
                    + " but got " + labels.length);
        }
        Tensor probabilities = Tape.newTensor(logits.shape());
        Tensor y = Tape.newTensor(Shape.of());
        y.data()[0] = CrossEntropy.forward(rows, logits.dim(1), logits.data(), 0, labels, 0, probabilities.data(), 0,
                Tape.parallelism());
        return Tape.recording(logits) ? Tape.record(y, new CrossEntropyLoss(logits, probabilities, labels)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float dLoss = gradients.dY()[0];
        gradients.compute(logits, dX -> CrossEntropy.backward(logits.dim(0), logits.dim(1), dLoss,
                probabilities.data(), 0, labels, 0, dX, 0, gradients.parallelism()));
    }
}
