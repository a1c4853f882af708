package org.lanewise.layers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.lanewise.layers.PyTorchFixtures.doubles;
import static org.lanewise.layers.PyTorchFixtures.generate;
import static org.lanewise.layers.PyTorchFixtures.ints;

/**
 * The three classic programs train as in PyTorch: from the same parameters and inputs, the loss of every step is PyTorch's in double
 * precision.
 *
 * <p>
 * Tolerance: PyTorch's own float run strays from its double run by up to 2.0e-7 over these steps (both are in the file), for losses
 * of the order of 1. Ours may stray five times as far, 1e-6.
 */
class PyTorchProgramsTest {

    private static final double TOLERANCE = 1e-6;

    @TestFactory
    Stream<DynamicTest> lossesAgreeStepByStep() throws IOException {
        return PyTorchFixtures.cases("programs.json").filter(fixture -> fixture.has("losses64"))
                .map(fixture -> DynamicTest.dynamicTest(fixture.get("name").asText(), () -> train(fixture)));
    }

    private static void train(JsonNode fixture) {
        Layer model = define(fixture.get("program").asText());
        List<String> names = new ArrayList<>();
        for (JsonNode spec : fixture.get("parameters")) {
            Parameter parameter = model.parameters().get(names.size());
            names.add(spec.get("name").asText());
            assertThat(parameter.tensor().shape().dims()).isEqualTo(ints(spec.get("shape")));
            float[] values = generate(spec).data();
            System.arraycopy(values, 0, parameter.tensor().data(), 0, values.length);
        }
        assertThat(model.parameters()).extracting(Parameter::name).isEqualTo(names);

        JsonNode args = fixture.get("args");
        SGD optimizer = new SGD(model.parameters(), args.get("lr").asDouble(), args.get("momentum").asDouble(), 0,
                args.get("weight_decay").asDouble(), false);
        UnaryOperator<Tensor> criterion = criterion(fixture);
        double[] expected = doubles(fixture.get("losses64"));
        assertThat(expected).hasSize(args.get("steps").asInt());
        for (int step = 0; step < expected.length; step++) {
            Tensor x = generate(fixture.get("input"), step);
            optimizer.zeroGrad();
            try (Tape tape = Tape.open()) {
                Tensor loss = criterion.apply(model.forward(x));
                tape.backward(loss);
                assertThat((double) loss.item()).as("loss of step %d", step).isCloseTo(expected[step],
                        within(TOLERANCE));
            }
            optimizer.step();
        }
        compareFinalParameters(fixture, model);
    }

    private static void compareFinalParameters(JsonNode fixture, Layer model) {
        for (int i = 0; i < model.parameters().size(); i++) {
            JsonNode spec = fixture.get("parameters").get(i);
            float[] values = model.parameters().get(i).tensor().data();
            double[] first = doubles(spec.get("final_first"));
            double sum = 0;
            for (float value : values) {
                sum += value;
            }
            // each value strays by less than the loss, in either direction: their sum like the root of their number
            assertThat(sum).as(spec.get("name").asText()).isCloseTo(spec.get("final_sum").asDouble(),
                    within(TOLERANCE * Math.sqrt(values.length)));
            for (int j = 0; j < first.length; j++) {
                assertThat((double) values[j]).isCloseTo(first[j], within(TOLERANCE));
            }
        }
    }

    private static UnaryOperator<Tensor> criterion(JsonNode fixture) {
        if (fixture.has("labels")) {
            int[] labels = ints(fixture.get("labels"));
            return output -> new CrossEntropyLoss().forward(output, labels);
        }
        float target = (float) fixture.get("target").asDouble();
        return output -> new MSELoss().forward(output, Tensor.full(target, output.shape().dims()));
    }

    /** The networks as PyTorch's programs define them, with the same names. */
    private static Layer define(String program) {
        return switch (program) {
            case "mlp" -> new Layer() {
                private final Linear fc1 = child("fc1", new Linear(10, 5));
                private final Linear fc2 = child("fc2", new Linear(5, 1));

                @Override
                public Tensor forward(Tensor x) {
                    return fc2.forward(fc1.forward(x).relu());
                }
            };
            case "cnn" -> new Layer() {
                private final Conv2d conv1 = child("conv1", new Conv2d(1, 32, 3, 1, 1));
                private final Conv2d conv2 = child("conv2", new Conv2d(32, 64, 3, 1, 1));
                private final Linear fc1 = child("fc1", new Linear(64 * 7 * 7, 128));
                private final Linear fc2 = child("fc2", new Linear(128, 10));
                private final MaxPool2d pool = new MaxPool2d(2, 2);

                @Override
                public Tensor forward(Tensor x) {
                    Tensor y = pool.forward(conv1.forward(x).relu());
                    y = pool.forward(conv2.forward(y).relu());
                    return fc2.forward(fc1.forward(y.reshape(-1, 64 * 7 * 7)).relu());
                }
            };
            case "rnn" -> new Layer() {
                private final RNN rnn = child("rnn", new RNN(10, 5, true));
                private final Linear fc = child("fc", new Linear(5, 1));

                @Override
                public Tensor forward(Tensor x) {
                    return fc.forward(rnn.forward(x).select(1, -1));
                }
            };
            default -> throw new IllegalArgumentException("no such program here: " + program);
        };
    }

    /** The default initialisation has PyTorch's bounds and spread. */
    @Test
    void initialisationIsThatOfPyTorch() throws IOException {
        JsonNode fixture = PyTorchFixtures.cases("programs.json").filter(c -> c.get("program").asText().equals("init"))
                .findFirst().orElseThrow();
        SplittableRandom random = new SplittableRandom(1);
        List<Parameter> ours = new ArrayList<>();
        ours.addAll(new Linear(300, 200, random).parameters());
        ours.addAll(new Conv2d(16, 32, 3, 1, 0, random).parameters());
        ours.addAll(new RNN(50, 60, false, random).parameters());
        assertThat(fixture.get("parameters")).hasSameSizeAs(ours);
        for (int i = 0; i < ours.size(); i++) {
            JsonNode theirs = fixture.get("parameters").get(i);
            String name = theirs.get("name").asText();
            assertThat(name).endsWith(ours.get(i).name());
            assertThat(ours.get(i).tensor().shape().dims()).as(name).isEqualTo(ints(theirs.get("shape")));
            float[] values = ours.get(i).tensor().data();
            double squares = 0;
            double largest = 0;
            for (float value : values) {
                squares += value * value;
                largest = Math.max(largest, Math.abs(value));
            }
            double std = Math.sqrt(squares / values.length);
            // the standard deviation of n uniform numbers is known to 1/sqrt(5n) or better; five deviations of both
            double deviation = 5 * 2 / Math.sqrt(5.0 * values.length);
            assertThat(std / theirs.get("std").asDouble()).as(name).isCloseTo(1, within(deviation));
            double bound = Math.max(-theirs.get("min").asDouble(), theirs.get("max").asDouble());
            // the largest of n uniform numbers misses the bound by some multiples of 1/n
            assertThat(largest / bound).as(name).isCloseTo(1, within(Math.min(0.5, 20.0 / values.length)));
        }
    }
}
