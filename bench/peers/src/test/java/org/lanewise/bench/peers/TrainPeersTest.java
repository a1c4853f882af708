package org.lanewise.bench.peers;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lanewise.bench.peers.Network.Kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class TrainPeersTest {

    private static final double TOLERANCE = 1e-5;

    private final Random random = new Random(1);

    static Stream<TrainPeer> peers() {
        return Peers.all(TrainPeer.class).stream();
    }

    @Test
    void areAllFound() {
        assertThat(peers().map(Peer::name)).containsExactly("djl");
    }

    @ParameterizedTest
    @MethodSource("peers")
    void tellTheirVersions(TrainPeer peer) {
        assertThat(peer.version()).containsPattern("\\d+\\.\\d+\\.\\d+");
    }

    @ParameterizedTest
    @MethodSource("peers")
    void lossOfMlpWithMeanSquaredError(TrainPeer peer) {
        check(peer, mlp(3, true, 0.1f));
    }

    @ParameterizedTest
    @MethodSource("peers")
    void lossOfMlpWithOneSample(TrainPeer peer) {
        check(peer, mlp(1, true, 0.1f));
    }

    @ParameterizedTest
    @MethodSource("peers")
    void lossOfMlpWithCrossEntropy(TrainPeer peer) {
        check(peer, mlp(4, false, 0.1f));
    }

    @ParameterizedTest
    @MethodSource("peers")
    void lossOfRnnWithMeanSquaredError(TrainPeer peer) {
        check(peer, rnn(2, 5, true));
    }

    @ParameterizedTest
    @MethodSource("peers")
    void lossOfRnnWithCrossEntropy(TrainPeer peer) {
        check(peer, rnn(3, 4, false));
    }

    @ParameterizedTest
    @MethodSource("peers")
    void lossOfRnnOfOneStep(TrainPeer peer) {
        check(peer, rnn(1, 1, true));
    }

    @ParameterizedTest
    @MethodSource("peers")
    void lossOfCnn(TrainPeer peer) {
        Map<String, float[]> parameters = new LinkedHashMap<>();
        linear(parameters, "conv1", 9, 32);
        linear(parameters, "conv2", 32 * 9, 64);
        linear(parameters, "fc1", 3136, 128);
        linear(parameters, "fc2", 128, 10);
        var network = network(Kind.CNN, 2, 1, new int[0], parameters, 28 * 28, false, 0);
        DoubleSupplier training = peer.training(network);
        double loss = new NaiveNetwork(network).loss();
        assertThat(training.getAsDouble()).isCloseTo(loss, within(TOLERANCE));
        assertThat(training.getAsDouble()).as("after a step at the learning rate 0").isCloseTo(loss, within(TOLERANCE));
    }

    @ParameterizedTest
    @MethodSource("peers")
    void twoThreadsGiveTheSame(TrainPeer peer) {
        peer.threads(2);
        check(peer, mlp(3, true, 0.1f));
        peer.threads(1);
    }

    /** The loss before, and after, one step, whose gradient is that of finite differences. */
    private static void check(TrainPeer peer, Network network) {
        DoubleSupplier training = peer.training(network);
        var naive = new NaiveNetwork(network);
        assertThat(training.getAsDouble()).isCloseTo(naive.loss(), within(TOLERANCE));
        naive.step();
        assertThat(training.getAsDouble()).as("after a step").isCloseTo(naive.loss(), within(TOLERANCE));
    }

    private Network mlp(int batch, boolean regression, float learningRate) {
        int outputs = regression ? 1 : 4;
        Map<String, float[]> parameters = new LinkedHashMap<>();
        linear(parameters, "fc1", 5, 6);
        linear(parameters, "fc2", 6, outputs);
        return network(Kind.MLP, batch, 1, new int[] {5, 6, outputs}, parameters, 5, regression, learningRate);
    }

    private Network rnn(int batch, int steps, boolean regression) {
        int outputs = regression ? 1 : 4;
        Map<String, float[]> parameters = new LinkedHashMap<>();
        parameters.put("rnn.weight_ih_l0", uniform(6 * 5, 0.4f));
        parameters.put("rnn.weight_hh_l0", uniform(6 * 6, 0.4f));
        parameters.put("rnn.bias_ih_l0", uniform(6, 0.4f));
        parameters.put("rnn.bias_hh_l0", uniform(6, 0.4f));
        linear(parameters, "fc", 6, outputs);
        return network(Kind.RNN, batch, steps, new int[] {5, 6, outputs}, parameters, steps * 5, regression, 0.1f);
    }

    private Network network(Kind kind, int batch, int steps, int[] sizes, Map<String, float[]> parameters, int inputs,
            boolean regression, float learningRate) {
        return new Network(kind, batch, steps, sizes, parameters, uniform(batch * inputs, 1),
                regression ? uniform(batch, 1) : null,
                regression ? null : IntStream.range(0, batch).map(i -> (i + 1) % 4).toArray(), learningRate);
    }

    private void linear(Map<String, float[]> parameters, String name, int inputs, int outputs) {
        float bound = (float) (1 / Math.sqrt(inputs));
        parameters.put(name + ".weight", uniform(outputs * inputs, bound));
        parameters.put(name + ".bias", uniform(outputs, bound));
    }

    private float[] uniform(int n, float bound) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextFloat(-bound, bound);
        }
        return values;
    }
}
