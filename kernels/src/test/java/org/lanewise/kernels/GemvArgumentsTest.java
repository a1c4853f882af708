package org.lanewise.kernels;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class GemvArgumentsTest {

    private final float[] a = new float[40];
    private final float[] x = new float[8];
    private final float[] y = {7, 7, 7, 7, 7};

    /** With A (5x8) whole, or the beginning of such a call made wrong by one argument. */
    private void run(int m, int n, int lda, float[] a, int incx, float[] x, int incy, float[] y) {
        Gemv.sgemv(Transpose.NO, m, n, 1, a, 0, lda, x, 0, incx, 0, y, 0, incy, Parallelism.serial());
    }

    @AfterEach
    void nothingIsWritten() {
        assertThat(y).containsOnly(7);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -1 |  8 | 8 |  1 |  1 | m=-1 must not be negative
             5 | -8 | 8 |  1 |  1 | n=-8 must not be negative
             5 |  8 | 7 |  1 |  1 | lda=7 is less than the 8 columns of A (5x8)
             5 |  8 | 8 |  0 |  1 | incx=0 must be positive
             5 |  8 | 8 |  1 | -1 | incy=-1 must be positive
            """)
    void refusesSizes(int m, int n, int lda, int incx, int incy, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> run(m, n, lda, a, incx, x, incy, y)).withMessage(message);
    }

    /** 3 * 2^30 and 65536 * 65536 leave an int. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                5 | 8 |          9 | 1 |          1 | A (5x8, lda=9): elements 0 to 43 are needed, but the array has 40
                5 | 8 |          8 | 2 |          1 | x (8 elements, incx=2): elements 0 to 14 are needed, but the array has 8
                5 | 8 |          8 | 1 | 1073741824 | y (5 elements, incy=1073741824): elements 0 to 4294967296 are needed, but the array has 5
            65537 | 8 |      65536 | 1 |          1 | A (65537x8, lda=65536): elements 0 to 4294967303 are needed, but the array has 40
            """)
    void refusesRangesThatLeaveTheirArray(int m, int n, int lda, int incx, int incy, String message) {
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> run(m, n, lda, a, incx, x, incy, y)).withMessage(message);
    }

    @Test
    void nullIsNamed() {
        assertThatNullPointerException().isThrownBy(() -> run(5, 8, 8, null, 1, x, 1, y)).withMessage("A");
        assertThatNullPointerException().isThrownBy(() -> run(5, 8, 8, a, 1, null, 1, y)).withMessage("x");
        assertThatNullPointerException().isThrownBy(() -> run(5, 8, 8, a, 1, x, 1, null)).withMessage("y");
        assertThatNullPointerException().isThrownBy(() -> Gemv.sgemv(null, 5, 8, 1, a, 0, 8, x, 0, 1, 0, y, 0, 1,
                Parallelism.serial())).withMessage("trans");
        assertThatNullPointerException().isThrownBy(() -> Gemv.sgemv(Transpose.NO, 5, 8, 1, a, 0, 8, x, 0, 1, 0, y, 0,
                1, null)).withMessage("parallelism");
    }
}
