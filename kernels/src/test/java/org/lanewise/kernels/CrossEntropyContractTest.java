package org.lanewise.kernels;

import java.util.Arrays;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.lanewise.kernels.reference.ReferenceCrossEntropy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

@Domain(Operands.class)
@Domain(DomainContext.Global.class)
class CrossEntropyContractTest {

    @Provide
    Arbitrary<Integer> classes() {
        return Sizes.ofLoops().filter(n -> n > 0);
    }

    /** The label of row i is random too. */
    private static int[] labels(int offset, int rows, int classes, Recipe recipe) {
        int[] labels = new int[offset + rows];
        Arrays.fill(labels, 0, offset, -1);
        for (int i = 0; i < rows; i++) {
            labels[offset + i] = (recipe.pick(classes) + i) % classes;
        }
        return labels;
    }

    /** loss = 1/rows * sum of log(sum of exp(x)) - x(label), and its probabilities are softmax's. */
    @Property
    void lossIsTheMeanOfNegativeLogLikelihoods(@ForAll @IntRange(min = 1, max = 20) int rows,
            @ForAll("classes") int classes, @ForAll @IntRange(max = 3) int offset, @ForAll Recipe rx,
            @ForAll Recipe ry) {
        Padded x = rx.contiguous(rows * classes).map(v -> v % 128);
        Padded probabilities = ry.contiguous(rows * classes);
        Padded softmax = probabilities.copy();
        Padded expectedProbabilities = probabilities.copy();
        Softmax.softmax(rows, classes, x.array(), x.offset(), softmax.array(), softmax.offset(), Parallelism.serial());
        int[] labels = labels(offset, rows, classes, rx);
        double expected = ReferenceCrossEntropy.forward(rows, classes, x.array(), x.offset(), labels, offset,
                expectedProbabilities.array(), expectedProbabilities.offset());
        float loss = CrossEntropy.forward(rows, classes, x.array(), x.offset(), labels, offset,
                probabilities.array(), probabilities.offset(), Parallelism.serial());
        // The sum of exponentials is at least 1. Each of them is off by at most 2 ulp, their float sum by one rounding for each
        // addition; then the logarithm is off by as much, absolutely. Each mean is rounded once.
        double errorOfSum = Rounding.gamma(2 + 2 + classes);
        assertThat((double) loss).isCloseTo(expected, within(errorOfSum + Rounding.gamma(2) * Math.abs(expected)));
        probabilities.assertSameBits(softmax);
    }

    @Property
    void gradientIsProbabilityMinusOneAtTheLabel(@ForAll @IntRange(min = 1, max = 20) int rows,
            @ForAll("classes") int classes, @ForAll float dLoss, @ForAll @IntRange(max = 3) int offset,
            @ForAll Recipe rp, @ForAll Recipe rDx) {
        Padded p = rp.contiguous(rows * classes).map(v -> Math.abs(v) % 1);
        Padded dX = rDx.contiguous(rows * classes);
        Padded expected = dX.copy();
        Padded magnitude = dX.copy();
        int[] labels = labels(offset, rows, classes, rp);
        ReferenceCrossEntropy.backward(rows, classes, dLoss, p.array(), p.offset(), labels, offset,
                expected.array(), expected.offset());
        for (int at = 0; at < rows * classes; at++) {
            int hit = labels[offset + at / classes] == at % classes ? 1 : 0;
            magnitude.set(0, at, (float) (Math.abs((double) dLoss) / rows * (p.get(at) + hit)));
        }
        CrossEntropy.backward(rows, classes, dLoss, p.array(), p.offset(), labels, offset, dX.array(), dX.offset(),
                Parallelism.serial());
        // dLoss/rows, its product with p, the difference; the expectation and the magnitude are rounded too.
        dX.assertNear(expected, magnitude, Rounding.gamma(5));

        CrossEntropy.backward(rows, classes, dLoss, p.array(), p.offset(), labels, offset, p.array(), p.offset(),
                Parallelism.serial());
        assertThat(p.elements()).as("in place").isEqualTo(dX.elements());
    }

    @Example
    void hugeLogitsGiveAFiniteLoss() {
        float[] probabilities = new float[2];
        assertThat(CrossEntropy.forward(1, 2, new float[] {1e4f, -1e4f}, 0, new int[] {1}, 0, probabilities, 0,
                Parallelism.serial()))
                .isEqualTo(2e4f);
        assertThat(probabilities).containsExactly(1, 0);
    }

    @Example
    void lossOfNoRowsIsNan() {
        assertThat(CrossEntropy.forward(0, 3, new float[0], 0, new int[0], 0, new float[0], 0, Parallelism.serial()))
                .isNaN();
    }

    @Example
    void labelOutOfRangeIsRefusedBeforeAnythingIsWritten() {
        float[] x = new float[40];
        float[] y = new float[40];
        Arrays.fill(y, 7);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> CrossEntropy.forward(4, 10, x, 0, new int[] {1, 2, 3, 12}, 0, y, 0, Parallelism.serial()))
                .withMessage("labels[3]=12 must be in [0, 10)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CrossEntropy.backward(4, 10, 1, x, 0, new int[] {1, -2, 3, 4}, 0, y, 0,
                        Parallelism.serial()))
                .withMessage("labels[1]=-2 must be in [0, 10)");
        assertThat(y).containsOnly(7);
    }

    @Example
    void nullIsNamed() {
        float[] x = new float[4];
        int[] labels = new int[2];
        assertThatNullPointerException()
                .isThrownBy(() -> CrossEntropy.forward(2, 2, null, 0, labels, 0, x, 0, Parallelism.serial()))
                .withMessage("logits");
        assertThatNullPointerException()
                .isThrownBy(() -> CrossEntropy.forward(2, 2, x, 0, null, 0, x, 0, Parallelism.serial()))
                .withMessage("labels");
        assertThatNullPointerException()
                .isThrownBy(() -> CrossEntropy.forward(2, 2, x, 0, labels, 0, null, 0, Parallelism.serial()))
                .withMessage("probabilities");
        assertThatNullPointerException()
                .isThrownBy(() -> CrossEntropy.backward(2, 2, 1, x, 0, labels, 0, null, 0, Parallelism.serial()))
                .withMessage("dX");
    }
}
