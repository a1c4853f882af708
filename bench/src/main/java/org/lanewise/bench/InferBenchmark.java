package org.lanewise.bench;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Parallelism;
import org.lanewise.layers.Layer;
import org.lanewise.layers.Parameter;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * One inference of a whole network, whose normalisations are folded and whose weights are packed beforehand. PyTorch's are folded
 * too, and each call lays out its weights anew, as eager PyTorch does.
 */
public class InferBenchmark extends Suite {

    private static final int[] WIDTHS = {64, 128, 256, 512};
    private static final int CLASSES = 1000;

    /** Definitions take seconds, and are asked for the same images again. */
    private static final Map<String, ResNetDefinition> DEFINITIONS = new ConcurrentHashMap<>();

    /** NxH: images and their height. */
    @Param({"resnet18:1x224", "resnet18:8x224"})
    public String shape;

    /** {@code lanewise}. */
    @Param(OURS)
    public String implementation;

    /** One inference. */
    @Benchmark
    public void infer(Work work) {
        run(work);
    }

    @Override
    protected String implementation() {
        return implementation;
    }

    @Override
    public Workload prepare(Parallelism parallelism) {
        if (!implementation.equals(OURS)) {
            throw Parameters.unknown("implementation", implementation, OURS);
        }
        int[] s = Parameters.sizes(shape, "NxH");
        if (shape.contains(":") && !shape.startsWith("resnet18:")) {
            throw Parameters.unknown("shape", shape, "resnet18:NxH");
        }
        ResNet net = new ResNet(WIDTHS, CLASSES, 1);
        Tensor x = Tensor.of(new RandomData().uniform(s[0] * 3 * s[1] * s[1], 1), s[0], 3, s[1], s[1]);
        float[] y = new float[s[0] * CLASSES];
        var definition = DEFINITIONS.computeIfAbsent(shape,
                key -> new ResNetDefinition(net, WIDTHS.length, x.data(), s[1]));
        Layer frozen = net.freeze();
        double weights = net.parameters().stream().map(Parameter::tensor).mapToDouble(Tensor::size).sum();
        return new Workload(() -> infer(frozen, x, y, parallelism), definition.flops(),
                Workload.floats(weights + x.size()), Workload.floats(y.length),
                new Answer("y", y, definition::output));
    }

    private static void infer(Layer model, Tensor x, float[] y, Parallelism parallelism) {
        try (Tape _ = Tape.noGrad(parallelism)) {
            System.arraycopy(model.forward(x).data(), 0, y, 0, y.length);
        }
    }
}
