package org.lanewise.autograd;

import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.lanewise.autograd.ops.Concat;
import org.lanewise.autograd.ops.Conv2d;
import org.lanewise.autograd.ops.CrossEntropyLoss;
import org.lanewise.autograd.ops.MaxPool2d;
import org.lanewise.autograd.ops.Narrow;
import org.lanewise.autograd.ops.Rnn;
import org.lanewise.kernels.Pool2dWindow;
import org.lanewise.kernels.RecurrentCell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Shapes, elements, and what is refused with which words. */
class TensorTest {

    private static final int[] ONE = {1, 1};
    private static final int[] NONE = {0, 0};

    @Test
    void elementsStandInRowMajorOrder() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        assertThat(x.get(1, 0)).isEqualTo(4);
        assertThat(x.select(1, -1).toArray()).containsExactly(3, 6);
        assertThat(x.select(0, 0).toArray()).containsExactly(1, 2, 3);
        assertThat(x.reshape(3, -1).shape()).isEqualTo(Shape.of(3, 2));
        assertThat(x.flatten(0).shape().toString()).isEqualTo("(6)");
        assertThat(x.sum().item()).isEqualTo(21);
        assertThat(x.mean().item()).isEqualTo(3.5f);
        assertThat(x.toString()).isEqualTo("Tensor(2, 3) [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]");
    }

    @Test
    void theSameSeedGivesTheSameNumbers() {
        assertThat(Tensor.randn(new SplittableRandom(7), 100).toArray())
                .isEqualTo(Tensor.randn(new SplittableRandom(7), 100).toArray());
    }

    @Test
    void emptyTensorsAreLegal() {
        Tensor x = Tensor.zeros(0, 4);
        assertThat(x.matmul(Tensor.zeros(4, 3)).shape()).isEqualTo(Shape.of(0, 3));
        assertThat(x.relu().size()).isZero();
        assertThat(x.sum().item()).isZero();
        assertThat(x.mean().item()).isNaN();
    }

    @Test
    void wrongShapesAreRefusedWithBothShapes() {
        Tensor x = Tensor.zeros(2, 3);
        refused(() -> x.add(Tensor.zeros(3, 2)),
                "add: expected two tensors of the same shape, or one that is repeated along the leading and trailing"
                        + " dimensions of the other, but got (2, 3) and (3, 2)");
        refused(() -> x.matmul(x), "matmul: the inner dimensions of (2, 3) and (2, 3) differ");
        refused(() -> x.matmul(Tensor.zeros(3)), "matmul: expected a right operand of shape (k, n) but got (3)");
        refused(() -> x.reshape(4, -1), "reshape: cannot see (2, 3), which has 6 elements, as [4, -1]");
        refused(() -> Tensor.of(new float[5], 2, 3), "shape (2, 3) has 6 elements but the array has 5");
        refused(() -> Shape.of(-1, 2), "shape (-1, 2): a dimension must not be negative");
        refused(() -> Shape.of(65536, 65536), "shape (65536, 65536) has more than 2^31 - 1 elements");
        refused(() -> CrossEntropyLoss.crossEntropyLoss(x, 0, 3), "labels[1]=3 must be in [0, 3)");
        refused(() -> CrossEntropyLoss.crossEntropyLoss(x, 0),
                "crossEntropyLoss: expected a label for each row of (2, 3) but got 1");
        refused(() -> Conv2d.conv2d(Tensor.zeros(1, 2, 5, 5), Tensor.zeros(4, 3, 3, 3), null, ONE, NONE, ONE),
                "conv2d: the weight (4, 3, 3, 3) expects input (N, 3, H, W) but got (1, 2, 5, 5)");
        refused(() -> Conv2d.conv2d(Tensor.zeros(1, 1, 2, 5), Tensor.zeros(1, 1, 3, 3), null, ONE, NONE, ONE),
                "the window does not fit the height: height + paddingTop + paddingBottom - dilation*(kernel - 1) - 1"
                        + " = 2 + 0 + 0 - 1*(3 - 1) - 1 = -1 must not be negative");
        refused(() -> Conv2d.conv2d(Tensor.zeros(1, 1, 5, 5), Tensor.zeros(1, 1, 3, 3), null, ONE, new int[] {1, 2, 3},
                ONE), "conv2d: padding=[1, 2, 3] must have two values, along height and width, or four, above, below,"
                        + " left and right");
        refused(() -> MaxPool2d.maxPool2d(Tensor.zeros(1, 4, 4), Pool2dWindow.square(1)),
                "maxPool2d: expected input of shape (N, C, H, W) but got (1, 4, 4)");
        refused(() -> rnn(Tensor.zeros(1, 1, 4), null, Tensor.zeros(15, 3)),
                "rnn: expected input (*, *, 3) but got (1, 1, 4)");
        refused(() -> rnn(Tensor.zeros(1, 1, 4), null, Tensor.zeros(16, 4)),
                "rnn: expected W_ih of shape (3*H, I) but got (16, 4)");
        refused(() -> rnn(Tensor.zeros(1, 1, 4), Tensor.zeros(1, 2, 5), Tensor.zeros(15, 4)),
                "rnn: expected h0 of shape (1, 1, 5) but got (1, 2, 5)");
        refused(() -> Concat.concat(List.of(Tensor.zeros(1, 2), Tensor.zeros(1, 3))),
                "concat: expected a tensor of shape (1, 2) but got (1, 3)");
    }

    private static Rnn.Output rnn(Tensor x, Tensor h0, Tensor wIh) {
        return Rnn.rnn(RecurrentCell.GRU, x, h0, null,
                List.of(new Rnn.Weights(wIh, Tensor.zeros(15, 5), null, null)), true, null);
    }

    /** PyTorch's rule: the larger rank stays, and missing dimensions are 1. */
    @Test
    void leadingOnesOfTheSmallerOperandStay() {
        Tensor row = Tensor.of(new float[] {1, 2, 3}, 3);
        Tensor sum = Tensor.full(1, 1, 1).add(row);
        assertThat(sum.shape()).isEqualTo(Shape.of(1, 3));
        assertThat(sum.toArray()).containsExactly(2, 3, 4);
        assertThat(row.sub(Tensor.full(1, 1, 1)).shape()).isEqualTo(Shape.of(1, 3));
        assertThat(Tensor.zeros(2, 3).mul(Tensor.zeros(1, 1, 2, 1)).shape()).isEqualTo(Shape.of(1, 1, 2, 3));
        assertThat(Tensor.zeros(1, 3).div(Tensor.zeros(1, 1, 3)).shape()).isEqualTo(Shape.of(1, 1, 3));
        refused(() -> row.add(Tensor.zeros(2, 1)),
                "add: expected two tensors of the same shape, or one that is repeated along the leading and trailing"
                        + " dimensions of the other, but got (3) and (2, 1)");
    }

    @Test
    void scalarsHaveNoPlacesToTakeOrToJoin() {
        Tensor scalar = Tensor.full(1);
        refused(() -> Narrow.narrow(scalar, 0, 1),
                "narrow: expected a tensor of at least one dimension but got shape ()");
        refused(() -> Concat.concat(List.of(scalar)),
                "concat: expected a tensor of at least one dimension but got shape ()");
        refused(() -> Concat.concat(List.of(Tensor.zeros(2), scalar)),
                "concat: expected a tensor of at least one dimension but got shape ()");
    }

    @Test
    void anRnnWithoutCellStatesRefusesThem() {
        var weights = new Rnn.Weights(Tensor.zeros(9, 5), Tensor.zeros(9, 3), null, null);
        refused(() -> Rnn.rnn(RecurrentCell.GRU, Tensor.zeros(4, 2, 5), null, Tensor.zeros(1, 2, 3), List.of(weights),
                false, null), "rnn: GRU has no cell states but got c0 (1, 2, 3)");
    }

    @Test
    void ofNoNumbersThereIsNoLargest() {
        refused(() -> Tensor.zeros(2, 0).max(1),
                "max: expected a dimension that is not empty but got dimension 1 of shape (2, 0)");
        refused(() -> Tensor.zeros(0, 3).argmax(-2),
                "argmax: expected a dimension that is not empty but got dimension 0 of shape (0, 3)");
        assertThat(Tensor.zeros(2, 0).max(0).shape()).isEqualTo(Shape.of(0));
        assertThat(Tensor.zeros(2, 0).sum(1).toArray()).containsExactly(0, 0);
    }

    /** dY/y would be infinite. */
    @Test
    void theGradientOfATinyNormIsFinite() {
        for (int dim = 0; dim < 2; dim++) {
            Tensor x = Tensor.of(new float[] {1e-39f, 0, 1e-39f, 0}, 2, 2).requireGrad();
            try (Tape tape = Tape.open()) {
                tape.backward(x.norm(dim).sum());
            }
            float[] expected = dim == 0
                    ? new float[] {(float) Math.sqrt(0.5), 0, (float) Math.sqrt(0.5), 0}
                    : new float[] {1, 0, 1, 0};
            assertThat(x.grad().toArray()).containsExactly(expected, within(1e-5f)); // y is subnormal
        }
    }

    @Test
    void wrongPlacesAreRefused() {
        Tensor x = Tensor.zeros(2, 3);
        assertThatThrownBy(() -> x.get(2, 0)).isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("[2, 0]");
        assertThatThrownBy(() -> x.select(2, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> x.select(1, 3)).isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("select: index 3 of dimension 1 is outside of shape (2, 3)");
        assertThatThrownBy(x::item).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Tensor.of(null, 1)).isInstanceOf(NullPointerException.class).hasMessage("data");
    }

    private static void refused(Runnable call, String message) {
        assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
