package org.lanewise.samples;

import java.util.Locale;
import java.util.random.RandomGenerator;

import org.lanewise.autograd.Tensor;
import org.lanewise.layers.Layer;
import org.lanewise.layers.Linear;
import org.lanewise.layers.MSELoss;
import org.lanewise.layers.RNN;
import picocli.CommandLine.Command;

/** A recurrent network learns to answer 1. */
@Command(name = "rnn", mixinStandardHelpOptions = true, description = "RNN(10, 5) - Linear(5, 1) on the last state, mean squared error, SGD")
final class RnnSample extends ClassicSample {

    /** A recurrent layer and a linear one on its last state. */
    static final class RecurrentNet extends Layer {
        private final RNN rnn;
        private final Linear fc;

        RecurrentNet(int inputSize, int hiddenSize, int outputSize, RandomGenerator random) {
            rnn = child("rnn", new RNN(inputSize, hiddenSize, true, random));
            fc = child("fc", new Linear(hiddenSize, outputSize, random));
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor states = rnn.forward(x); // (B, T, H)
            return fc.forward(states.select(1, -1));
        }
    }

    private final MSELoss criterion = new MSELoss();
    private final Tensor target = Tensor.full(1, 1, 1);

    @Override
    Layer define(RandomGenerator random) {
        return new RecurrentNet(10, 5, 1, random);
    }

    @Override
    Tensor input(RandomGenerator random) {
        return Tensor.randn(random, 1, 1, 10);
    }

    @Override
    Tensor loss(Tensor output) {
        return criterion.forward(output, target);
    }

    @Override
    String evaluate(Tensor output) {
        return String.format(Locale.ROOT, "Evaluation: output %.4f, target 1.0", output.item());
    }
}
