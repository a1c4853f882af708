package org.lanewise.kernels;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.WithNull;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceElementwise;

import static org.assertj.core.api.Assertions.assertThat;

@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class ElementwiseContractTest {

    private static final Parallelism SERIAL = Parallelism.serial();

    @FunctionalInterface
    interface Kernel {
        void run(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, Parallelism team);

        default void run(Padded a, Padded b, Padded y, Parallelism team) {
            run(a.columns(), a.array(), a.offset(), b.array(), b.offset(), y.array(), y.offset(), team);
        }
    }

    enum Operation {
        ADD, SUBTRACT, MULTIPLY, DIVIDE;

        Kernel kernel() {
            return switch (this) {
                case ADD -> Elementwise::add;
                case SUBTRACT -> Elementwise::subtract;
                case MULTIPLY -> Elementwise::multiply;
                case DIVIDE -> Elementwise::divide;
            };
        }

        Elementwise.Binary reference() {
            return switch (this) {
                case ADD -> ReferenceElementwise::add;
                case SUBTRACT -> ReferenceElementwise::subtract;
                case MULTIPLY -> ReferenceElementwise::multiply;
                case DIVIDE -> ReferenceElementwise::divide;
            };
        }
    }

    @Provide
    Arbitrary<Integer> lengths() {
        return Sizes.ofLoops();
    }

    /** One rounding each, so there is only one right result. */
    @Property
    void hasTheBitsOfTheReference(@ForAll Operation operation, @ForAll("lengths") int n, @ForAll Recipe ra,
            @ForAll Recipe rb, @ForAll Recipe ry) {
        Padded a = ra.contiguous(n);
        Padded b = rb.contiguous(n);
        Padded y = ry.contiguous(n);
        Padded expected = y.copy();
        operation.reference().run(n, a.array(), a.offset(), b.array(), b.offset(), expected.array(), expected.offset());
        operation.kernel().run(a, b, y, SERIAL);
        y.assertSameNumbers(expected); // 0/0 may be any NaN
    }

    @Property
    void worksInPlaceOfEitherOperand(@ForAll Operation operation, @ForAll("lengths") int n, @ForAll Recipe ra,
            @ForAll Recipe rb) {
        Padded a = ra.contiguous(n);
        Padded b = rb.contiguous(n);
        Padded y = a.copy();
        operation.kernel().run(a, b, y, SERIAL);
        Padded left = a.copy();
        operation.kernel().run(left, b, left, SERIAL);
        left.assertSameNumbers(y);
        Padded right = b.copy();
        operation.kernel().run(a, right, right, SERIAL);
        assertThat(right.elements()).isEqualTo(y.elements());
        right.assertNothingElseWritten();
    }

    /** One rounding each, so there is only one right result. */
    @Property
    void broadcastHasTheNumbersOfTheReferenceInPlaceToo(@ForAll Arithmetic op, @ForAll @IntRange(max = 3) int outer,
            @ForAll("lengths") int middle, @ForAll("lengths") int inner, @ForAll boolean row, @ForAll Recipe ra,
            @ForAll Recipe rb, @ForAll Recipe ry) {
        int behind = row ? 1 : inner;
        Padded a = ra.contiguous(outer * middle * behind);
        Padded b = rb.contiguous(middle);
        Padded y = ry.contiguous(a.columns());
        Padded expected = y.copy();
        ReferenceElementwise.broadcast(op, outer, middle, behind, a.array(), a.offset(), b.array(), b.offset(),
                expected.array(), expected.offset());
        broadcast(op, outer, middle, behind, a, b, y, SERIAL);
        y.assertSameNumbers(expected);
        broadcast(op, outer, middle, behind, a, b, a, SERIAL);
        assertThat(a.elements()).isEqualTo(y.elements());
        a.assertNothingElseWritten();
    }

    @Property(tries = 10)
    void broadcastHasTheSameBitsForAnyThreadCount(@ForAll Arithmetic op, @ForAll boolean row, @ForAll boolean number,
            @ForAll Recipe ra, @ForAll Recipe rb) {
        int inner = row ? 1 : Chunks.SIZE / 3;
        int middle = number ? 1 : row ? Chunks.SIZE / 3 : 5;
        int outer = number && row ? 3 * Chunks.SIZE : row ? 10 : 5;
        Padded a = ra.contiguous(outer * middle * inner);
        Padded b = rb.contiguous(middle);
        Padded expected = a.copy();
        broadcast(op, outer, middle, inner, a, b, expected, SERIAL);
        for (Parallelism team : Teams.ALL) {
            Padded y = a.copy();
            broadcast(op, outer, middle, inner, a, b, y, team);
            y.assertSameNumbers(expected);
        }
    }

    private static void broadcast(Arithmetic op, int outer, int middle, int inner, Padded a, Padded b, Padded y,
            Parallelism team) {
        Elementwise.broadcast(op, outer, middle, inner, a.array(), a.offset(), b.array(), b.offset(), y.array(),
                y.offset(), team);
    }

    @Property
    void axpbyAgreesWithReferenceAndWritesNothingElse(@ForAll("lengths") int n, @ForAll float alpha,
            @ForAll float beta, @ForAll Recipe rx, @ForAll Recipe ry) {
        Padded x = rx.contiguous(n);
        Padded y = beta == 0 ? ry.contiguous(n).map(v -> Float.NaN) : ry.contiguous(n);
        Padded expected = expectedAxpby(alpha, x, beta, y);
        Padded magnitude = expectedAxpby(Math.abs(alpha), x.abs(), Math.abs(beta), y.abs());
        Elementwise.axpby(n, alpha, x.array(), x.offset(), beta, y.array(), y.offset(), SERIAL);
        // alpha*x, the fused rest, the reference, the magnitude.
        y.assertNear(expected, magnitude, Rounding.gamma(4));
    }

    private static Padded expectedAxpby(float alpha, Padded x, float beta, Padded y) {
        Padded result = y.copy();
        ReferenceElementwise.axpby(x.columns(), alpha, x.array(), x.offset(), beta, result.array(), result.offset());
        return result;
    }

    @Property
    void rowBiasIsAddedToEachRow(@ForAll @IntRange(max = 4) int m, @ForAll("lengths") int n, @ForAll Recipe rBias,
            @ForAll Recipe ry) {
        Padded bias = rBias.contiguous(n);
        Padded y = ry.matrix(m, n);
        Padded expected = y.copy();
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                expected.set(i, j, y.get(i, j) + bias.get(j));
            }
        }
        Elementwise.addRowBias(m, n, bias.array(), bias.offset(), y.array(), y.offset(), y.ld());
        y.assertSameBits(expected);
    }

    /** One rounding each, so there is only one right result. */
    @Property
    void channelAffineHasTheBitsOfTheReferenceInPlaceToo(@ForAll @IntRange(max = 3) int batch,
            @ForAll @IntRange(max = 4) int channels, @ForAll("lengths") int pixels, @ForAll Recipe rx,
            @ForAll Recipe rScale, @ForAll @WithNull Recipe rShift, @ForAll Recipe ry) {
        Padded x = rx.contiguous(batch * channels * pixels);
        Padded scale = rScale.contiguous(channels);
        Padded shift = rShift == null ? null : rShift.contiguous(channels);
        Padded y = ry.contiguous(x.columns());
        Padded expected = y.copy();
        ReferenceElementwise.channelAffine(batch, channels, pixels, x.array(), x.offset(), scale.array(),
                scale.offset(), shift == null ? null : shift.array(), shift == null ? 0 : shift.offset(),
                expected.array(), expected.offset());
        channelAffine(batch, channels, pixels, x, scale, shift, y, SERIAL);
        y.assertSameBits(expected);
        channelAffine(batch, channels, pixels, x, scale, shift, x, SERIAL);
        assertThat(x.elements()).isEqualTo(y.elements());
        x.assertNothingElseWritten();
    }

    @Property(tries = 5)
    void channelAffineHasTheSameBitsForAnyThreadCount(@ForAll Recipe rx, @ForAll Recipe rScale,
            @ForAll Recipe rShift) {
        int pixels = Chunks.SIZE / 3;
        Padded x = rx.contiguous(2 * 5 * pixels);
        Padded scale = rScale.contiguous(5);
        Padded shift = rShift.contiguous(5);
        Padded expected = x.copy();
        channelAffine(2, 5, pixels, x, scale, shift, expected, SERIAL);
        for (Parallelism team : Teams.ALL) {
            Padded y = x.copy();
            channelAffine(2, 5, pixels, x, scale, shift, y, team);
            y.assertSameBits(expected);
        }
    }

    private static void channelAffine(int batch, int channels, int pixels, Padded x, Padded scale, Padded shift,
            Padded y, Parallelism team) {
        Elementwise.channelAffine(batch, channels, pixels, x.array(), x.offset(), scale.array(), scale.offset(),
                shift == null ? null : shift.array(), shift == null ? 0 : shift.offset(), y.array(), y.offset(), team);
    }

    @Property(tries = 5)
    void sameBitsForAnyThreadCount(@ForAll Operation operation, @ForAll Recipe ra, @ForAll Recipe rb) {
        Padded a = ra.contiguous(3 * Chunks.SIZE + 11);
        Padded b = rb.contiguous(3 * Chunks.SIZE + 11);
        Padded expected = a.copy();
        operation.kernel().run(a, b, expected, SERIAL);
        for (Parallelism team : Teams.ALL) {
            Padded y = a.copy();
            operation.kernel().run(a, b, y, team);
            y.assertSameNumbers(expected);
        }
    }
}
