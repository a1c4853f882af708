package org.lanewise.kernels;

import java.util.Arrays;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceMaxPool2d;

import static org.assertj.core.api.Assertions.assertThat;

@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class MaxPool2dContractTest {

    private static final byte UNTOUCHED = 0x5a;
    private static final Parallelism SERIAL = Parallelism.serial();

    @Property
    void forwardHasTheBitsAndPlacesOfTheReference(@ForAll("geometries") Pool2dGeometry g, @ForAll Recipe rx,
            @ForAll Recipe ry) {
        Padded x = withTiesAndSpecials(rx.contiguous(g.inputSize()));
        Padded y = ry.contiguous(g.outputSize());
        Padded expected = y.copy();
        byte[] places = places(g);
        byte[] expectedPlaces = places(g);
        for (int plane = 0; plane < g.planes(); plane++) {
            int in = plane * g.height() * g.width();
            int out = plane * g.outputHeight() * g.outputWidth();
            ReferenceMaxPool2d.forwardPlane(g, x.array(), x.offset() + in, expected.array(), expected.offset() + out,
                    expectedPlaces, out);
        }
        MaxPool2d.forward(g, x.array(), x.offset(), y.array(), y.offset(), places, SERIAL);
        y.assertSameBits(expected);
        assertThat(places).isEqualTo(expectedPlaces);
    }

    /** Written as a search for each maximum, so that neither the reference nor its places are needed. */
    @Property
    void maximumIsTakenAndGetsTheGradient(@ForAll("geometries") Pool2dGeometry g, @ForAll Recipe rx,
            @ForAll Recipe rDy, @ForAll Recipe rDx) {
        Padded x = withTiesAndSpecials(rx.contiguous(g.inputSize()));
        // Small integers: their sums are exact in any order.
        Padded dY = rDy.contiguous(g.outputSize()).map(v -> Math.round(v) % 100);
        byte[] places = places(g);
        Padded y = dY.copy();
        Padded maxima = dY.copy();
        MaxPool2d.forward(g, x.array(), x.offset(), y.array(), y.offset(), places, SERIAL);

        Padded expected = rDx.contiguous(g.inputSize()).map(v -> 0);
        for (int out = 0; out < g.outputSize(); out++) {
            int at = placeOfMaximum(g, x, out);
            maxima.set(0, out, x.get(at));
            expected.set(0, at, expected.get(at) + dY.get(out));
        }
        y.assertSameBits(maxima);
        Padded dX = rDx.contiguous(g.inputSize()).map(v -> Float.NaN);
        MaxPool2d.backward(g, places, dY.array(), dY.offset(), dX.array(), dX.offset(), SERIAL);
        dX.assertSameBits(expected);
    }

    private static int placeOfMaximum(Pool2dGeometry g, Padded x, int out) {
        int v = out % g.outputWidth();
        int u = out / g.outputWidth() % g.outputHeight();
        int plane = out / g.outputWidth() / g.outputHeight();
        int best = -1;
        for (int r = 0; r < g.kernelHeight(); r++) {
            for (int s = 0; s < g.kernelWidth(); s++) {
                int i = u * g.strideHeight() - g.paddingHeight() + r;
                int j = v * g.strideWidth() - g.paddingWidth() + s;
                if (i >= 0 && i < g.height() && j >= 0 && j < g.width()) {
                    int at = (plane * g.height() + i) * g.width() + j;
                    if (best < 0 || Float.isNaN(x.get(at)) || x.get(at) > x.get(best)) {
                        best = at;
                    }
                }
            }
        }
        return best;
    }

    @Property(tries = 50)
    void sameBitsForAnyThreadCount(@ForAll("geometries") Pool2dGeometry small, @ForAll Recipe rx) {
        // So many planes that several tasks have some.
        int planes = 3 * Chunks.SIZE / Math.max(1, small.height() * small.width()) + 1;
        Pool2dGeometry g = new Pool2dGeometry(planes, small.height(), small.width(), small.kernelHeight(),
                small.kernelWidth(), small.strideHeight(), small.strideWidth(), small.paddingHeight(),
                small.paddingWidth());
        Padded x = withTiesAndSpecials(rx.contiguous(g.inputSize()));
        float[] expected = new float[g.outputSize()];
        byte[] expectedPlaces = places(g);
        MaxPool2d.forward(g, x.array(), x.offset(), expected, 0, expectedPlaces, SERIAL);
        float[] expectedDx = new float[g.inputSize()];
        MaxPool2d.backward(g, expectedPlaces, expected, 0, expectedDx, 0, SERIAL);
        for (Parallelism team : Teams.ALL) {
            float[] y = new float[g.outputSize()];
            byte[] places = places(g);
            MaxPool2d.forward(g, x.array(), x.offset(), y, 0, places, team);
            assertThat(Arrays.equals(y, expected)).isTrue();
            assertThat(Arrays.equals(places, expectedPlaces)).isTrue();
            float[] dX = new float[g.inputSize()];
            MaxPool2d.backward(g, places, y, 0, dX, 0, team);
            assertThat(Arrays.equals(dX, expectedDx)).isTrue();
        }
    }

    /** Longer than needed: what is beyond must stay. */
    private static byte[] places(Pool2dGeometry g) {
        byte[] places = new byte[g.indexBytes() + 9];
        Arrays.fill(places, UNTOUCHED);
        return places;
    }

    /** Few different values, so that most windows have ties, and among them zeros of both signs, NaN and infinities. */
    private static Padded withTiesAndSpecials(Padded x) {
        float[] specials = {Float.NaN, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, -0f};
        return x.map(v -> {
            int bits = Float.floatToIntBits(v) & 0x3f;
            return bits < specials.length ? specials[bits] : Math.round(Math.clamp(2 * v, -2f, 2f));
        });
    }

    private record Axis(int size, int kernel, int stride, int padding) {
    }

    @Provide
    Arbitrary<Pool2dGeometry> geometries() {
        // 17 x 17 windows have more than 256 places.
        Arbitrary<Integer> kernels = Arbitraries.frequencyOf(Tuple.of(9, Arbitraries.integers().between(1, 4)),
                Tuple.of(1, Arbitraries.just(17)));
        Arbitrary<Axis> axis = Combinators.combine(Arbitraries.integers().between(1, 40), kernels,
                Arbitraries.integers().between(1, 4), Arbitraries.integers().between(0, 2)).as(Axis::new)
                .filter(a -> a.padding() <= a.kernel() / 2 && a.size() + 2 * a.padding() >= a.kernel());
        // The vector kernel: widths around whole vectors of maxima, with and without an odd column.
        Arbitrary<Axis> halved = Combinators.combine(Sizes.ofLoops(), Arbitraries.of(0, 1))
                .as((out, odd) -> new Axis(2 * Math.max(1, out) + odd, 2, 2, 0));
        Arbitrary<Integer> planes = Arbitraries.integers().between(0, 4);
        return Arbitraries.oneOf(geometries(planes, axis, axis), geometries(planes, halved, halved));
    }

    private static Arbitrary<Pool2dGeometry> geometries(Arbitrary<Integer> planes, Arbitrary<Axis> height,
            Arbitrary<Axis> width) {
        return Combinators.combine(planes, height, width).as((p, h, w) -> new Pool2dGeometry(p, h.size(), w.size(),
                h.kernel(), w.kernel(), h.stride(), w.stride(), h.padding(), w.padding()));
    }
}
