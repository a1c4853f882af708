package org.lanewise.layers;

import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;

import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.lanewise.autograd.GradientCheck;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.autograd.ops.Concat;
import org.lanewise.autograd.ops.Rnn;
import org.lanewise.kernels.AvgDivisor;
import org.lanewise.kernels.RecurrentCell;

import static org.assertj.core.api.Assertions.assertThat;

/** The gradients of every layer and loss, with respect to its input and all its parameters, agree with numeric ones. */
class LayerGradientsTest {

    private static final int TRIES = 30;

    @Property(tries = TRIES)
    void linear(@ForAll @IntRange(min = 1, max = 6) int batch, @ForAll @IntRange(min = 1, max = 17) int in,
            @ForAll @IntRange(min = 1, max = 17) int out, @ForAll boolean bias, @ForAll long seed) {
        Linear linear = new Linear(in, out, bias, new SplittableRandom(seed));
        spread(linear.parameters().getFirst().tensor());
        verify(linear, input(seed, batch, in));
    }

    @Property(tries = TRIES)
    void conv2d(@ForAll @IntRange(min = 1, max = 2) int batch, @ForAll @IntRange(min = 1, max = 3) int in,
            @ForAll @IntRange(min = 1, max = 3) int out, @ForAll @IntRange(min = 1, max = 3) int kernel,
            @ForAll @IntRange(min = 1, max = 2) int stride, @ForAll @IntRange(min = 0, max = 1) int padding,
            @ForAll long seed) {
        Conv2d conv = new Conv2d(in, out, kernel, stride, padding, new SplittableRandom(seed));
        spread(conv.parameters().getFirst().tensor());
        verify(conv, input(seed, batch, in, 5, 7));
    }

    @Property(tries = TRIES)
    void conv2dWithEveryOption(@ForAll @IntRange(min = 1, max = 3) int groups, @ForAll boolean same,
            @ForAll @IntRange(min = 1, max = 4) int kernel, @ForAll @IntRange(min = 1, max = 2) int dilation,
            @ForAll @IntRange(min = 1, max = 2) int stride, @ForAll boolean bias, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] size = {kernel, 3};
        int[] dilations = {dilation, 1};
        Conv2d conv = same
                ? new Conv2d(2 * groups, groups, size, new int[] {1, 1}, "same", dilations, groups, bias, random)
                : new Conv2d(groups, 2 * groups, size, new int[] {stride, 1}, new int[] {2, 1, 0, 1}, dilations, groups,
                        bias, random);
        spread(conv.parameters().getFirst().tensor());
        verify(conv, input(seed, 2, same ? 2 * groups : groups, 5, 6));
    }

    @Property(tries = TRIES)
    void conv1d(@ForAll @IntRange(min = 1, max = 3) int groups, @ForAll boolean same,
            @ForAll @IntRange(min = 1, max = 4) int kernel, @ForAll @IntRange(min = 1, max = 2) int dilation,
            @ForAll @IntRange(min = 1, max = 2) int stride, @ForAll @IntRange(min = 0, max = 2) int padding,
            @ForAll boolean bias, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Conv1d conv = same
                ? new Conv1d(groups, 2 * groups, kernel, 1, "same", dilation, groups, bias, random)
                : new Conv1d(groups, 2 * groups, kernel, stride, padding, dilation, groups, bias, random);
        spread(conv.parameters().getFirst().tensor());
        verify(conv, input(seed, 2, groups, 9));
    }

    @Property(tries = TRIES)
    void convTranspose2d(@ForAll @IntRange(min = 1, max = 3) int groups, @ForAll @IntRange(min = 2, max = 3) int kernel,
            @ForAll @IntRange(min = 1, max = 3) int stride, @ForAll @IntRange(min = 0, max = 1) int padding,
            @ForAll @IntRange(min = 1, max = 2) int dilation, @ForAll boolean bias, @ForAll long seed) {
        ConvTranspose2d conv = new ConvTranspose2d(2 * groups, groups, new int[] {kernel, 2}, new int[] {stride, 2},
                new int[] {padding, 0}, new int[] {stride - 1, 1}, groups, bias, new int[] {dilation, 1},
                new SplittableRandom(seed));
        spread(conv.parameters().getFirst().tensor());
        verify(conv, input(seed, 1, 2 * groups, 3, 4));
    }

    @Property(tries = TRIES)
    void frozenBatchNorm2d(@ForAll @IntRange(min = 1, max = 3) int batch,
            @ForAll @IntRange(min = 1, max = 4) int features,
            @ForAll long seed) {
        FrozenBatchNorm2d norm = new FrozenBatchNorm2d(features);
        for (Parameter buffer : norm.buffers()) {
            System.arraycopy(input(seed ^ buffer.name().hashCode(), features).data(), 0, buffer.tensor().data(), 0,
                    features);
        }
        for (int c = 0; c < features; c++) {
            norm.buffers().getLast().tensor().data()[c] += 2; // a variance is not negative
        }
        spread(norm.buffers().getFirst().tensor());
        verify(norm, input(seed, batch, features, 3, 5));
    }

    /** All 384 combinations of cell, layers, directions, layout, biases, lengths and initial states, each with its own numbers. */
    @Property(generation = GenerationMode.EXHAUSTIVE)
    void recurrentLayers(@ForAll RecurrentCell cell, @ForAll @IntRange(min = 1, max = 3) int numLayers,
            @ForAll boolean bidirectional, @ForAll boolean batchFirst, @ForAll boolean bias, @ForAll boolean padded,
            @ForAll boolean states) {
        RnnOptions options = new RnnOptions(numLayers, bias, batchFirst, 0, bidirectional);
        Sequences in = new Sequences(cell, options, 3, 2, padded, states,
                Objects.hash(cell.name(), options, padded, states));
        RNNBase layer = in.layer();
        GradientCheck check = in.check(() -> in.run(layer));
        layer.parameters().forEach(parameter -> check.with(parameter.name(), parameter.tensor()));
        check.verify();
    }

    /** Each call in training has another mask, so a layer of the same seed is made for each. */
    @Property(generation = GenerationMode.EXHAUSTIVE)
    void dropoutBetweenRecurrentLayers(@ForAll RecurrentCell cell, @ForAll @IntRange(min = 2, max = 3) int numLayers,
            @ForAll boolean bidirectional, @ForAll boolean batchFirst) {
        RnnOptions options = new RnnOptions(numLayers, true, batchFirst, 0.5, bidirectional);
        Sequences in = new Sequences(cell, options, 3, 2, true, true, Objects.hash(cell.name(), options));
        in.check(() -> in.run(in.layer())).verify();
    }

    /** Without steps the last states are the initial ones; without sequences there is nothing, and weights get zeros. */
    @Property(generation = GenerationMode.EXHAUSTIVE)
    void recurrentLayersOfNothing(@ForAll RecurrentCell cell, @ForAll boolean batchFirst, @ForAll boolean padded,
            @ForAll @IntRange(max = 2) int empty) {
        RnnOptions options = new RnnOptions(2, true, batchFirst, 0, true);
        int steps = empty == 1 ? 3 : 0;
        int batch = empty == 0 ? 2 : 0;
        Sequences in = new Sequences(cell, options, steps, batch, padded, true, 1);
        RNNBase layer = in.layer();
        try (Tape tape = Tape.open()) {
            Rnn.Output output = layer.run(in.x, in.h0.requireGrad(), in.c0, in.lengths);
            assertThat(output.y().size()).isZero();
            assertThat(output.hn().toArray()).isEqualTo(in.h0.toArray());
            Tensor y = all(output);
            tape.backward(y, Tensor.full(2, y.size()));
        }
        assertThat(in.h0.grad().toArray()).containsOnly(batch == 0 ? new float[0] : new float[] {2});
        layer.parameters().forEach(parameter -> {
            if (parameter.tensor().grad() != null) {
                assertThat(parameter.tensor().grad().toArray()).as(parameter.name()).containsOnly(0);
            }
        });
    }

    /** Small recurrent layers and what goes into them; all numbers follow from the seed. */
    private static final class Sequences {
        private static final int INPUTS = 2;
        private static final int HIDDEN = 3;
        final RecurrentCell cell;
        final RnnOptions options;
        final long seed;
        final Tensor x;
        final Tensor h0;
        final Tensor c0;
        final int[] lengths;

        Sequences(RecurrentCell cell, RnnOptions options, int steps, int batch, boolean padded, boolean states,
                long seed) {
            this.cell = cell;
            this.options = options;
            this.seed = seed;
            x = numbers(1, options.batchFirst() ? batch : steps, options.batchFirst() ? steps : batch, INPUTS);
            int[] shape = {options.numLayers() * options.directions(), batch, HIDDEN};
            h0 = states ? numbers(2, shape) : null;
            c0 = states && cell.hasCellState() ? numbers(3, shape) : null;
            lengths = padded ? new SplittableRandom(seed).ints(batch, 0, steps + 1).toArray() : null;
        }

        private Tensor numbers(int which, int... shape) {
            Tensor x = input(seed + which, shape);
            return cell == RecurrentCell.RNN_RELU ? positive(x) : x;
        }

        /** The same one each time. */
        RNNBase layer() {
            SplittableRandom random = new SplittableRandom(seed);
            RNNBase layer = switch (cell) {
                case RNN_TANH -> new RNN(INPUTS, HIDDEN, options, random);
                case RNN_RELU -> new RNN(INPUTS, HIDDEN, RNN.Nonlinearity.RELU, options, random);
                case LSTM -> new LSTM(INPUTS, HIDDEN, options, random);
                case GRU -> new GRU(INPUTS, HIDDEN, options, random);
            };
            layer.parameters().forEach(this::prepare);
            return layer;
        }

        /** Positive weights make all sums of a ReLU positive, but with a bias those of every other unit are far below zero. */
        private void prepare(Parameter parameter) {
            Tensor values = parameter.tensor();
            if (cell != RecurrentCell.RNN_RELU) {
                spread(values);
            } else if (parameter.name().startsWith("bias_ih")) {
                for (int i = 0; i < values.size(); i++) {
                    values.data()[i] = i % 2 == 0 ? 2 : -60;
                }
            } else {
                positive(values);
            }
        }

        Tensor run(RNNBase layer) {
            return all(layer.run(x, h0, c0, lengths));
        }

        GradientCheck check(Supplier<Tensor> function) {
            GradientCheck check = GradientCheck.of(function).with("x", x);
            if (h0 != null) {
                check.with("h0", h0);
            }
            if (c0 != null) {
                check.with("c0", c0);
            }
            return check;
        }
    }

    private static Tensor positive(Tensor x) {
        for (int i = 0; i < x.size(); i++) {
            x.data()[i] = Math.abs(x.data()[i]) + 0.0625f;
        }
        return x;
    }

    /** All outputs as one, so that a gradient arrives at each. */
    private static Tensor all(Rnn.Output output) {
        return Concat.concat(Stream.of(output.y(), output.hn(), output.cn())
                .map(part -> part.reshape(part.size())).toList());
    }

    @Property(tries = TRIES)
    void activationsAndFlatten(@ForAll @IntRange(min = 1, max = 3) int batch, @ForAll long seed) {
        Tensor x = awayFromZero(seed, batch, 2, 3, 3);
        verify(new ReLU(), x);
        verify(new Tanh(), x);
        verify(new Sigmoid(), x);
        verify(new Flatten(), x);
        verify(new GELU(), x);
        verify(new GELU("tanh"), x);
        verify(new SiLU(), x);
        verify(new Softplus(2, 1), x.mul(0.25f).detach()); // below the threshold
        verify(new LeakyReLU(), x);
        verify(new ELU(0.5), x);
    }

    @Property(tries = TRIES)
    void layerNorm(@ForAll @IntRange(min = 1, max = 4) int batch, @ForAll @IntRange(min = 2, max = 9) int features,
            @ForAll boolean affine, @ForAll long seed) {
        LayerNorm norm = new LayerNorm(new int[] {features, 3}, 0.1, affine, true);
        norm.parameters().forEach(parameter -> spread(parameter.tensor()));
        verify(norm, input(seed, batch, features, 3));
    }

    /** In training by the statistics of the batch, in evaluation by the running ones. */
    @Property(tries = TRIES)
    void batchNorm(@ForAll @IntRange(min = 2, max = 4) int batch, @ForAll @IntRange(min = 1, max = 9) int features,
            @ForAll boolean affine, @ForAll boolean tracked, @ForAll boolean training, @ForAll long seed) {
        BatchNorm1d rows = new BatchNorm1d(features, 0.1, 0.1, affine, tracked);
        BatchNorm2d images = new BatchNorm2d(features, 0.1, 0.1, affine, tracked);
        for (BatchNorm norm : List.of(rows, images)) {
            norm.parameters().forEach(parameter -> spread(parameter.tensor()));
        }
        if (!training) {
            rows.eval();
            images.eval();
        }
        verify(rows, input(seed, batch, features));
        verify(rows, input(seed, batch, features, 5));
        verify(images, input(seed, batch, features, 3, 2));
    }

    /** Each call has another mask in training, so a layer of the same seed is made for each. */
    @Property(tries = TRIES)
    void dropout(@ForAll boolean training, @ForAll long seed) {
        Tensor x = input(seed, 2, 5);
        GradientCheck.of(() -> {
            Dropout dropout = new Dropout(0.5, new SplittableRandom(seed));
            return (training ? dropout : dropout.eval()).forward(x).mul(2);
        }).with("x", x).verify();
    }

    @Property(tries = TRIES)
    void maxPool2d(@ForAll @IntRange(min = 1, max = 3) int batch, @ForAll @IntRange(min = 1, max = 3) int kernel,
            @ForAll long seed) {
        Tensor x = input(seed, batch, 2, 6, 6);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < x.size(); i++) { // gaps of 1/8 between any two, in random order
            int j = random.nextInt(i + 1);
            x.data()[i] = x.data()[j];
            x.data()[j] = i / 8f;
        }
        verify(new MaxPool2d(kernel), x);
        int[] window = {kernel, 3};
        verify(new MaxPool2d(window, new int[] {2, 1}, new int[] {kernel / 2, 1}, new int[] {1, 2}, true), x);
    }

    @Property(tries = TRIES)
    void averages(@ForAll @IntRange(min = 1, max = 3) int batch, @ForAll @IntRange(min = 1, max = 3) int kernel,
            @ForAll boolean ceilMode, @ForAll long seed) {
        Tensor x = input(seed, batch, 2, 6, 7);
        verify(new AvgPool2d(kernel), x);
        for (AvgDivisor divisor : List.of(AvgDivisor.PADDED, AvgDivisor.PIXELS, AvgDivisor.of(5))) {
            verify(new AvgPool2d(new int[] {kernel, 2}, new int[] {2, 3}, new int[] {kernel / 2, 1}, ceilMode, divisor),
                    x);
        }
        verify(new AdaptiveAvgPool2d(kernel), x);
        verify(new AdaptiveAvgPool2d(kernel, 4), x);
    }

    @Property(tries = TRIES)
    void sequential(@ForAll @IntRange(min = 1, max = 3) int batch, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        verify(new Sequential(new Conv2d(1, 2, 3, 1, 1, random), new Tanh(), new Flatten(),
                new Linear(2 * 16, 3, random),
                new Sigmoid()), input(seed, batch, 1, 4, 4));
    }

    @Property(tries = TRIES)
    void losses(@ForAll @IntRange(min = 1, max = 5) int batch, @ForAll @IntRange(min = 1, max = 11) int classes,
            @ForAll long seed) {
        Tensor x = input(seed, batch, classes);
        Tensor target = input(~seed, batch, classes);
        int[] labels = new SplittableRandom(seed).ints(batch, 0, classes).toArray();
        GradientCheck.of(() -> new MSELoss().forward(x, target)).with("x", x).with("target", target).verify();
        GradientCheck.of(() -> new CrossEntropyLoss().forward(x, labels)).with("x", x).verify();
    }

    private static void verify(Layer layer, Tensor x) {
        GradientCheck check = GradientCheck.of(() -> layer.forward(x)).with("x", x);
        layer.parameters().forEach(parameter -> check.with(parameter.name(), parameter.tensor()));
        check.verify();
    }

    /** Moves each value 1/4 away from zero, so that a change of the input is seen in the output, whatever the seed. */
    private static void spread(Tensor x) {
        for (int i = 0; i < x.size(); i++) {
            x.data()[i] += Math.copySign(0.25f, x.data()[i]);
        }
    }

    private static Tensor input(long seed, int... shape) {
        return Tensor.uniform(new SplittableRandom(seed ^ 0x5eed), -1, 1, shape);
    }

    /** Numbers with |x| >= 1/8, farther from ReLU's kink than the stencil reaches. */
    private static Tensor awayFromZero(long seed, int... shape) {
        Tensor x = input(seed, shape);
        for (int i = 0; i < x.size(); i++) {
            x.data()[i] += Math.copySign(0.125f, x.data()[i]);
        }
        return x;
    }
}
