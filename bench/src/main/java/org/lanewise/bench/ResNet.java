package org.lanewise.bench;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Tensor;
import org.lanewise.layers.AdaptiveAvgPool2d;
import org.lanewise.layers.Conv2d;
import org.lanewise.layers.Flatten;
import org.lanewise.layers.FrozenBatchNorm2d;
import org.lanewise.layers.FrozenConv2d;
import org.lanewise.layers.Layer;
import org.lanewise.layers.Linear;
import org.lanewise.layers.MaxPool2d;
import org.lanewise.layers.Parameter;
import org.lanewise.layers.Sequential;

/**
 * A residual network of basic blocks, two in each stage, under the names of torchvision: with widths 64, 128, 256 and 512 it is
 * {@code resnet18}. The parameters are random, and such that the values stay of the order of 1 from layer to layer.
 *
 * <pre>
 *   conv1 7x7, stride 2 - bn1 - ReLU - max pooling 3x3, stride 2
 *   layer1 .. layer4: two blocks each,  relu(bn2(conv2(relu(bn1(conv1(x))))) + x)    3x3; from layer2 on the first has stride 2,
 *                                                                                    and x goes through a 1x1 convolution and bn
 *   global average pooling - fc
 * </pre>
 *
 * @see <a href="https://arxiv.org/abs/1512.03385">He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015</a>
 */
final class ResNet extends Layer {

    private static final AdaptiveAvgPool2d AVGPOOL = new AdaptiveAvgPool2d(1);
    private static final Flatten FLATTEN = new Flatten();

    private final Conv2d conv1;
    private final FrozenBatchNorm2d bn1;
    private final MaxPool2d maxpool = new MaxPool2d(new int[] {3, 3}, new int[] {2, 2}, new int[] {1, 1});
    private final Sequential[] stages;
    private final Block[] blocks;
    private final Linear fc;

    /**
     * A network.
     *
     * @param widths  channels of each stage
     * @param classes outputs
     * @param seed    of its parameters
     */
    ResNet(int[] widths, int classes, long seed) {
        var random = new SplittableRandom(seed);
        conv1 = child("conv1", conv(3, widths[0], 7, 2, random));
        bn1 = child("bn1", norm(widths[0], random));
        blocks = new Block[2 * widths.length];
        stages = new Sequential[widths.length];
        for (int i = 0; i < widths.length; i++) {
            int from = widths[Math.max(i - 1, 0)];
            blocks[2 * i] = new Block(from, widths[i], i == 0 ? 1 : 2, random);
            blocks[2 * i + 1] = new Block(widths[i], widths[i], 1, random);
            stages[i] = child("layer" + (i + 1), new Sequential(blocks[2 * i], blocks[2 * i + 1]));
        }
        fc = child("fc", new Linear(widths[widths.length - 1], classes, random));
        eval();
    }

    @Override
    public Tensor forward(Tensor x) {
        Tensor y = maxpool.forward(bn1.forward(conv1.forward(x)).relu());
        for (Sequential stage : stages) {
            y = stage.forward(y);
        }
        return fc.forward(FLATTEN.forward(AVGPOOL.forward(y)));
    }

    /** The same network for inference: each normalisation is folded into its convolution, which ends with the rectifier. */
    Layer freeze() {
        return new Frozen(this);
    }

    private static Conv2d conv(int in, int out, int kernel, int stride, RandomGenerator random) {
        int padding = kernel / 2;
        return new Conv2d(in, out, new int[] {kernel, kernel}, new int[] {stride, stride},
                new int[] {padding, padding}, new int[] {1, 1}, false, random);
    }

    /** The variance of an output is a third of the mean square of an input, as weights are initialised. */
    private static FrozenBatchNorm2d norm(int features, RandomGenerator random) {
        var norm = new FrozenBatchNorm2d(features);
        for (Parameter buffer : norm.buffers()) {
            double least = switch (buffer.name()) {
                case "weight" -> 0.5;
                case "running_var" -> 0.2;
                default -> -0.2;
            };
            float[] values = buffer.tensor().data();
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (least + 0.4 * random.nextDouble());
            }
        }
        return norm;
    }

    /** Two convolutions, and their input added to what they make of it. */
    private static final class Block extends Layer {
        private final Conv2d conv1;
        private final FrozenBatchNorm2d bn1;
        private final Conv2d conv2;
        private final FrozenBatchNorm2d bn2;
        private final @Nullable Conv2d downConv;
        private final @Nullable FrozenBatchNorm2d downNorm;

        Block(int in, int out, int stride, RandomGenerator random) {
            conv1 = child("conv1", conv(in, out, 3, stride, random));
            bn1 = child("bn1", norm(out, random));
            conv2 = child("conv2", conv(out, out, 3, 1, random));
            bn2 = child("bn2", norm(out, random));
            downConv = stride == 1 ? null : conv(in, out, 1, stride, random);
            downNorm = stride == 1 ? null : norm(out, random);
            if (downConv != null && downNorm != null) {
                child("downsample", new Sequential(downConv, downNorm));
            }
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor y = bn1.forward(conv1.forward(x)).relu();
            y = bn2.forward(conv2.forward(y));
            return y.add(downConv == null || downNorm == null ? x : downNorm.forward(downConv.forward(x))).relu();
        }
    }

    private static final class FrozenBlock extends Layer {
        private final FrozenConv2d first;
        private final FrozenConv2d second;
        private final @Nullable FrozenConv2d down;

        FrozenBlock(Block block) {
            first = child("first", block.conv1.fold(block.bn1).freeze().thenReLU());
            second = child("second", block.conv2.fold(block.bn2).freeze().thenReLU());
            down = block.downConv == null || block.downNorm == null
                    ? null
                    : child("down", block.downConv.fold(block.downNorm).freeze());
        }

        @Override
        public Tensor forward(Tensor x) {
            return second.forward(first.forward(x), down == null ? x : down.forward(x));
        }
    }

    private static final class Frozen extends Layer {
        private final FrozenConv2d stem;
        private final MaxPool2d maxpool;
        private final Sequential blocks;
        private final Linear fc;

        Frozen(ResNet net) {
            stem = child("stem", net.conv1.fold(net.bn1).freeze().thenReLU());
            maxpool = net.maxpool;
            blocks = child("blocks", new Sequential(Stream.of(net.blocks).map(FrozenBlock::new).toArray(Layer[]::new)));
            fc = child("fc", net.fc);
            eval();
        }

        @Override
        public Tensor forward(Tensor x) {
            return fc.forward(FLATTEN.forward(AVGPOOL.forward(blocks.forward(maxpool.forward(stem.forward(x))))));
        }
    }
}
