package org.lanewise.samples;

import java.util.Locale;
import java.util.random.RandomGenerator;

import org.lanewise.autograd.Tensor;
import org.lanewise.layers.Layer;
import org.lanewise.layers.Linear;
import org.lanewise.layers.MSELoss;
import org.lanewise.layers.ReLU;
import picocli.CommandLine.Command;

/** A multi-layer perceptron learns to answer 1. */
@Command(name = "mlp", mixinStandardHelpOptions = true, description = "Linear(10, 5) - ReLU - Linear(5, 1), mean squared error, SGD")
final class MlpSample extends ClassicSample {

    /** Two linear layers with a ReLU between them. */
    static final class MLP extends Layer {
        private final Linear fc1;
        private final ReLU relu = new ReLU();
        private final Linear fc2;

        MLP(int inputSize, int hiddenSize, int outputSize, RandomGenerator random) {
            fc1 = child("fc1", new Linear(inputSize, hiddenSize, random));
            fc2 = child("fc2", new Linear(hiddenSize, outputSize, random));
        }

        @Override
        public Tensor forward(Tensor x) {
            return fc2.forward(relu.forward(fc1.forward(x)));
        }
    }

    private final MSELoss criterion = new MSELoss();
    private final Tensor target = Tensor.full(1, 1, 1);

    @Override
    Layer define(RandomGenerator random) {
        return new MLP(10, 5, 1, random);
    }

    @Override
    Tensor input(RandomGenerator random) {
        return Tensor.randn(random, 1, 10);
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
