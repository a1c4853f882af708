package org.lanewise.kernels;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Geometries of poolings. */
final class Pools {

    private record Axis(int size, int kernel, int stride, int padding, int dilation) {

        boolean fits(boolean ceilMode) {
            try {
                WindowGeometry.check("size", size, kernel, stride, padding, dilation, ceilMode);
                WindowGeometry.checkPixels("size", size,
                        WindowGeometry.outputSize(size, kernel, stride, padding, dilation, ceilMode), kernel, stride,
                        padding, dilation);
                return padding <= kernel / 2;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
    }

    private Pools() {
    }

    static Arbitrary<Pool2dGeometry> geometries(boolean dilated) {
        return Arbitraries.of(false, true).flatMap(ceilMode -> geometries(dilated, ceilMode));
    }

    private static Arbitrary<Pool2dGeometry> geometries(boolean dilated, boolean ceilMode) {
        // 13 x 13 windows have places above 127, 17 x 17 windows above 255.
        Arbitrary<Integer> kernels = Arbitraries.frequencyOf(Tuple.of(18, Arbitraries.integers().between(1, 4)),
                Tuple.of(1, Arbitraries.just(13)), Tuple.of(1, Arbitraries.just(17)));
        Arbitrary<Integer> dilations = dilated
                ? Arbitraries.frequencyOf(Tuple.of(2, Arbitraries.just(1)),
                        Tuple.of(1, Arbitraries.integers().between(2, 3)))
                : Arbitraries.just(1);
        Arbitrary<Axis> axis = Combinators.combine(Arbitraries.integers().between(1, 40), kernels,
                Arbitraries.integers().between(1, 4), Arbitraries.integers().between(0, 2), dilations).as(Axis::new)
                .filter(a -> a.fits(ceilMode));
        // Widths around whole vectors of maxima, with and without an odd column.
        Arbitrary<Axis> halved = Combinators.combine(Sizes.ofLoops(), Arbitraries.of(0, 1), Arbitraries.of(2, 3))
                .as((out, odd, kernel) -> new Axis(2 * Math.max(1, out) + odd, kernel, 2, kernel - 2, 1))
                .filter(a -> a.fits(ceilMode));
        Arbitrary<Integer> planes = Arbitraries.integers().between(0, 4);
        return Arbitraries.oneOf(geometries(planes, axis, axis, ceilMode),
                geometries(planes, halved, halved, ceilMode));
    }

    private static Arbitrary<Pool2dGeometry> geometries(Arbitrary<Integer> planes, Arbitrary<Axis> height,
            Arbitrary<Axis> width, boolean ceilMode) {
        return Combinators.combine(planes, height, width).as((p, h, w) -> new Pool2dWindow(h.kernel(), w.kernel(),
                h.stride(), w.stride(), h.padding(), w.padding(), h.dilation(), w.dilation(), ceilMode)
                .over(p, h.size(), w.size()));
    }
}
