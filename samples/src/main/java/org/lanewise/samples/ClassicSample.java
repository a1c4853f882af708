package org.lanewise.samples;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Parallelism;
import org.lanewise.layers.Layer;
import org.lanewise.layers.SGD;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The frame of the three classic programs: a network is trained on fresh random inputs, one a step, towards one target. What
 * differs is the network, the input and the loss.
 */
abstract class ClassicSample implements Callable<Integer> {

    private static final int REPORT_EVERY = 100;

    @Mixin
    Options options;

    @Option(names = "--epochs", paramLabel = "N", defaultValue = "1000", converter = Options.PositiveInt.class, description = "training steps (default: ${DEFAULT-VALUE})")
    int epochs;

    @Option(names = "--lr", paramLabel = "X", defaultValue = "0.01", converter = Options.PositiveDouble.class, description = "learning rate (default: ${DEFAULT-VALUE})")
    double lr;

    @Spec
    CommandSpec spec;

    /** Defines the network; its parameters are initialised from the random numbers. */
    abstract Layer define(RandomGenerator random);

    /** A fresh input of batch size 1. */
    abstract Tensor input(RandomGenerator random);

    /** The loss of an output. */
    abstract Tensor loss(Tensor output);

    /** What the trained network says, beside what it should say. */
    abstract String evaluate(Tensor output);

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(options.seed);
        Layer model = define(random);
        SGD optimizer = new SGD(model.parameters(), lr);
        long[] nanos = new long[epochs];
        long start = System.nanoTime();
        try (Parallelism threads = options.parallelism()) {
            for (int epoch = 1; epoch <= epochs; epoch++) {
                long stepStart = System.nanoTime();
                Tensor x = input(random);
                optimizer.zeroGrad();
                float loss;
                try (Tape tape = Tape.open(threads)) {
                    Tensor error = loss(model.forward(x));
                    tape.backward(error);
                    loss = error.item();
                }
                optimizer.step();
                nanos[epoch - 1] = System.nanoTime() - stepStart;
                if (epoch % REPORT_EVERY == 1 || epoch == epochs) {
                    out.printf(Locale.ROOT, "Epoch [%d/%d], Loss: %.4f%n", epoch, epochs, loss);
                    out.flush();
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            model.eval();
            try (Tape _ = Tape.noGrad(threads)) {
                out.println(evaluate(model.forward(input(random))));
            }
            out.printf(Locale.ROOT, "took %.2f s, %.1f us per step after warm-up%n", seconds, typicalStep(nanos));
        }
        return 0;
    }

    /** The median step of the second half, in microseconds: by then most of the code is compiled. */
    private static double typicalStep(long[] nanos) {
        long[] half = LongStream.of(nanos).skip(nanos.length / 2).sorted().toArray();
        return half[half.length / 2] / 1e3;
    }
}
