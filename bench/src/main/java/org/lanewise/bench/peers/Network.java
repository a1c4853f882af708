package org.lanewise.bench.peers;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A network with its data, for one step of training by SGD.
 *
 * <pre>
 *   MLP   Linear(sizes[0], sizes[1]) - ReLU - Linear(sizes[1], sizes[2]);                x is (batch, sizes[0])
 *   CNN   Conv2d(1, 32, 3, 1, 1) - ReLU - MaxPool2d(2, 2) - Conv2d(32, 64, 3, 1, 1) - ReLU - MaxPool2d(2, 2) - Flatten
 *         - Linear(3136, 128) - ReLU - Linear(128, 10);                                  x is (batch, 1, 28, 28)
 *   RNN   RNN(sizes[0], sizes[1], tanh) - its last state - Linear(sizes[1], sizes[2]);   x is (batch, steps, sizes[0])
 * </pre>
 *
 * @param kind         the architecture
 * @param batch        samples
 * @param steps        time steps; 1 unless the network is recurrent
 * @param sizes        sizes of the layers; empty for the CNN
 * @param parameters   arrays under PyTorch's names: {@code fc1.weight}, {@code fc1.bias}, {@code fc2.weight}, {@code fc2.bias}; before them
 *                     {@code conv1.*} and {@code conv2.*} in the CNN; {@code rnn.weight_ih_l0}, {@code rnn.weight_hh_l0},
 *                     {@code rnn.bias_ih_l0}, {@code rnn.bias_hh_l0}, {@code fc.weight} and {@code fc.bias} in the RNN
 * @param x            the input
 * @param target       what a mean squared error compares with, (batch, 1); null if the loss is cross-entropy
 * @param labels       the classes for the cross-entropy; null if the loss is the mean squared error
 * @param learningRate of SGD; a tiny one makes every step the same work on the same numbers
 */
public record Network(Kind kind, int batch, int steps, int[] sizes, Map<String, float[]> parameters, float[] x,
        float @Nullable [] target, int @Nullable [] labels, float learningRate) {

    /** The architecture. */
    public enum Kind {
        /** Two linear layers. */
        MLP,
        /** Two convolutions and two linear layers. */
        CNN,
        /** A tanh recurrence and a linear layer. */
        RNN
    }
}
