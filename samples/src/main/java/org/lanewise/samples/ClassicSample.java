package org.lanewise.samples;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

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

    @Option(names = "--warm-up", paramLabel = "S", defaultValue = "1.5", converter = Options.PositiveDouble.class, description = "seconds of further, unreported training until a step is timed (default: ${DEFAULT-VALUE})")
    double warmUpSeconds;

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
        try (Parallelism threads = options.parallelism()) {
            RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(options.seed);
            Layer model = define(random);
            SGD optimizer = new SGD(model.parameters(), lr);
            long start = System.nanoTime();
            for (int epoch = 1; epoch <= epochs; epoch++) {
                float loss = step(model, optimizer, random, threads);
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
            out.flush();
            double step = microsecondsPerStep(model, optimizer, random, threads);
            out.printf(Locale.ROOT, "took %.2f s, %.1f us per step after warm-up%n", seconds, step);
            out.flush();
        }
        return 0;
    }

    /** One step of training: the input, forward, backward, and the change of the parameters. */
    final float step(Layer model, SGD optimizer, RandomGenerator random, Parallelism threads) {
        Tensor x = input(random);
        optimizer.zeroGrad();
        float loss;
        try (Tape tape = Tape.open(threads)) {
            Tensor error = loss(model.forward(x));
            tape.backward(error);
            loss = error.item();
        }
        optimizer.step(threads);
        return loss;
    }

    /** The median step of the last third of the warm-up, when the code is compiled. */
    private double microsecondsPerStep(Layer model, SGD optimizer, RandomGenerator random, Parallelism threads) {
        long warmUp = (long) (warmUpSeconds * 1e9);
        long start = System.nanoTime();
        while (System.nanoTime() - start < warmUp * 2 / 3) {
            step(model, optimizer, random, threads);
        }
        StepTimes times = new StepTimes();
        do {
            long stepStart = System.nanoTime();
            step(model, optimizer, random, threads);
            times.add(System.nanoTime() - stepStart);
        } while (System.nanoTime() - start < warmUp);
        return times.median() / 1e3;
    }
}
