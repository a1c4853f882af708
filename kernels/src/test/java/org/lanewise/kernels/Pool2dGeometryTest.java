package org.lanewise.kernels;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class Pool2dGeometryTest {

    /** Expected: what PyTorch's MaxPool2d gives. */
    @ParameterizedTest
    @CsvSource({"28, 2, 2, 0, 14", "7, 2, 2, 0, 3", "112, 3, 2, 1, 56", "1, 1, 1, 0, 1", "5, 5, 9, 0, 1",
        "5, 3, 1, 1, 5"})
    void outputSizeIsPyTorchs(int in, int kernel, int stride, int padding, int out) {
        Pool2dGeometry g = geometry(in, kernel, stride, padding);
        assertThat(g.outputHeight()).isEqualTo(out);
        assertThat(g.outputWidth()).isEqualTo(out);
        assertThat(g.inputSize()).isEqualTo(6 * in * in);
        assertThat(g.outputSize()).isEqualTo(6 * out * out);
    }

    @Test
    void aPlaceTakesAsFewBytesAsHoldIt() {
        assertThat(Pool2dGeometry.square(1, 16, 16, 16, 1).indexBytes()).isEqualTo(1);
        assertThat(Pool2dGeometry.square(1, 17, 17, 17, 1).indexBytes()).isEqualTo(2);
        assertThat(Pool2dGeometry.square(1, 256, 256, 256, 1).indexBytes()).isEqualTo(2);
        assertThat(Pool2dGeometry.square(1, 257, 257, 257, 1).indexBytes()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -1 | 3 | 1 |  0 | height=-1 must be positive
             4 | 0 | 1 |  0 | kernel height=0 must be positive
             4 | 3 | 0 |  0 | stride along height=0 must be positive
             4 | 3 | 1 | -1 | padding along height=-1 must not be negative
             4 | 3 | 1 |  2 | padding along height=2 must be at most half of the kernel height, 3/2
             2 | 3 | 1 |  0 | the window does not fit the height: height + 2*padding - dilation*(kernel - 1) - 1 = 2 + 2*0 - 1*(3 - 1) - 1 = -1 must not be negative
            """)
    void refusesSizes(int in, int kernel, int stride, int padding, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> geometry(in, kernel, stride, padding))
                .withMessage(message);
    }

    @Test
    void refusesOperandsThatNoArrayHolds() {
        assertThatIllegalArgumentException().isThrownBy(() -> Pool2dGeometry.square(1 << 16, 256, 256, 2, 2))
                .withMessage("input of shape [65536, 256, 256] has more than 2^31 - 1 elements");
        Pool2dGeometry g = Pool2dGeometry.square(1, 40_000, 40_000, 17, 1);
        assertThatIllegalArgumentException().isThrownBy(g::indexBytes).withMessageStartingWith("indices of shape");
    }

    @Test
    void poolingRefusesArraysThatAreTooShort() {
        Pool2dGeometry g = Pool2dGeometry.square(1, 4, 4, 2, 2);
        float[] sixteen = new float[16];
        float[] four = {7, 7, 7, 7};
        byte[] places = new byte[4];
        Parallelism serial = Parallelism.serial();
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> MaxPool2d.forward(g, sixteen, 1, four, 0, places, serial))
                .withMessage("x: elements 1 to 16 are needed, but the array has 16");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> MaxPool2d.forward(g, sixteen, 0, four, 0, new byte[3], serial))
                .withMessage("indices: elements 0 to 3 are needed, but the array has 3");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> MaxPool2d.backward(g, places, sixteen, 0, 0, four, 0, serial))
                .withMessage("dX: elements 0 to 15 are needed, but the array has 4");
        assertThatNullPointerException()
                .isThrownBy(() -> MaxPool2d.forward(g, sixteen, 0, four, 0, null, serial)).withMessage("indices");
        assertThat(four).containsOnly(7);
    }

    /** Expected: what PyTorch 2.13's MaxPool2d gives. */
    @ParameterizedTest
    @CsvSource({"6, 3, 2, 1, 1, 4", "5, 3, 2, 1, 1, 3", "1, 2, 3, 1, 1, 1", "3, 2, 3, 1, 1, 2", "2, 3, 2, 0, 1, 1",
        "5, 3, 2, 1, 3, 1", "6, 3, 2, 0, 1, 3", "9, 2, 3, 1, 4, 3"})
    void outputSizeInCeilModeIsPyTorchs(int in, int kernel, int stride, int padding, int dilation, int out) {
        assertThat(Pool2dWindow.square(kernel).withStride(stride, stride).withPadding(padding, padding)
                .withDilation(dilation, dilation).withCeilMode(true).over(1, in, in).outputHeight()).isEqualTo(out);
    }

    @Test
    void refusesWindowsThatDoNotFitInCeilMode() {
        Pool2dWindow window = Pool2dWindow.square(4).withStride(2, 2).withCeilMode(true);
        assertThatIllegalArgumentException().isThrownBy(() -> window.over(1, 2, 2)).withMessage(
                "the window does not fit the height in ceil mode: height + 2*padding - dilation*(kernel - 1) - 1"
                        + " + stride - 1 = 2 + 2*0 - 1*(4 - 1) - 1 + 2 - 1 = -1 must not be negative");
    }

    /** PyTorch gives -infinity with an index outside of the image. */
    @Test
    void refusesWindowsWithoutAPixel() {
        Pool2dWindow window = Pool2dWindow.square(2).withStride(1, 1).withPadding(1, 1).withDilation(3, 3);
        assertThatIllegalArgumentException().isThrownBy(() -> window.over(1, 2, 2)).withMessage(
                "window 0 along height holds no pixel: 0*stride - padding + tap*dilation = -1 + tap*3 is in [0, 2)"
                        + " for no tap below 2");
        assertThat(window.over(1, 3, 3).outputSize()).isEqualTo(4);
    }

    @Test
    void averagesRefuseADilationAndADivisorOfZero() {
        Pool2dGeometry g = Pool2dWindow.square(2).withDilation(1, 2).over(1, 4, 4);
        float[] sixteen = new float[16];
        assertThatIllegalArgumentException().isThrownBy(
                () -> AvgPool2d.forward(g, AvgDivisor.PADDED, sixteen, 0, sixteen, 0, Parallelism.serial()))
                .withMessage("average pooling has no dilation, but the window has 1x2");
        assertThatIllegalArgumentException().isThrownBy(() -> AvgDivisor.of(0))
                .withMessage("divisorOverride=0 must not be zero");
    }

    private static Pool2dGeometry geometry(int in, int kernel, int stride, int padding) {
        return Pool2dWindow.square(kernel).withStride(stride, stride).withPadding(padding, padding).over(6, in, in);
    }
}
