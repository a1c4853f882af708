package org.lanewise.kernels;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class Conv2dGeometryTest {

    /** Expected: what PyTorch's Conv2d gives. */
    @ParameterizedTest
    @CsvSource({"28, 5, 1, 0, 1, 24", "224, 11, 4, 2, 1, 55", "7, 3, 2, 0, 1, 3", "8, 3, 2, 0, 1, 3",
        "7, 3, 1, 2, 2, 7",
        "1, 1, 3, 0, 1, 1", "0, 3, 1, 2, 1, 2"})
    void outputSizeIsPyTorchs(int in, int kernel, int stride, int padding, int dilation, int out) {
        Conv2dGeometry g = geometry(in, kernel, stride, padding, dilation);
        assertThat(g.outputHeight()).isEqualTo(out);
        assertThat(g.outputWidth()).isEqualTo(out);
        assertThat(g.outputPixels()).isEqualTo(out * out);
        assertThat(g.outputSize()).isEqualTo(2 * 4 * out * out);
        assertThat(g.inputSize()).isEqualTo(2 * 3 * in * in);
        assertThat(g.taps()).isEqualTo(3 * kernel * kernel);
        assertThat(g.weightSize()).isEqualTo(4 * 3 * kernel * kernel);
    }

    @Test
    void refusesWindowThatDoesNotFitWithTheFormula() {
        assertThatIllegalArgumentException().isThrownBy(() -> geometry(4, 3, 1, 1, 3)).withMessage(
                "the window does not fit the height: height + paddingTop + paddingBottom - dilation*(kernel - 1) - 1"
                        + " = 4 + 1 + 1 - 3*(3 - 1) - 1 = -1 must not be negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Conv2dGeometry.builder(1, 1, 9, 4, 1, 1, 5).withPadding(3, 3, 0, 0).build())
                .withMessage("the window does not fit the width: width + paddingLeft + paddingRight"
                        + " - dilation*(kernel - 1) - 1 = 4 + 0 + 0 - 1*(5 - 1) - 1 = -1 must not be negative");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -1 | 3 | 1 |  0 | 1 | height=-1 must not be negative
             4 | 0 | 1 |  0 | 1 | kernel height=0 must be positive
             4 | 3 | 0 |  0 | 1 | stride along height=0 must be positive
             4 | 3 | 1 | -1 | 1 | paddingTop=-1 must not be negative
             4 | 3 | 1 |  0 | 0 | dilation along height=0 must be positive
            """)
    void refusesSizes(int in, int kernel, int stride, int padding, int dilation, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> geometry(in, kernel, stride, padding, dilation))
                .withMessage(message);
    }

    @Test
    void refusesCountsThatAreNegative() {
        assertThatIllegalArgumentException().isThrownBy(() -> Conv2dGeometry.square(-1, 3, 4, 4, 2, 3, 1, 0))
                .withMessage("batch=-1 must not be negative");
        assertThatIllegalArgumentException().isThrownBy(() -> Conv2dGeometry.square(1, -3, 4, 4, 2, 3, 1, 0))
                .withMessage("inChannels=-3 must not be negative");
        assertThatIllegalArgumentException().isThrownBy(() -> Conv2dGeometry.square(1, 3, 4, 4, -2, 3, 1, 0))
                .withMessage("outChannels=-2 must not be negative");
    }

    @Test
    void refusesOperandsThatNoArrayHolds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Conv2dGeometry.square(1 << 16, 1, 1 << 8, 1 << 8, 1, 1, 1, 0))
                .withMessage("input of shape [65536, 1, 256, 256] has more than 2^31 - 1 elements");
        assertThatIllegalArgumentException().isThrownBy(() -> Conv2dGeometry.square(1, 1, 1, 1, 1, 1, 1, 1 << 20))
                .withMessage("output of shape [1, 1, 2097153, 2097153] has more than 2^31 - 1 elements");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Conv2dGeometry.square(1, 1, 1, 1, 1, 1, 1, Integer.MAX_VALUE))
                .withMessage("height + paddingTop + paddingBottom = 1 + 2147483647 + 2147483647 must be below 2^31");
    }

    @Test
    void refusesGroupsThatDoNotDivideTheChannels() {
        var sizes = Conv2dGeometry.builder(1, 6, 4, 4, 8, 3, 3);
        assertThatIllegalArgumentException().isThrownBy(() -> sizes.withGroups(4).build())
                .withMessage("groups=4 must divide inChannels=6, but 6 mod 4 = 2");
        assertThatIllegalArgumentException().isThrownBy(() -> sizes.withGroups(3).build())
                .withMessage("groups=3 must divide outChannels=8, but 8 mod 3 = 2");
        assertThatIllegalArgumentException().isThrownBy(() -> sizes.withGroups(0).build())
                .withMessage("groups=0 must be positive");
        assertThat(sizes.withGroups(2).build().taps()).isEqualTo(3 * 3 * 3);
        assertThat(sizes.withGroups(2).build().weightSize()).isEqualTo(8 * 3 * 3 * 3);
    }

    @Test
    void refusesAnyNegativePadding() {
        var sizes = Conv2dGeometry.builder(1, 1, 9, 9, 1, 3, 3);
        assertThatIllegalArgumentException().isThrownBy(() -> sizes.withPadding(0, -1, 0, 0).build())
                .withMessage("paddingBottom=-1 must not be negative");
        assertThatIllegalArgumentException().isThrownBy(() -> sizes.withPadding(0, 0, -2, 0).build())
                .withMessage("paddingLeft=-2 must not be negative");
        assertThatIllegalArgumentException().isThrownBy(() -> sizes.withPadding(0, 0, 0, -3).build())
                .withMessage("paddingRight=-3 must not be negative");
    }

    @Test
    void theOrderOfOptionsDoesNotCount() {
        Conv2dGeometry g = Conv2dGeometry.builder(2, 4, 2, 3, 8, 3, 5).withGroups(2).withDilation(2, 1)
                .withStride(3, 4).withPadding(2, 1, 0, 3).build();
        assertThat(g).isEqualTo(new Conv2dGeometry(2, 4, 2, 3, 8, 3, 5, 3, 4, 2, 1, 0, 3, 2, 1, 2));
        assertThat(g.outputHeight()).isEqualTo((2 + 2 + 1 - 2 * 2 - 1) / 3 + 1);
        assertThat(g.outputWidth()).isEqualTo((3 + 3 - 4 - 1) / 4 + 1);
        assertThat(Conv2dGeometry.builder(1, 2, 7, 7, 3, 3, 3).withStride(2, 2).withPadding(1, 1).build())
                .isEqualTo(Conv2dGeometry.square(1, 2, 7, 7, 3, 3, 2, 1));
    }

    /** PyTorch puts the odd zero below and on the right. */
    @Test
    void samePaddingIsPyTorchs() {
        Conv2dGeometry g = Conv2dGeometry.builder(1, 1, 5, 6, 1, 4, 3).withSamePadding().withDilation(1, 3).build();
        assertThat(g).isEqualTo(new Conv2dGeometry(1, 1, 5, 6, 1, 4, 3, 1, 1, 1, 2, 3, 3, 1, 3, 1));
        assertThat(g.outputHeight()).isEqualTo(5);
        assertThat(g.outputWidth()).isEqualTo(6);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Conv2dGeometry.builder(1, 1, 5, 6, 1, 4, 3).withSamePadding().withStride(1, 2).build())
                .withMessage(
                        "stride along width=2 must be 1 with padding \"same\", whose output is as large as its input");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Conv2dGeometry.builder(1, 1, 5, 6, 1, 1 << 16, 3).withSamePadding()
                        .withDilation(1 << 16, 1).build())
                .withMessage("padding \"same\" along height: dilation*(kernel - 1) = 65536*(65536 - 1) = 4294901760"
                        + " must be below 2^31");
    }

    /** The whole range is checked before anything is written. */
    @Test
    void convolutionRefusesArraysThatAreTooShort() {
        Conv2dGeometry g = Conv2dGeometry.square(1, 1, 3, 3, 1, 2, 1, 0);
        float[] nine = new float[9];
        float[] four = {7, 7, 7, 7};
        Parallelism serial = Parallelism.serial();
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Conv2d.forward(g, nine, 1, nine, 0, null, 0, four, 0, serial))
                .withMessage("x: elements 1 to 9 are needed, but the array has 9");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Conv2d.forward(g, nine, 0, nine, 0, nine, 9, four, 0, serial))
                .withMessage("bias: elements 9 to 9 are needed, but the array has 9");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Conv2d.backwardData(g, nine, 0, nine, 0, 0, four, 0, serial))
                .withMessage("dX: elements 0 to 8 are needed, but the array has 4");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Conv2d.backwardWeights(g, nine, 0, nine, 0, 0, four, 1, serial))
                .withMessage("dWeight: elements 1 to 4 are needed, but the array has 4");
        assertThatNullPointerException()
                .isThrownBy(() -> Conv2d.forward(g, nine, 0, null, 0, null, 0, four, 0, serial)).withMessage("weight");
        assertThat(four).containsOnly(7);
    }

    private static Conv2dGeometry geometry(int in, int kernel, int stride, int padding, int dilation) {
        return new Conv2dGeometry(2, 3, in, in, 4, kernel, kernel, stride, stride, padding, padding, dilation,
                dilation);
    }
}
