package org.lanewise.samples;

import java.util.Locale;
import java.util.random.RandomGenerator;

import org.lanewise.autograd.Tensor;
import org.lanewise.layers.Conv2d;
import org.lanewise.layers.CrossEntropyLoss;
import org.lanewise.layers.Layer;
import org.lanewise.layers.Linear;
import org.lanewise.layers.MaxPool2d;
import org.lanewise.layers.ReLU;
import org.lanewise.layers.data.ConfusionMatrix;
import picocli.CommandLine.Command;

/** A convolutional network learns to answer class 1. */
@Command(name = "cnn", mixinStandardHelpOptions = true, description = "two 3x3 convolutions with ReLU and pooling, then 3136-128-10, cross-entropy, SGD")
final class CnnSample extends ClassicSample {

    private static final int TARGET = 1;

    /** The classic network for images of 28 x 28 pixels. */
    static final class CNN extends Layer {
        private final Conv2d conv1;
        private final Conv2d conv2;
        private final MaxPool2d pool = new MaxPool2d(2, 2);
        private final ReLU relu = new ReLU();
        private final Linear fc1;
        private final Linear fc2;

        CNN(RandomGenerator random) {
            conv1 = child("conv1", new Conv2d(1, 32, 3, 1, 1, random));
            conv2 = child("conv2", new Conv2d(32, 64, 3, 1, 1, random));
            fc1 = child("fc1", new Linear(64 * 7 * 7, 128, random));
            fc2 = child("fc2", new Linear(128, 10, random));
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor y = pool.forward(relu.forward(conv1.forward(x))); // (N, 32, 14, 14)
            y = pool.forward(relu.forward(conv2.forward(y))); // (N, 64, 7, 7)
            y = y.reshape(-1, 64 * 7 * 7);
            return fc2.forward(relu.forward(fc1.forward(y)));
        }
    }

    private final CrossEntropyLoss criterion = new CrossEntropyLoss();

    @Override
    Layer define(RandomGenerator random) {
        return new CNN(random);
    }

    @Override
    Tensor input(RandomGenerator random) {
        return Tensor.randn(random, 1, 1, 28, 28);
    }

    @Override
    Tensor loss(Tensor output) {
        return criterion.forward(output, TARGET);
    }

    @Override
    String evaluate(Tensor output) {
        Tensor probabilities = output.softmax();
        int predicted = ConfusionMatrix.argmax(output, 0);
        return String.format(Locale.ROOT, "Evaluation: class %d with probability %.4f, target %d", predicted,
                probabilities.get(0, predicted), TARGET);
    }
}
