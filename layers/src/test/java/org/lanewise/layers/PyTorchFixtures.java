package org.lanewise.layers;

import java.io.IOException;
import java.io.InputStream;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.lanewise.autograd.Tensor;

/**
 * PyTorch's values, as {@code src/test/python/pytorch_fixtures.py} wrote them. Inputs and weights are not stored: they follow from
 * a seed by a formula that both languages compute exactly.
 */
final class PyTorchFixtures {

    private PyTorchFixtures() {
    }

    /** The cases of a file. */
    static Stream<JsonNode> cases(String file) throws IOException {
        return StreamSupport.stream(read(file).get("cases").spliterator(), false);
    }

    static JsonNode read(String file) throws IOException {
        try (InputStream in = PyTorchFixtures.class.getResourceAsStream("/pytorch/" + file)) {
            return new ObjectMapper().readTree(in);
        }
    }

    /** A tensor from {"seed", "shape", "scale", "quantum"}. */
    static Tensor generate(JsonNode spec) {
        return generate(spec, 0);
    }

    /** The same with a number added to the seed. */
    static Tensor generate(JsonNode spec, int seedOffset) {
        Tensor tensor = Tensor.zeros(ints(spec.get("shape")));
        float[] values = uniform(spec.get("seed").asLong() + seedOffset, tensor.size(),
                (float) spec.get("scale").asDouble());
        if (spec.has("quantum")) {
            double quantum = spec.get("quantum").asDouble();
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (Math.floor(values[i] / quantum) * quantum);
            }
        }
        System.arraycopy(values, 0, tensor.data(), 0, values.length);
        return tensor;
    }

    /** The upper 24 bits of SplitMix64 as a number in [-1, 1), times the scale in float. */
    static float[] uniform(long seed, int n, float scale) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = ((random.nextLong() >>> 40) * 0x1p-23f - 1f) * scale;
        }
        return values;
    }

    static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
    }

    static double[] doubles(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToDouble(JsonNode::asDouble).toArray();
    }
}
