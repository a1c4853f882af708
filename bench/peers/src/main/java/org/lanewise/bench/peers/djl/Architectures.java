package org.lanewise.bench.peers.djl;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParameterList;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.RNN;
import org.lanewise.bench.peers.Network;

/** The networks as DJL's blocks. */
final class Architectures {

    private Architectures() {
    }

    static Shape input(Network n) {
        return switch (n.kind()) {
            case MLP -> new Shape(n.batch(), n.sizes()[0]);
            case CNN -> new Shape(n.batch(), 1, 28, 28);
            case RNN -> new Shape(n.batch(), n.steps(), n.sizes()[0]);
        };
    }

    /** The network's block, which its parameters are copied into when it is initialized. */
    static Block of(Network n) {
        Block block = switch (n.kind()) {
            case MLP -> new SequentialBlock()
                    .add(linear(n.sizes()[1]))
                    .add(Activation.reluBlock())
                    .add(linear(n.sizes()[2]));
            case CNN -> new SequentialBlock()
                    .add(convolution(32))
                    .add(Activation.reluBlock())
                    .add(pool())
                    .add(convolution(64))
                    .add(Activation.reluBlock())
                    .add(pool())
                    .add(Blocks.batchFlattenBlock())
                    .add(linear(128))
                    .add(Activation.reluBlock())
                    .add(linear(10));
            case RNN -> new SequentialBlock()
                    .add(RNN.builder().setStateSize(n.sizes()[1]).setNumLayers(1)
                            .setActivation(RNN.Activation.TANH).optReturnState(true).build())
                    .add(lastState())
                    .add(linear(n.sizes()[2]));
        };
        copyParameters(n.parameters(), names(n.kind()), block.getParameters());
        return block;
    }

    private static Block linear(int units) {
        return Linear.builder().setUnits(units).build();
    }

    private static Block convolution(int filters) {
        return Conv2d.builder().setFilters(filters).setKernelShape(new Shape(3, 3)).optPadding(new Shape(1, 1)).build();
    }

    private static Block pool() {
        return Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2));
    }

    /** Of (outputs, states), the states of the only layer. */
    private static Block lastState() {
        return new LambdaBlock(list -> new NDList(list.get(1).squeeze(0)), "lastState");
    }

    /** In DJL's order, which is PyTorch's. */
    private static List<String> names(Network.Kind kind) {
        return switch (kind) {
            case MLP -> List.of("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias");
            case CNN -> List.of("conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias",
                    "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias");
            case RNN -> List.of("rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0",
                    "fc.weight", "fc.bias");
        };
    }

    private static void copyParameters(Map<String, float[]> values, List<String> names, ParameterList parameters) {
        if (parameters.size() != names.size()) {
            throw new IllegalStateException("DJL's block has the parameters " + parameters.keys() + ", not " + names);
        }
        for (int i = 0; i < names.size(); i++) {
            float[] value = Objects.requireNonNull(values.get(names.get(i)), names.get(i));
            parameters.valueAt(i).setInitializer((manager, shape, type) -> manager.create(value, shape));
        }
    }
}
