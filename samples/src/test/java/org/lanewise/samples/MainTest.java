package org.lanewise.samples;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.kernels.Parallelism;
import org.lanewise.layers.Layer;
import org.lanewise.layers.SGD;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

/** The programs as their users start them: what they print, what they learn, what they refuse. */
class MainTest {

    /** What a run printed, and its exit code. */
    private record Run(int exit, String out, String err) {

        static Run of(String... args) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            CommandLine line = Main.commandLine();
            line.setOut(new PrintWriter(out));
            line.setErr(new PrintWriter(err));
            int exit = line.execute(args);
            return new Run(exit, out.toString(), err.toString());
        }

        List<Double> losses() {
            return out.lines().filter(line -> line.startsWith("Epoch"))
                    .map(line -> Double.valueOf(line.replaceAll(".*Loss: ", ""))).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "cnn", "rnn"})
    void aClassicProgramLearns(String name) {
        Run run = Run.of(name, "--seed", "7", "--warm-up", "0.1");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).containsPattern("Epoch \\[1/1000\\], Loss: \\d+\\.\\d{4}\n")
                .contains("Epoch [101/1000]").contains("Epoch [1000/1000]")
                .containsPattern("took \\d+\\.\\d\\d s, \\d+\\.\\d us per step after warm-up\n$");
        List<Double> losses = run.losses();
        assertThat(losses).hasSize(11);
        assertThat(losses.getLast()).isLessThan(0.2 * losses.getFirst());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "cnn", "rnn"})
    void aSeedRepeatsTheLossesWhateverTheThreads(String name) {
        List<Double> losses = printed(name, "3");
        assertThat(losses).hasSize(2);
        for (String threads : new String[] {"1", "2", "3"}) {
            assertThat(printed(name, "3", "--threads", threads)).isEqualTo(losses);
        }
        assertThat(printed(name, "4")).isNotEqualTo(losses);
    }

    private static List<Double> printed(String name, String seed, String... more) {
        List<String> args = new ArrayList<>(
                List.of(name, "--seed", seed, "--epochs", "101", "--warm-up", "0.01"));
        args.addAll(List.of(more));
        return Run.of(args.toArray(String[]::new)).losses();
    }

    /** More than the four digits that are printed: the parameters after some steps have the same bits. */
    @ParameterizedTest
    @ValueSource(strings = {"mlp", "cnn", "rnn"})
    void trainingGivesTheSameBitsWhateverTheThreads(String name) {
        List<float[]> expected = trained(name, Parallelism.serial());
        for (int threads = 2; threads <= 3; threads++) {
            try (Parallelism team = Parallelism.of(threads)) {
                List<float[]> actual = trained(name, team);
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(actual.get(i)).isEqualTo(expected.get(i));
                }
            }
        }
    }

    private static List<float[]> trained(String name, Parallelism threads) {
        ClassicSample sample = (ClassicSample) Main.commandLine().getSubcommands().get(name).getCommandSpec()
                .userObject();
        SplittableRandom random = new SplittableRandom(5);
        Layer model = sample.define(random);
        SGD optimizer = new SGD(model.parameters(), 0.01, 0.9);
        for (int step = 0; step < 20; step++) {
            sample.step(model, optimizer, random, threads);
        }
        return model.parameters().stream().map(parameter -> parameter.tensor().toArray()).toList();
    }

    @ParameterizedTest
    @EnumSource(DigitsModel.class)
    void digitsAreLearntTheSameWayFromTheSameSeed(DigitsModel model) throws IOException {
        DigitsSample.Outcome outcome = digits(model, 1);
        assertThat(outcome.lastLoss()).isLessThan(outcome.firstLoss());
        DigitsSample.Outcome again = digits(model, 2);
        assertThat(again.firstLoss()).isEqualTo(outcome.firstLoss());
        assertThat(again.lastLoss()).isEqualTo(outcome.lastLoss());
    }

    private static DigitsSample.Outcome digits(DigitsModel model, int threads) throws IOException {
        DigitsSample sample = new DigitsSample();
        sample.options = new Options();
        sample.options.seed = 3;
        sample.options.threads = threads;
        sample.model = model;
        sample.epochs = 3;
        return sample.run(new PrintWriter(new StringWriter()));
    }

    @ParameterizedTest
    @CsvSource({"mlp, 0.97", "cnn, 0.985", "rnn, 0.95"})
    void digitsAreRecognised(String model, double accuracy) {
        long start = System.nanoTime();
        Run run = Run.of("digits", "--model", model);
        double seconds = (System.nanoTime() - start) / 1e9;
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(Double.parseDouble(run.out().replaceAll("(?s).*test accuracy ([0-9.]+).*", "$1")))
                .isGreaterThanOrEqualTo(accuracy);
        assertThat(run.out()).contains("confusion").contains("some test digits").contains("1,438 digits to train");
        assertThat(seconds).isLessThan(10);
    }

    @Test
    void withoutANameDigitsRun() {
        assertThat(Main.arguments()).containsExactly("digits");
        assertThat(Main.arguments("--help")).containsExactly("--help");
        assertThat(Main.arguments("--model", "rnn")).containsExactly("digits", "--model", "rnn");
        assertThat(Main.arguments("mlp", "--lr", "1")).containsExactly("mlp", "--lr", "1");
        assertThat(Main.arguments("nonsense")).containsExactly("nonsense");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "mlp --lr 0         | Invalid value for option '--lr': '0' must be a number above 0",
        "mlp --lr 1e-50     | Invalid value for option '--lr': '1e-50' must be a number above 0",
        "mlp --lr NaN       | Invalid value for option '--lr': 'NaN' must be a number above 0",
        "rnn --lr -1        | Invalid value for option '--lr': '-1' must be a number above 0",
        "cnn --epochs 0     | Invalid value for option '--epochs': '0' must be an integer of at least 1",
        "mlp --threads x    | Invalid value for option '--threads': 'x' must be an integer of at least 1",
        "mlp --seed x       | Invalid value for option '--seed': 'x' is not a long",
        "digits --model gan | Invalid value for option '--model': expected one of [mlp, cnn, rnn]",
        "mlp --nonsense     | Unknown option: '--nonsense'",
        "nonsense           | Unmatched argument at index 0: 'nonsense'"})
    void wrongArgumentsAreRefused(String args, String message) {
        Run run = Run.of(args.strip().split(" +"));
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void helpListsTheSamples() {
        Run run = Run.of("--help");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("mlp").contains("cnn").contains("rnn").contains("digits");
    }
}
