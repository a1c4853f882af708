package org.lanewise.kernels;

import java.util.Arrays;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
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
        MaxPool2d.backward(g, places, dY.array(), dY.offset(), 0, dX.array(), dX.offset(), SERIAL);
        dX.assertSameBits(expected);

        Padded old = rDx.contiguous(g.inputSize()).map(v -> Math.round(v) % 100);
        Padded sum = expected.copy();
        for (int i = 0; i < g.inputSize(); i++) {
            sum.set(0, i, expected.get(i) + 3 * old.get(i));
        }
        MaxPool2d.backward(g, places, dY.array(), dY.offset(), 3, old.array(), old.offset(), SERIAL);
        old.map(v -> v + 0f).assertSameBits(sum.map(v -> v + 0f));
    }

    private static int placeOfMaximum(Pool2dGeometry g, Padded x, int out) {
        int v = out % g.outputWidth();
        int u = out / g.outputWidth() % g.outputHeight();
        int plane = out / g.outputWidth() / g.outputHeight();
        int best = -1;
        Pool2dWindow w = g.window();
        for (int r = 0; r < w.kernelHeight(); r++) {
            for (int s = 0; s < w.kernelWidth(); s++) {
                int i = u * w.strideHeight() - w.paddingHeight() + r * w.dilationHeight();
                int j = v * w.strideWidth() - w.paddingWidth() + s * w.dilationWidth();
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
        Pool2dGeometry g = small.window().over(planes, small.height(), small.width());
        Padded x = withTiesAndSpecials(rx.contiguous(g.inputSize()));
        float[] expected = new float[g.outputSize()];
        byte[] expectedPlaces = places(g);
        MaxPool2d.forward(g, x.array(), x.offset(), expected, 0, expectedPlaces, SERIAL);
        float[] expectedDx = new float[g.inputSize()];
        MaxPool2d.backward(g, expectedPlaces, expected, 0, 0, expectedDx, 0, SERIAL);
        for (Parallelism team : Teams.ALL) {
            float[] y = new float[g.outputSize()];
            byte[] places = places(g);
            MaxPool2d.forward(g, x.array(), x.offset(), y, 0, places, team);
            assertThat(Arrays.equals(y, expected)).isTrue();
            assertThat(Arrays.equals(places, expectedPlaces)).isTrue();
            float[] dX = new float[g.inputSize()];
            MaxPool2d.backward(g, places, y, 0, 0, dX, 0, team);
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

    @Provide
    Arbitrary<Pool2dGeometry> geometries() {
        return Pools.geometries(true);
    }
}
