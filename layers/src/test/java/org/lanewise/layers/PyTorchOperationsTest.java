package org.lanewise.layers;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.autograd.ops.Conv1d;
import org.lanewise.autograd.ops.Conv2d;
import org.lanewise.autograd.ops.ConvTranspose2d;
import org.lanewise.autograd.ops.CrossEntropyLoss;
import org.lanewise.autograd.ops.Linear;
import org.lanewise.autograd.ops.MseLoss;
import org.lanewise.autograd.ops.Rnn;
import org.lanewise.kernels.AvgDivisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lanewise.layers.PyTorchFixtures.doubles;
import static org.lanewise.layers.PyTorchFixtures.generate;
import static org.lanewise.layers.PyTorchFixtures.ints;

/**
 * Values and gradients of each operation beside PyTorch's in double precision.
 *
 * <p>
 * Tolerance: the inputs are the same bits, so what differs is rounding in float. A sum of n products of numbers up to 1 (here n is
 * at most some hundred) errs by sqrt(n)*2^-24*sqrt(n) in the worst usual case; 2e-5 of the largest value bounds n = 256.
 */
class PyTorchOperationsTest {

    private static final double TOLERANCE = 2e-5;

    @Test
    void theFormulaGivesTheSameNumbersAsInPython() throws IOException {
        JsonNode check = PyTorchFixtures.read("ops.json").get("formula_check");
        double[] expected = doubles(check.get("values"));
        float[] actual = PyTorchFixtures.uniform(check.get("seed").asLong(), expected.length, 1);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).isEqualTo(expected[i]);
        }
    }

    @TestFactory
    Stream<DynamicTest> operationsAgree() throws IOException {
        return PyTorchFixtures.cases("ops.json").map(fixture -> DynamicTest.dynamicTest(fixture.get("name").asText(),
                () -> {
                    switch (fixture.get("op").asText()) {
                        case "sgd" -> checkSgd(fixture);
                        case "folded_conv2d" -> checkFolded(fixture);
                        case "batch_norm_steps" -> checkBatchNormSteps(fixture);
                        case "rnn" -> checkRecurrent(fixture);
                        default -> checkOperation(fixture);
                    }
                }));
    }

    private static void checkOperation(JsonNode fixture) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        fixture.get("inputs").properties().forEach(entry -> {
            Tensor input = generate(entry.getValue());
            inputs.put(entry.getKey(), fixture.get("gradients").has(entry.getKey()) ? input.requireGrad() : input);
        });
        try (Tape tape = Tape.open()) {
            Map<String, Tensor> outputs = compute(fixture, inputs);
            outputs.forEach((name, output) -> compare(name, fixture.get("outputs").get(name), output));
            Tensor y = outputs.get("y");
            if (fixture.has("upstream")) {
                tape.backward(y, generate(fixture.get("upstream")));
            } else {
                tape.backward(y);
            }
        }
        compareGradients(fixture, inputs);
    }

    private static void compareGradients(JsonNode fixture, Map<String, Tensor> inputs) {
        fixture.get("gradients").properties().forEach(entry -> {
            Tensor gradient = inputs.get(entry.getKey()).grad();
            assertThat(gradient).as(entry.getKey()).isNotNull();
            compare("gradient of " + entry.getKey(), entry.getValue(), gradient);
        });
    }

    private static Map<String, Tensor> compute(JsonNode fixture, Map<String, Tensor> in) {
        JsonNode args = fixture.get("args");
        Tensor x = in.get("x");
        return switch (fixture.get("op").asText()) {
            case "linear" -> y(Linear.linear(x, in.get("weight"), in.get("bias")));
            case "matmul" -> y(x.matmul(in.get("other")));
            case "conv2d" ->
                y(Conv2d.conv2d(x, in.get("weight"), in.get("bias"), pair(args, "stride"), pad(args),
                        pair(args, "dil"), groups(args)));
            case "conv1d" -> y(Conv1d.conv1d(x, in.get("weight"), in.get("bias"), args.get("stride").asInt(),
                    new int[] {args.get("pad_before").asInt(), args.get("pad_behind").asInt()},
                    args.get("dil").asInt(), groups(args)));
            case "conv_transpose2d" -> y(ConvTranspose2d.convTranspose2d(x, in.get("weight"), in.get("bias"),
                    pair(args, "stride"), pair(args, "pad"), pair(args, "out_pad"), pair(args, "dil"), groups(args)));
            case "max_pool2d" ->
                y(new MaxPool2d(pair(args, "kernel"), pair(args, "stride"), pair(args, "pad"),
                        pair(args, "dil"), args.get("ceil_mode").asBoolean()).forward(x));
            case "avg_pool2d" -> y(new AvgPool2d(pair(args, "kernel"), pair(args, "stride"), pair(args, "pad"),
                    args.get("ceil_mode").asBoolean(), divisor(args)).forward(x));
            case "adaptive_avg_pool2d" ->
                y(new AdaptiveAvgPool2d(args.get("outputH").asInt(), args.get("outputW").asInt()).forward(x));
            case "batch_norm_eval" -> y(norm(in, args.get("eps").asDouble()).forward(x));
            case "relu" -> y(x.relu());
            case "tanh" -> y(x.tanh());
            case "sigmoid" -> y(x.sigmoid());
            case "exp" -> y(x.exp());
            case "log_of_exp" -> y(x.exp().add(Tensor.full(1)).log());
            case "gelu" -> y(new GELU().forward(x));
            case "gelu_tanh" -> y(new GELU("tanh").forward(x));
            case "silu" -> y(new SiLU().forward(x));
            case "softplus" ->
                y(new Softplus(args.get("beta").asDouble(), args.get("threshold").asDouble()).forward(x));
            case "elu" -> y(new ELU(args.get("alpha").asDouble()).forward(x));
            case "leaky_relu" -> y(new LeakyReLU(args.get("slope").asDouble()).forward(x));
            case "add" -> y(x.add(in.get("other").add(Tensor.full(2))));
            case "sub" -> y(x.sub(in.get("other").add(Tensor.full(2))));
            case "mul" -> y(x.mul(in.get("other").add(Tensor.full(2))));
            case "div" -> y(x.div(in.get("other").add(Tensor.full(2))));
            case "sum_dim" -> y(x.sum(args.get("dim").asInt()));
            case "mean_dim" -> y(x.mean(args.get("dim").asInt()));
            case "max_dim" -> y(x.max(args.get("dim").asInt()));
            case "var_dim" -> y(x.var(args.get("dim").asInt()));
            case "norm_dim" -> y(x.norm(args.get("dim").asInt()));
            case "layer_norm" -> y(org.lanewise.autograd.ops.LayerNorm.layerNorm(x, ints(args.get("normalized")),
                    in.get("weight"), in.get("bias"), args.get("eps").asDouble()));
            case "batch_norm_train" -> y(org.lanewise.autograd.ops.BatchNorm.batchNorm(x, in.get("weight"),
                    in.get("bias"), 1e-5).y());
            case "softmax" -> y(x.softmax());
            case "log_softmax" -> y(x.logSoftmax());
            case "cross_entropy" -> y(CrossEntropyLoss.crossEntropyLoss(x, ints(fixture.get("labels"))));
            case "mse_loss" -> y(MseLoss.mseLoss(x, in.get("target")));
            default -> throw new IllegalArgumentException("no such operation here: " + fixture.get("op"));
        };
    }

    /** A whole layer, whose parameters have PyTorch's names. */
    private static void checkRecurrent(JsonNode fixture) {
        JsonNode args = fixture.get("args");
        RNNBase layer = recurrentLayer(args);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        layer.parameters().forEach(parameter -> inputs.put(parameter.name(), parameter.tensor()));
        fixture.get("inputs").properties().forEach(entry -> {
            Tensor values = generate(entry.getValue());
            Tensor parameter = inputs.putIfAbsent(entry.getKey(), values.requireGrad());
            if (parameter != null) {
                assertThat(parameter.shape()).isEqualTo(values.shape());
                System.arraycopy(values.data(), 0, parameter.data(), 0, values.size());
            }
        });
        try (Tape tape = Tape.open()) {
            Rnn.Output output = layer.run(inputs.get("x"), inputs.get("h0"), inputs.get("c0"),
                    args.has("lengths") ? ints(args.get("lengths")) : null);
            Map<String, Tensor> outputs = Map.of("y", output.y(), "hn", output.hn(), "cn", output.cn());
            fixture.get("outputs").properties()
                    .forEach(entry -> compare(entry.getKey(), entry.getValue(), outputs.get(entry.getKey())));
            for (String name : List.of("y", "hn", "cn")) {
                String upstream = name.equals("y") ? "upstream" : "upstream_" + name;
                if (fixture.has(upstream)) {
                    tape.backward(outputs.get(name), generate(fixture.get(upstream)));
                }
            }
        }
        compareGradients(fixture, inputs);
    }

    private static RNNBase recurrentLayer(JsonNode args) {
        RnnOptions options = new RnnOptions(args.get("num_layers").asInt(), args.get("bias").asBoolean(),
                args.get("batch_first").asBoolean(), 0, args.get("bidirectional").asBoolean());
        int in = args.get("inputs").asInt();
        int hidden = args.get("hidden").asInt();
        SplittableRandom random = new SplittableRandom(1);
        return switch (args.get("cell").asText()) {
            case "RNN_TANH" -> new RNN(in, hidden, options, random);
            case "RNN_RELU" -> new RNN(in, hidden, RNN.Nonlinearity.RELU, options, random);
            case "LSTM" -> new LSTM(in, hidden, options, random);
            case "GRU" -> new GRU(in, hidden, options, random);
            default -> throw new IllegalArgumentException("no such cell here: " + args.get("cell"));
        };
    }

    private static Map<String, Tensor> y(Tensor y) {
        return Map.of("y", y);
    }

    /** Of two values or of four. */
    private static int[] pad(JsonNode args) {
        return args.has("sides") ? ints(args.get("sides")) : pair(args, "pad");
    }

    private static int groups(JsonNode args) {
        return args.has("groups") ? args.get("groups").asInt() : 1;
    }

    private static int[] pair(JsonNode args, String name) {
        return new int[] {args.get(name + "H").asInt(), args.get(name + "W").asInt()};
    }

    private static AvgDivisor divisor(JsonNode args) {
        if (!args.get("divisor_override").isNull()) {
            return AvgDivisor.of(args.get("divisor_override").asInt());
        }
        return args.get("count_include_pad").asBoolean() ? AvgDivisor.PADDED : AvgDivisor.PIXELS;
    }

    /** A normalisation whose variances are v*v + 1/4, exactly. */
    private static FrozenBatchNorm2d norm(Map<String, Tensor> in, double eps) {
        FrozenBatchNorm2d norm = new FrozenBatchNorm2d(in.get("gamma").size(), eps);
        float[] variance = in.get("v").toArray();
        for (int c = 0; c < variance.length; c++) {
            variance[c] = variance[c] * variance[c] + 0.25f;
        }
        Map<String, float[]> values = Map.of("weight", in.get("gamma").data(), "bias", in.get("beta").data(),
                "running_mean", in.get("mean").data(), "running_var", variance);
        norm.buffers().forEach(buffer -> System.arraycopy(values.get(buffer.name()), 0, buffer.tensor().data(), 0,
                variance.length));
        return norm;
    }

    /** relu(norm(conv(x)) + residual), layer by layer, folded, and in one pass. */
    private static void checkFolded(JsonNode fixture) {
        Map<String, Tensor> in = new LinkedHashMap<>();
        fixture.get("inputs").properties().forEach(entry -> in.put(entry.getKey(), generate(entry.getValue())));
        JsonNode args = fixture.get("args");
        Tensor weight = in.get("weight");
        int groups = groups(args);
        org.lanewise.layers.Conv2d conv = new org.lanewise.layers.Conv2d(weight.dim(1) * groups, weight.dim(0),
                new int[] {weight.dim(2), weight.dim(3)}, pair(args, "stride"), pad(args), pair(args, "dil"), groups,
                in.containsKey("bias"), new SplittableRandom(1));
        conv.eval();
        conv.parameters().forEach(parameter -> System.arraycopy(in.get(parameter.name()).data(), 0,
                parameter.tensor().data(), 0, parameter.tensor().size()));
        FrozenBatchNorm2d norm = norm(in, args.get("eps").asDouble());
        Tensor x = in.get("x");
        Tensor residual = in.get("residual");
        JsonNode y = fixture.get("outputs").get("y");
        compare("layer by layer", y, norm.forward(conv.forward(x)).add(residual).relu());
        org.lanewise.layers.Conv2d folded = conv.fold(norm);
        assertThat(folded.isTraining()).isFalse(); // as the one that was folded
        Tensor expected = folded.forward(x).add(residual).relu();
        compare("folded", y, expected);
        compare("in one pass", y, folded.freeze().thenReLU().forward(x, residual));
    }

    /** Outputs in training, buffers after each batch, and an evaluation with its gradients; that without a recording tape too. */
    private static void checkBatchNormSteps(JsonNode fixture) {
        JsonNode x = fixture.get("inputs").get("x");
        JsonNode outputs = fixture.get("outputs");
        int[] shape = ints(x.get("shape"));
        JsonNode given = fixture.get("args").get("momentum");
        Double momentum = given.isNull() ? null : Double.valueOf(given.asDouble());
        Layer norm = shape.length == 4
                ? new BatchNorm2d(shape[1], 1e-5, momentum, true, true)
                : new BatchNorm1d(shape[1], 1e-5, momentum, true, true);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        norm.parameters().forEach(parameter -> {
            Tensor values = generate(fixture.get("inputs").get(parameter.name()));
            System.arraycopy(values.data(), 0, parameter.tensor().data(), 0, values.size());
            inputs.put(parameter.name(), parameter.tensor());
        });
        int steps = outputs.get("y").size();
        for (int step = 0; step < steps; step++) {
            compare("y", outputs.get("y").get(step), norm.forward(generate(x, step)));
            for (Parameter buffer : norm.buffers()) {
                compare(buffer.name(), outputs.get(buffer.name()).get(step), buffer.tensor());
            }
        }
        norm.eval();
        Tensor last = generate(x, steps);
        compare("evaluated", outputs.get("evaluated"), norm.forward(last));
        inputs.put("x", last.requireGrad());
        try (Tape tape = Tape.open()) {
            Tensor y = norm.forward(last);
            compare("evaluated and recorded", outputs.get("evaluated"), y);
            tape.backward(y, generate(fixture.get("upstream")));
        }
        compareGradients(fixture, inputs);
        if (norm instanceof BatchNorm2d images) {
            compare("frozen", outputs.get("evaluated"), images.freeze().forward(last));
        }
    }

    private static void checkSgd(JsonNode fixture) {
        JsonNode args = fixture.get("args");
        Tensor parameter = generate(fixture.get("inputs").get("parameter")).requireGrad();
        SGD optimizer = new SGD(List.of(new Parameter("p", parameter)), args.get("lr").asDouble(),
                args.get("momentum").asDouble(), args.get("dampening").asDouble(), args.get("weight_decay").asDouble(),
                args.get("nesterov").asBoolean());
        JsonNode expected = fixture.get("outputs").get("parameter");
        assertThat(expected.size()).isEqualTo(args.get("steps").asInt());
        for (int step = 0; step < expected.size(); step++) {
            Tensor gradient = generate(fixture.get("inputs").get("gradient"), step);
            optimizer.zeroGrad();
            try (Tape tape = Tape.open()) {
                tape.backward(parameter.mul(1), gradient); // dParameter = gradient
            }
            optimizer.step();
            compare("step " + step, expected.get(step), parameter);
        }
    }

    private static void compare(String name, JsonNode expected, Tensor actual) {
        assertThat(actual.shape().dims()).as(name).isEqualTo(ints(expected.get("shape")));
        double[] values = doubles(expected.get("values"));
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < values.length; i++) {
            double error = Math.abs(actual.data()[i] - values[i]);
            assertThat(error).as("%s[%d]: %s instead of %s", name, i, actual.data()[i], values[i])
                    .isLessThanOrEqualTo(TOLERANCE * largest);
        }
    }
}
