package org.lanewise.samples;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Backend;
import org.lanewise.kernels.Parallelism;
import org.lanewise.layers.CrossEntropyLoss;
import org.lanewise.layers.Layer;
import org.lanewise.layers.SGD;
import org.lanewise.layers.data.ConfusionMatrix;
import org.lanewise.layers.data.DataLoader;
import org.lanewise.layers.data.TensorDataset;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** Trains a network on handwritten digits, and shows what it has learnt. */
@Command(name = "digits", mixinStandardHelpOptions = true, description = "recognises 8x8 handwritten digits, trained on 80 %% of 1,797 and tested on the rest")
final class DigitsSample implements Callable<Integer> {

    private static final int BATCH = 32;
    private static final double MOMENTUM = 0.9;
    private static final double TRAIN_SHARE = 0.8;

    @Mixin
    Options options;

    @Option(names = "--model", paramLabel = "NAME", defaultValue = "mlp", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    DigitsModel model;

    @Option(names = "--epochs", paramLabel = "N", converter = Options.PositiveInt.class, description = "passes over the training data (default: what suits the model)")
    @Nullable
    Integer epochs;

    @Option(names = "--lr", paramLabel = "X", converter = Options.PositiveDouble.class, description = "learning rate (default: what suits the model)")
    @Nullable
    Double lr;

    @Spec
    CommandSpec spec;

    /** What training and testing gave. */
    record Outcome(float firstLoss, float lastLoss, ConfusionMatrix confusion) {
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.println("Lanewise runs on its " + Backend.current());
        run(out);
        out.flush();
        return 0;
    }

    Outcome run(PrintWriter out) throws IOException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(options.seed);
        TensorDataset.Split data = Digits.load().randomSplit(TRAIN_SHARE, random);
        Layer network = model.define(random);
        out.printf(Locale.ROOT, "%s with %,d parameters, %,d digits to train, %,d to test%n", model,
                network.parameterCount(), data.train().size(), data.test().size());
        out.flush();
        try (Parallelism threads = options.parallelism()) {
            long start = System.nanoTime();
            float[] losses = train(network, data.train(), random, threads);
            double seconds = (System.nanoTime() - start) / 1e9;
            ConfusionMatrix confusion = new ConfusionMatrix(Digits.CLASSES);
            network.eval();
            try (Tape _ = Tape.noGrad(threads)) {
                Tensor logits = network.forward(data.test().inputs());
                confusion.add(logits, data.test().labels());
                out.printf(Locale.ROOT, "training took %.2f s, last loss %.4f%n", seconds, losses[losses.length - 1]);
                out.printf(Locale.ROOT, "test accuracy %.4f%n%n", confusion.accuracy());
                out.println(Pictures.confusion(confusion));
                out.println(Pictures.digits(data.test(), logits));
            }
            return new Outcome(losses[0], losses[losses.length - 1], confusion);
        }
    }

    /** Trains, and returns the loss of the last batch of each pass. */
    private float[] train(Layer network, TensorDataset train, RandomGenerator random, Parallelism threads) {
        DataLoader batches = new DataLoader(train, BATCH, random);
        CrossEntropyLoss criterion = new CrossEntropyLoss();
        SGD optimizer = new SGD(network.parameters(), lr == null ? model.lr : lr, MOMENTUM);
        int passes = epochs == null ? model.epochs : epochs;
        float[] losses = new float[passes];
        try (ProgressBar bar = progressBar((long) passes * batches.batches())) {
            for (int epoch = 0; epoch < passes; epoch++) {
                for (TensorDataset batch : batches) {
                    optimizer.zeroGrad();
                    try (Tape tape = Tape.open(threads)) {
                        Tensor error = criterion.forward(network.forward(batch.inputs()), batch.labels());
                        tape.backward(error);
                        losses[epoch] = error.item();
                    }
                    optimizer.step(threads);
                    bar.step();
                }
                bar.setExtraMessage(String.format(Locale.ROOT, "epoch %d, loss %.4f", epoch + 1, losses[epoch]));
            }
        }
        return losses;
    }

    /** Drawn on a terminal only: in a file it would leave a line for each update. */
    @SuppressWarnings("SystemConsoleNull") // null without the module jdk.internal.le, which a module path need not resolve
    private static ProgressBar progressBar(long steps) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        PrintStream target = terminal ? System.err : new PrintStream(OutputStream.nullOutputStream(), false, US_ASCII);
        return new ProgressBarBuilder().setTaskName("training").setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(100)
                .setConsumer(new ConsoleProgressBarConsumer(target)).build();
    }
}
