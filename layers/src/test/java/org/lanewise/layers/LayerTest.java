package org.lanewise.layers;

import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Names, modes, and what layers and optimizers refuse with which words. */
class LayerTest {

    private static final int[] ONE = {1, 1};

    @Test
    void parametersHaveDottedNamesInTheOrderOfDeclaration() {
        Layer model = new Sequential(new Linear(4, 3), new ReLU(), new Sequential(new Linear(3, 2)));
        assertThat(model.parameters()).extracting(Parameter::name)
                .containsExactly("0.weight", "0.bias", "2.0.weight", "2.0.bias");
        assertThat(model.parameterCount()).isEqualTo(4 * 3 + 3 + 3 * 2 + 2);
        for (Layer plain : List.of(new RNN(4, 3, true), new RNN(4, 3), new LSTM(4, 3), new GRU(4, 3))) {
            assertThat(plain.parameters()).extracting(Parameter::name)
                    .containsExactly("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0");
        }
        RnnOptions two = RnnOptions.DEFAULT.withNumLayers(2);
        for (Layer layer : List.of(new RNN(4, 3, two), new LSTM(4, 3, two), new GRU(4, 3, two))) {
            assertThat(layer.parameters()).hasSize(8);
        }
        RnnOptions options = RnnOptions.DEFAULT.withNumLayers(2).withBidirectional(true).withBias(false);
        assertThat(new LSTM(4, 3, options, new SplittableRandom(1)).parameters()).extracting(Parameter::name)
                .containsExactly("weight_ih_l0", "weight_hh_l0", "weight_ih_l0_reverse", "weight_hh_l0_reverse",
                        "weight_ih_l1", "weight_hh_l1", "weight_ih_l1_reverse", "weight_hh_l1_reverse");
        assertThat(new GRU(4, 3, options, new SplittableRandom(1)).parameters())
                .extracting(parameter -> parameter.tensor().shape().toString()).containsExactly("(9, 4)", "(9, 3)",
                        "(9, 4)", "(9, 3)", "(9, 6)", "(9, 3)", "(9, 6)", "(9, 3)");
    }

    @Test
    void convolutionsHavePyTorchsParameterShapes() {
        SplittableRandom random = new SplittableRandom(1);
        assertThat(new Conv2d(4, 6, new int[] {3, 2}, ONE, ONE, ONE, 2, true, random).parameters())
                .extracting(parameter -> parameter.tensor().shape().toString()).containsExactly("(6, 2, 3, 2)", "(6)");
        assertThat(new Conv1d(4, 6, 3, 1, 0, 1, 2, true, random).parameters())
                .extracting(parameter -> parameter.tensor().shape().toString()).containsExactly("(6, 2, 3)", "(6)");
        assertThat(new ConvTranspose2d(4, 6, new int[] {3, 2}, ONE, ONE, new int[] {0, 0}, 2, false, ONE, random)
                .parameters()).extracting(parameter -> parameter.tensor().shape().toString())
                .containsExactly("(4, 3, 3, 2)");
    }

    @Test
    void theSameSeedGivesTheSameLayer() {
        assertThat(new Linear(4, 3, new SplittableRandom(1)).parameters().getFirst().tensor().toArray())
                .isEqualTo(new Linear(4, 3, new SplittableRandom(1)).parameters().getFirst().tensor().toArray());
    }

    @Test
    void trainAndEvalReachAllParts() {
        Linear part = new Linear(4, 3);
        Layer model = new Sequential(part);
        assertThat(part.isTraining()).isTrue();
        model.eval();
        assertThat(part.isTraining()).isFalse();
        model.train();
        assertThat(part.isTraining()).isTrue();
    }

    @Test
    void buffersAreNoParameters() {
        Layer model = new Sequential(new Conv2d(3, 4, 1), new FrozenBatchNorm2d(4));
        assertThat(model.parameters()).extracting(Parameter::name).containsExactly("0.weight", "0.bias");
        assertThat(model.buffers()).extracting(Parameter::name).containsExactly("1.weight", "1.bias", "1.running_mean",
                "1.running_var");
        assertThat(model.buffers()).noneMatch(buffer -> buffer.tensor().requiresGrad());
    }

    @Test
    void anEvaluatedConvolutionHasTheBitsOfATrainedOneAndSeesEachChange() {
        SplittableRandom random = new SplittableRandom(1);
        for (int groups : new int[] {1, 2, 8}) {
            Conv2d conv = new Conv2d(8, 16, new int[] {3, 3}, ONE, ONE, ONE, groups, true, random);
            Tensor x = Tensor.randn(random, 2, 8, 16, 15);
            for (Parameter changed : conv.parameters()) {
                for (int i = 0; i < 2; i++) {
                    float[] trained = conv.train().forward(x).toArray();
                    assertThat(conv.eval().forward(x).toArray()).isEqualTo(trained);
                    changed.tensor().data()[changed.tensor().size() - 1] += 1;
                    assertThat(conv.forward(x).toArray()).isNotEqualTo(trained);
                }
            }
        }
    }

    @Test
    void anEvaluatedConvolutionHasItsGradientsUnderATape() {
        Conv2d conv = new Conv2d(2, 3, 3);
        conv.eval();
        Tensor x = Tensor.full(1, 1, 2, 5, 5);
        conv.forward(x);
        try (Tape tape = Tape.open()) {
            tape.backward(conv.forward(x).sum());
        }
        assertThat(conv.parameters()).allMatch(parameter -> parameter.tensor().grad() != null);
    }

    @Test
    void aFrozenConvolutionKeepsItsValuesAndRefusesAGradient() {
        Conv2d conv = new Conv2d(2, 3, 3);
        FrozenConv2d frozen = conv.freeze();
        Tensor x = Tensor.full(1, 1, 2, 5, 5);
        float[] before = conv.forward(x).toArray();
        conv.parameters().forEach(parameter -> parameter.tensor().data()[0] += 1);
        assertThat(frozen.forward(x).toArray()).isEqualTo(before);
        assertThat(frozen.parameters()).isEmpty();
        assertThatThrownBy(() -> frozen.forward(x, Tensor.zeros(1, 3, 3, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("conv2d: expected residual of shape (1, 3, 3, 3) but got (1, 3, 3, 4)");
        assertThatThrownBy(() -> frozen.forward(Tensor.zeros(1, 3, 5, 5))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected input (N, 2, H, W) but got (1, 3, 5, 5)");
        x.requireGrad();
        try (Tape _ = Tape.open()) {
            assertThatThrownBy(() -> frozen.forward(x)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("packed weights have no gradient");
        }
    }

    @Test
    void foldingNeedsAFeatureForEachFilter() {
        assertThatThrownBy(() -> new Conv2d(2, 3, 3).fold(new FrozenBatchNorm2d(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 3 filters, which FrozenBatchNorm2d(2, eps=1.0E-5) does not fit");
        assertThatThrownBy(() -> new FrozenBatchNorm2d(2, Double.NaN)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("eps=NaN");
        assertThatThrownBy(() -> new FrozenBatchNorm2d(2).forward(Tensor.zeros(1, 3, 2, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected input (N, 2, H, W) but got (1, 3, 2, 2)");
    }

    @Test
    void aNameIsTakenOnce() {
        refused(() -> new Layer() {
            private final Linear first = child("fc", new Linear(1, 1));
            private final Linear second = child("fc", new Linear(1, 1));

            @Override
            public Tensor forward(Tensor x) {
                return second.forward(first.forward(x));
            }
        }, "name \"fc\" is taken");
    }

    @Test
    void wrongInputsAreRefusedWithLayerAndShapes() {
        Tensor x = Tensor.zeros(4, 9);
        refused(() -> new Linear(10, 5).forward(x), "Linear(10, 5): expected input (*, 10) but got (4, 9)");
        refused(() -> new Conv2d(1, 32, 3, 1, 1).forward(x),
                "Conv2d(1, 32, kernelSize=3x3, stride=1x1, padding=1x1, dilation=1x1): expected input (N, 1, H, W) but got (4, 9)");
        refused(() -> new Conv2d(4, 6, new int[] {3, 2}, ONE, "same", ONE, 2, true, new SplittableRandom()).forward(x),
                "Conv2d(4, 6, kernelSize=3x2, stride=1x1, padding=1x0+1, dilation=1x1, groups=2): expected input (N, 4, H, W)"
                        + " but got (4, 9)");
        refused(() -> new Conv1d(2, 4, 3, 1, 1, 1, 2, true, new SplittableRandom()).forward(x),
                "Conv1d(2, 4, kernelSize=3, stride=1, padding=1, dilation=1, groups=2): expected input (N, 2, L) but got (4, 9)");
        refused(() -> new ConvTranspose2d(2, 4, 3, 2).forward(x),
                "ConvTranspose2d(2, 4, kernelSize=3x3, stride=2x2, padding=0x0, outputPadding=0x0, dilation=1x1): expected input"
                        + " (N, 2, H, W) but got (4, 9)");
        refused(() -> new MaxPool2d(2, 2).forward(x),
                "MaxPool2d(kernelSize=2x2, stride=2x2, padding=0x0, dilation=1x1, ceilMode=false): expected input (N, C, H, W) but got (4, 9)");
        refused(() -> new AvgPool2d(2).forward(x),
                "AvgPool2d(kernelSize=2x2, stride=2x2, padding=0x0, ceilMode=false, countIncludePad=true): expected input (N, C, H, W) but got (4, 9)");
        refused(() -> new AdaptiveAvgPool2d(7).forward(x),
                "AdaptiveAvgPool2d(7x7): expected input (N, C, H, W) but got (4, 9)");
        refused(() -> new RNN(10, 5, true).forward(x),
                "RNN(10, 5, batchFirst): expected input (B, T, 10) but got (4, 9)");
        refused(() -> new RNN(9, 5, true).forward(Tensor.zeros(2, 3, 9), Tensor.zeros(1, 3, 5)),
                "RNN(9, 5, batchFirst): expected h0 (1, 2, 5) but got (1, 3, 5)");
        refused(() -> new LSTM(9, 5, RnnOptions.DEFAULT.withNumLayers(2), new SplittableRandom(1))
                .forward(Tensor.zeros(2, 3, 9), null, Tensor.zeros(1, 3, 5)),
                "LSTM(9, 5, numLayers=2): expected c0 (2, 3, 5) but got (1, 3, 5)");
        refused(() -> new GRU(9, 5).forward(Tensor.zeros(2, 3, 9), null, new int[] {1, 2, 3}),
                "lengths[2]=3 must be from 0 to the 2 steps of the batch");
        refused(() -> new LayerNorm(3, 9).forward(x),
                "LayerNorm((3, 9), eps=1.0E-5): expected input whose last dimensions are (3, 9) but got (4, 9)");
        refused(() -> new LayerNorm(1, 4, 9).forward(x),
                "LayerNorm((1, 4, 9), eps=1.0E-5): expected input whose last dimensions are (1, 4, 9) but got (4, 9)");
        refused(() -> new MSELoss().forward(x, Tensor.zeros(4, 1)),
                "mseLoss: expected two tensors of the same shape but got (4, 9) and (4, 1)");
        refused(() -> new CrossEntropyLoss().forward(x, 0, 1, 2, 9), "labels[3]=9 must be in [0, 9)");
    }

    /** With p = 1 the upper layer sees zeros, which say nothing about the input; the lower one is as it was. */
    @Test
    void recurrentLayersLeaveOutWhatStandsBetweenThemInTraining() {
        RnnOptions options = RnnOptions.DEFAULT.withNumLayers(2).withDropout(1);
        GRU gru = new GRU(3, 4, options, new SplittableRandom(1));
        Tensor a = Tensor.uniform(new SplittableRandom(2), -1, 1, 2, 1, 3);
        Tensor b = Tensor.uniform(new SplittableRandom(3), -1, 1, 2, 1, 3);
        assertThat(gru.forward(a).toArray()).isEqualTo(gru.forward(b).toArray());
        assertThat(gru.forward(a, null).hn().select(0, 0).toArray())
                .isNotEqualTo(gru.forward(b, null).hn().select(0, 0).toArray());
        gru.eval();
        assertThat(gru.forward(a).toArray()).isNotEqualTo(gru.forward(b).toArray());
        refused(() -> options.withDropout(-0.5), "dropout=-0.5 must be in [0, 1]");
        assertThat(gru).hasToString("GRU(3, 4, numLayers=2, dropout=1.0)");
    }

    /** The same first seed has the same masks, and each call another one. */
    @Test
    void masksBetweenRecurrentLayersFollowFromTheSeed() {
        RnnOptions options = RnnOptions.DEFAULT.withNumLayers(3).withDropout(0.5).withBidirectional(true);
        LSTM lstm = new LSTM(3, 8, options, new SplittableRandom(1));
        LSTM same = new LSTM(3, 8, options, new SplittableRandom(1));
        Tensor x = Tensor.uniform(new SplittableRandom(2), -1, 1, 4, 2, 3);
        float[] first = lstm.forward(x).toArray();
        assertThat(same.forward(x).toArray()).isEqualTo(first);
        assertThat(lstm.forward(x).toArray()).isNotEqualTo(first);
    }

    @Test
    void wrongSizesAreRefused() {
        refused(() -> new Linear(-1, 5), "inFeatures=-1 must be positive");
        refused(() -> new Linear(1, 0), "outFeatures=0 must be positive");
        refused(() -> new Conv2d(1, 1, 0), "kernelSize[0]=0 must be positive");
        refused(() -> new Conv2d(1, 1, 3, 0, 0), "stride[0]=0 must be positive");
        refused(() -> new Conv2d(1, 1, 3, 1, -1), "padding[0]=-1 must not be negative");
        refused(() -> new Conv2d(1, 1, new int[] {3}, ONE, ONE, ONE, true, new SplittableRandom()),
                "kernelSize=[3] must have two values, along height and width");
        refused(() -> new Conv2d(4, 6, ONE, ONE, ONE, ONE, 4, true, new SplittableRandom()),
                "groups=4 must divide inChannels=4 and outChannels=6");
        refused(() -> new Conv2d(1, 1, ONE, ONE, new int[] {1, 2, 3}, ONE, true, new SplittableRandom()),
                "padding=[1, 2, 3] must have two values, along height and width, or four, above, below, left and right");
        refused(() -> new Conv2d(1, 1, ONE, ONE, new int[] {1, 2, -3, 0}, ONE, true, new SplittableRandom()),
                "padding[2]=-3 must not be negative");
        refused(() -> new Conv2d(1, 1, ONE, new int[] {1, 2}, "same", ONE, 1, true, new SplittableRandom()),
                "stride=2 must be 1 with padding \"same\", whose output is as large as its input");
        refused(() -> new Conv1d(1, 1, 3, 1, "full", 1, 1, true, new SplittableRandom()),
                "padding=\"full\" must be \"same\", \"valid\" or numbers");
        refused(() -> new ConvTranspose2d(1, 1, 3, 2, 0, -1, new SplittableRandom()),
                "outputPadding[0]=-1 must not be negative");
        refused(() -> new MaxPool2d(new int[] {2, 2}, ONE, new int[] {2, 0}),
                "padding=2x0 must be at most half of kernelSize=2x2");
        refused(() -> new AvgPool2d(3, 2, 2), "padding=2x2 must be at most half of kernelSize=3x3");
        refused(() -> new AdaptiveAvgPool2d(-1), "outputHeight=-1 must not be negative");
        refused(() -> new RNN(1, -2, false), "hiddenSize=-2 must be positive");
        refused(() -> new Softplus(0, 20), "beta=0.0 must be positive");
        refused(() -> new Softplus(Double.POSITIVE_INFINITY, 20), "beta=Infinity must be a finite float");
        refused(() -> new Softplus(1, Double.NaN), "threshold=NaN must be a number");
        refused(() -> new ELU(Double.NaN), "alpha=NaN must be a finite float");
        refused(() -> new LeakyReLU(1e50), "negativeSlope=1.0E50 must be a finite float");
    }

    /** With w = w1 = w2 and y = w*w*x, a step is lr * dy/dw = lr * 2*w*x, made once. */
    @Test
    void tiedWeightsAreListedAndSteppedOnce() {
        Linear tied = new Linear(1, 1, false, new SplittableRandom(1));
        Layer model = new Sequential(tied, tied);
        assertThat(model.parameters()).extracting(Parameter::name).containsExactly("0.weight");
        assertThat(model.parameterCount()).isEqualTo(1);
        Tensor weight = model.parameters().getFirst().tensor();
        weight.data()[0] = 0.5f;
        SGD optimizer = new SGD(model.parameters(), 0.25);
        try (Tape tape = Tape.open()) {
            tape.backward(model.forward(Tensor.full(3, 1, 1)));
        }
        optimizer.step();
        assertThat(weight.item()).isEqualTo(0.5f - 0.25f * 2 * 0.5f * 3);
    }

    @Test
    void sgdRefusesNoParametersAndDoubledOnes() {
        refused(() -> new SGD(List.of(), 0.1),
                "there are no parameters; a Layer declares its own by parameter() and its parts by child()");
        Parameter weight = new Linear(1, 1).parameters().getFirst();
        refused(() -> new SGD(List.of(weight, weight), 0.1), "the parameter weight is listed twice");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.01, Double.NaN, Double.POSITIVE_INFINITY, 1e-50, 1e50})
    void aLearningRateIsPositive(double lr) {
        refused(() -> new SGD(List.of(), lr), "lr=" + lr + " must be positive and finite");
    }

    @Test
    void otherOptionsOfSgdAreChecked() {
        refused(() -> new SGD(List.of(), 0.1, -1), "momentum=-1.0 must be finite and not negative");
        refused(() -> new SGD(List.of(), 0.1, 0, 0, 0, true),
                "nesterov needs momentum above 0 and dampening 0, but momentum=0.0 and dampening=0.0");
    }

    @Test
    void sgdLeavesAParameterWithoutGradientAlone() {
        Linear used = new Linear(2, 2);
        Linear unused = new Linear(2, 2);
        float[] before = unused.parameters().getFirst().tensor().toArray();
        SGD optimizer = new SGD(new Sequential(used, unused).parameters(), 0.1, 0.9, 0, 0.5, true);
        try (Tape tape = Tape.open()) {
            tape.backward(used.forward(Tensor.full(1, 1, 2)).sum());
        }
        optimizer.step();
        assertThat(unused.parameters().getFirst().tensor().toArray()).isEqualTo(before);
    }

    @Test
    void recurrentLayersNameWhatIsNull() {
        SplittableRandom random = new SplittableRandom(1);
        assertThatNullPointerException()
                .isThrownBy(() -> new RNN(1, 1, null, RnnOptions.DEFAULT, random)).withMessage("nonlinearity");
        assertThatNullPointerException().isThrownBy(() -> new LSTM(1, 1, null, random)).withMessage("options");
        assertThatNullPointerException().isThrownBy(() -> new GRU(1, 1, RnnOptions.DEFAULT, null))
                .withMessage("random");
    }

    private static void refused(Runnable call, String message) {
        assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void dropoutOfTheSameSeedHasTheSameMasksAndScalesWhatStays() {
        Tensor x = Tensor.full(3, 4, 100);
        Dropout one = new Dropout(0.25, new SplittableRandom(5));
        Dropout other = new Dropout(0.25, new SplittableRandom(5));
        Tensor first = one.forward(x);
        assertThat(first.data()).containsOnly(0, 4).isEqualTo(other.forward(x).data());
        assertThat(one.forward(x).data()).isNotEqualTo(first.data());
        assertThat(one.eval().forward(x)).isSameAs(x);
        assertThatThrownBy(() -> new Dropout(-0.5)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("p=-0.5 must be in [0, 1]");
    }

    @Test
    void batchNormsRefuseWhatTheyCannotNormalise() {
        BatchNorm2d norm = new BatchNorm2d(3);
        assertThatThrownBy(() -> norm.forward(Tensor.zeros(2, 4, 5, 5))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "BatchNorm2d(3, eps=1.0E-5, momentum=0.1): expected input (N, 3, H, W) but got (2, 4, 5, 5)");
        assertThatThrownBy(() -> norm.forward(Tensor.zeros(1, 3, 1, 1))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected more than one value for each channel but got input (1, 3, 1, 1)");
        assertThatThrownBy(() -> new BatchNorm2d(3, 1e-5, 0.1, true, false).freeze())
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("has no running statistics");
        assertThatThrownBy(() -> new GELU("erf")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("approximate=\"erf\" must be \"none\" or \"tanh\"");
        assertThat(new LayerNorm(4).parameters()).extracting(Parameter::name).containsExactly("weight", "bias");
        assertThat(norm.buffers()).extracting(Parameter::name).containsExactly("running_mean", "running_var",
                "num_batches_tracked");
    }

    /** The gradient of a step before must not stay. */
    @Test
    void anEmptyBatchGivesALayerNormNoGradients() {
        LayerNorm layer = new LayerNorm(4);
        for (int rows : new int[] {2, 0}) {
            layer.parameters().forEach(p -> p.tensor().zeroGrad());
            try (Tape tape = Tape.open()) {
                tape.backward(layer.forward(Tensor.full(1, rows, 4)).sum());
            }
        }
        for (Parameter parameter : layer.parameters()) {
            Tensor grad = Objects.requireNonNull(parameter.tensor().grad());
            assertThat(grad.toArray()).as(parameter.name()).containsOnly(0);
        }
    }

    /** A batch normalisation that is evaluated and the frozen one are the same map. */
    @Test
    void aFrozenBatchNormHasTheBitsOfTheEvaluatedOne() {
        BatchNorm2d layer = new BatchNorm2d(3);
        var random = new SplittableRandom(5);
        layer.forward(Tensor.uniform(random, -2, 3, 4, 3, 5, 5));
        layer.eval();
        Tensor x = Tensor.uniform(random, -2, 3, 2, 3, 4, 4);
        assertThat(layer.forward(x).toArray()).isEqualTo(layer.freeze().forward(x).toArray());
    }
}
