package org.lanewise.layers;

import org.lanewise.autograd.Tensor;

/**
 * Mean cross-entropy of logits and labels: the mean of log(sum over j of exp(x(i, j))) - x(i, label(i)). It contains the softmax,
 * so the network ends with its last linear layer.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html">torch.nn.CrossEntropyLoss</a>
 */
public final class CrossEntropyLoss {

    /** The loss. */
    public CrossEntropyLoss() {
    }

    /**
     * Computes the loss.
     *
     * @param logits shape (n, classes)
     * @param labels the class of each row, in [0, classes); do not change them before the backward pass
     * @return a scalar
     * @throws IllegalArgumentException if a shape does not fit or a label is out of range
     */
    public Tensor forward(Tensor logits, int... labels) {
        return org.lanewise.autograd.ops.CrossEntropyLoss.crossEntropyLoss(logits, labels);
    }
}
