package org.lanewise.samples;

import java.util.random.RandomGenerator;

import org.lanewise.autograd.Tensor;
import org.lanewise.layers.Conv2d;
import org.lanewise.layers.Flatten;
import org.lanewise.layers.Layer;
import org.lanewise.layers.Linear;
import org.lanewise.layers.MaxPool2d;
import org.lanewise.layers.RNN;
import org.lanewise.layers.ReLU;
import org.lanewise.layers.Sequential;

/**
 * The networks that recognise digits, each with the training that suits it.
 */
enum DigitsModel {

    /** 64 pixels - 128 - 10. */
    mlp(30, 0.1) {
        @Override
        Layer define(RandomGenerator random) {
            return new Sequential(new Flatten(),
                    new Linear(Digits.SIDE * Digits.SIDE, 128, random), new ReLU(),
                    new Linear(128, Digits.CLASSES, random));
        }
    },

    /** Two 3x3 convolutions, each with pooling, then 128 - 64 - 10. */
    cnn(15, 0.05) {
        @Override
        Layer define(RandomGenerator random) {
            return new Sequential(
                    new Conv2d(1, 16, 3, 1, 1, random), new ReLU(), new MaxPool2d(2, 2), // (N, 16, 4, 4)
                    new Conv2d(16, 32, 3, 1, 1, random), new ReLU(), new MaxPool2d(2, 2), // (N, 32, 2, 2)
                    new Flatten(),
                    new Linear(32 * 2 * 2, 64, random), new ReLU(),
                    new Linear(64, Digits.CLASSES, random));
        }
    },

    /** The 8 rows of an image are 8 time steps; the last state is classified. */
    rnn(40, 0.05) {
        @Override
        Layer define(RandomGenerator random) {
            return new RowReader(64, random);
        }
    };

    private static final class RowReader extends Layer {
        private final RNN rnn;
        private final Linear fc;

        RowReader(int hiddenSize, RandomGenerator random) {
            rnn = child("rnn", new RNN(Digits.SIDE, hiddenSize, true, random));
            fc = child("fc", new Linear(hiddenSize, Digits.CLASSES, random));
        }

        @Override
        public Tensor forward(Tensor images) {
            Tensor states = rnn.forward(images.reshape(-1, Digits.SIDE, Digits.SIDE)); // (N, T, H)
            return fc.forward(states.select(1, -1));
        }
    }

    /** Passes over the training data. */
    final int epochs;
    /** Learning rate. */
    final double lr;

    DigitsModel(int epochs, double lr) {
        this.epochs = epochs;
        this.lr = lr;
    }

    abstract Layer define(RandomGenerator random);
}
