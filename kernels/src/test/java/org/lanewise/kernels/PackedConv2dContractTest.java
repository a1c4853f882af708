package org.lanewise.kernels;

import java.util.Arrays;
import java.util.stream.IntStream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.WithNull;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Packed weights change no bit; what the bits must be is the contract of {@link Conv2dContractTest} and {@link WinogradContractTest}. */
@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class PackedConv2dContractTest {

    @Property
    void hasTheBitsOfTheConvolutionForAnyImagesAndThreads(@ForAll("geometries") Conv2dGeometry g, @ForAll float beta,
            @ForAll boolean relu, @ForAll Recipe rx, @ForAll Recipe rw, @ForAll @WithNull Recipe rBias,
            @ForAll Recipe ry) {
        Padded w = rw.contiguous(g.weightSize());
        PackedConv2d packed = PackedConv2d.of(g, w.array(), w.offset());
        Padded bias = rBias == null ? null : rBias.contiguous(g.outChannels());
        Epilogue plain = bias == null ? Epilogue.NONE : Epilogue.rowBias(bias.array(), bias.offset());
        Epilogue epilogue = relu ? plain.thenRelu() : plain;
        for (Conv2dGeometry images : new Conv2dGeometry[] {g, larger(g)}) {
            Padded x = rx.contiguous(images.inputSize());
            Padded old = ry.contiguous(images.outputSize());
            Padded y = beta == 0 ? old.map(v -> Float.NaN) : old;
            for (Conv2dAlgorithm algorithm : Conv2dAlgorithm.values()) {
                if (!algorithm.fits(images)) {
                    continue;
                }
                Padded expected = y.copy();
                Conv2d.forward(images, algorithm, x.array(), x.offset(), w.array(), w.offset(), epilogue, beta,
                        expected.array(), expected.offset(), Parallelism.serial());
                for (Parallelism team : Teams.ALL) {
                    Padded actual = y.copy();
                    packed.forward(images, algorithm, x.array(), x.offset(), epilogue, beta, actual.array(),
                            actual.offset(), team);
                    actual.assertSameNumbers(expected);
                    actual.assertNothingElseWritten();
                    Padded apart = y.map(v -> Float.NaN);
                    packed.forward(images, algorithm, x.array(), x.offset(), epilogue, beta, old.array(),
                            old.offset(), apart.array(), apart.offset(), team);
                    apart.assertSameNumbers(expected);
                    apart.assertNothingElseWritten();
                }
            }
        }
    }

    @Property
    void tellsEachChangeOfAWeightAndKeepsItsOwn(@ForAll("geometries") Conv2dGeometry g, @ForAll Recipe rx,
            @ForAll Recipe rw, @ForAll Recipe ry) {
        Padded x = rx.contiguous(g.inputSize());
        Padded w = rw.contiguous(g.weightSize());
        PackedConv2d packed = PackedConv2d.of(g, w.array(), w.offset());
        assertThat(packed.matches(w.array(), w.offset())).isTrue();
        Padded before = ry.contiguous(g.outputSize());
        Padded after = before.copy();
        packed.forward(g, Conv2dAlgorithm.AUTO, x.array(), x.offset(), Epilogue.NONE, 0, before.array(),
                before.offset(), Parallelism.serial());
        if (g.weightSize() > 0) {
            int place = w.offset() + rw.pick(g.weightSize());
            // the least change, of 0 and -0 too
            w.array()[place] = Float.intBitsToFloat(Float.floatToRawIntBits(w.array()[place]) ^ 1);
            assertThat(packed.matches(w.array(), w.offset())).isFalse();
        }
        packed.forward(g, Conv2dAlgorithm.AUTO, x.array(), x.offset(), Epilogue.NONE, 0, after.array(),
                after.offset(), Parallelism.serial());
        after.assertSameNumbers(before);
    }

    @Test
    void zerosOfDifferentSignDifferAndNanIsNan() {
        Conv2dGeometry g = Conv2dGeometry.square(1, 1, 2, 2, 1, 1, 1, 0);
        assertThat(PackedConv2d.of(g, new float[] {0f}, 0).matches(new float[] {-0f}, 0)).isFalse();
        assertThat(PackedConv2d.of(g, new float[] {Float.NaN}, 0).matches(new float[] {Float.NaN}, 0)).isTrue();
    }

    @Test
    void manyThreadsMayCallItFirst() {
        Conv2dGeometry g = Conv2dGeometry.square(1, 12, 16, 16, 13, 3, 1, 1);
        float[] x = new Recipe(0, 0, 0, Recipe.Values.PLAIN, 1).contiguous(g.inputSize()).array();
        float[] w = new Recipe(0, 0, 0, Recipe.Values.PLAIN, 2).contiguous(g.weightSize()).array();
        float[] expected = new float[g.outputSize()];
        Conv2d.forward(g, x, 0, w, 0, null, 0, expected, 0, Parallelism.serial());
        for (int i = 0; i < 20; i++) {
            PackedConv2d packed = PackedConv2d.of(g, w, 0);
            assertThat(IntStream.range(0, 8).parallel().mapToObj(call -> {
                float[] y = new float[g.outputSize()];
                packed.forward(g, Conv2dAlgorithm.AUTO, x, 0, Epilogue.NONE, 0, y, 0, Parallelism.serial());
                return y;
            })).allSatisfy(y -> assertThat(Arrays.equals(y, expected)).isTrue());
        }
    }

    @Test
    void refusesOtherSizesAndWritesNothing() {
        Conv2dGeometry g = Conv2dGeometry.square(1, 2, 4, 4, 3, 3, 1, 1);
        PackedConv2d packed = PackedConv2d.of(g, new float[54], 0);
        float[] y = new float[g.outputSize()];
        Arrays.fill(y, 7);
        Conv2dGeometry other = Conv2dGeometry.square(1, 3, 4, 4, 2, 3, 1, 1);
        assertThatThrownBy(() -> packed.forward(other, Conv2dAlgorithm.AUTO, new float[48], 0, Epilogue.NONE, 0, y, 0,
                Parallelism.serial())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the packed weights are 3 filters of 3x3 for 2 channels in 1 groups");
        assertThatThrownBy(() -> packed.forward(g, Conv2dAlgorithm.POINTWISE, new float[32], 0, Epilogue.NONE, 0, y, 0,
                Parallelism.serial())).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("POINTWISE");
        assertThatThrownBy(() -> packed.forward(g, Conv2dAlgorithm.AUTO, new float[31], 0, Epilogue.NONE, 0, y, 0,
                Parallelism.serial())).isInstanceOf(IndexOutOfBoundsException.class).hasMessageContaining("x:");
        assertThatThrownBy(() -> PackedConv2d.of(4, 6, 3, 3, 4, new float[216], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("groups=4 must divide inChannels=6");
        assertThatThrownBy(() -> packed.matches(new float[53], 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> PackedConv2d.of(g, new float[53], 0)).isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("weight");
        assertThat(y).containsOnly(7);
    }

    /** The same weights for another batch of larger images, which another algorithm may win. */
    private static Conv2dGeometry larger(Conv2dGeometry g) {
        return Conv2dGeometry.builder(2, g.inChannels(), g.height() + 9, g.width() + 5, g.outChannels(),
                g.kernelHeight(), g.kernelWidth()).withStride(g.strideHeight(), g.strideWidth())
                .withPadding(g.paddingTop(), g.paddingLeft()).withGroups(g.groups()).build();
    }

    @Provide
    Arbitrary<Conv2dGeometry> geometries() {
        Arbitrary<Integer> channels = Arbitraries.of(0, 1, 2, 5, 8, 13);
        Arbitrary<Integer> groups = Arbitraries.of(1, 1, 1, 2, 3);
        Arbitrary<Integer> kernel = Arbitraries.of(1, 2, 3, 3, 3, 5);
        Arbitrary<Integer> size = Arbitraries.integers().between(5, 12);
        return Combinators.combine(Arbitraries.integers().between(0, 2), channels, channels, groups, kernel, size,
                Arbitraries.of(1, 1, 2), Arbitraries.integers().between(0, 1))
                .as((batch, in, out, count, k, height, stride, padding) -> Conv2dGeometry
                        .builder(batch, count * in, height, height + 1, count * out, k, k).withStride(stride, stride)
                        .withPadding(padding, padding).withGroups(count).build());
    }
}
