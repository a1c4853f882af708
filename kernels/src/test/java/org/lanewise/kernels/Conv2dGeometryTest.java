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
                "the window does not fit the height: height + 2*padding - dilation*(kernel - 1) - 1"
                        + " = 4 + 2*1 - 3*(3 - 1) - 1 = -1 must not be negative");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -1 | 3 | 1 |  0 | 1 | height=-1 must not be negative
             4 | 0 | 1 |  0 | 1 | kernel height=0 must be positive
             4 | 3 | 0 |  0 | 1 | stride along height=0 must be positive
             4 | 3 | 1 | -1 | 1 | padding along height=-1 must not be negative
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
                .withMessage("height + 2*padding = 1 + 2*2147483647 must be below 2^31");
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
