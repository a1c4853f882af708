package org.lanewise.kernels;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class GemmArgumentsTest {

    private static final float OLD = 7;

    private final float[] a = new float[40];
    private final float[] b = new float[24];
    private final float[] c = filled(15);

    /** A call that is right, C (5x3) = A (5x8) * B (8x3), until a test makes one argument wrong. */
    private static final class Call {
        Transpose transA = Transpose.NO;
        Transpose transB = Transpose.NO;
        int m = 5;
        int n = 3;
        int k = 8;
        int aOffset;
        int bOffset;
        int cOffset;
        int lda = 8;
        int ldb = 3;
        int ldc = 3;
        Parallelism parallelism = Parallelism.serial();

        void set(String name, int value) {
            switch (name) {
                case "m" -> m = value;
                case "n" -> n = value;
                case "k" -> k = value;
                case "aOffset" -> aOffset = value;
                case "bOffset" -> bOffset = value;
                case "cOffset" -> cOffset = value;
                case "lda" -> lda = value;
                case "ldb" -> ldb = value;
                case "ldc" -> ldc = value;
                default -> throw new AssertionError(name);
            }
        }

        void run(float[] a, float[] b, float[] c) {
            Gemm.sgemm(transA, transB, m, n, k, 1, a, aOffset, lda, b, bOffset, ldb, 0, c, cOffset, ldc, parallelism);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            m   | -1 | m=-1 must not be negative
            n   | -2 | n=-2 must not be negative
            k   | -3 | k=-3 must not be negative
            lda |  3 | lda=3 is less than the 8 columns of A (5x8)
            lda | -8 | lda=-8 is less than the 8 columns of A (5x8)
            ldb |  2 | ldb=2 is less than the 3 columns of B (8x3)
            ldc |  2 | ldc=2 is less than the 3 columns of C (5x3)
            """)
    void refusesSizes(String name, int value, String message) {
        Call call = new Call();
        call.set(name, value);
        assertThatIllegalArgumentException().isThrownBy(() -> call.run(a, b, c)).withMessage(message);
        assertThat(c).containsOnly(OLD);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            aOffset | -1 | A (5x8, lda=8): offset -1 must not be negative
            aOffset |  1 | A (5x8, lda=8): elements 1 to 40 are needed, but the array has 40
            bOffset |  2 | B (8x3, ldb=3): elements 2 to 25 are needed, but the array has 24
            cOffset |  1 | C (5x3, ldc=3): elements 1 to 15 are needed, but the array has 15
            lda     |  9 | A (5x8, lda=9): elements 0 to 43 are needed, but the array has 40
            ldc     |  4 | C (5x3, ldc=4): elements 0 to 18 are needed, but the array has 15
            aOffset | 2147483647 | A (5x8, lda=8): elements 2147483647 to 2147483686 are needed, but the array has 40
            """)
    void refusesRangesThatLeaveTheirArray(String name, int value, String message) {
        Call call = new Call();
        call.set(name, value);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> call.run(a, b, c))
                .withMessage(message);
        assertThat(c).containsOnly(OLD);
    }

    @Test
    void transposedOperandsAreCheckedAsStored() {
        Call call = new Call();
        call.transA = Transpose.YES;
        call.lda = 4;
        assertThatIllegalArgumentException().isThrownBy(() -> call.run(a, b, c))
                .withMessage("lda=4 is less than the 5 columns of A (8x5)");
        call.lda = 5;
        call.transB = Transpose.YES;
        assertThatIllegalArgumentException().isThrownBy(() -> call.run(a, b, c))
                .withMessage("ldb=3 is less than the 8 columns of B (3x8)");
    }

    /** 65536 * 65536 is 0 as an int. */
    @Test
    void indexProductsDoNotOverflow() {
        Call call = new Call();
        call.m = 65537;
        call.lda = 65536;
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> call.run(a, b, c))
                .withMessage("A (65537x8, lda=65536): elements 0 to 4294967303 are needed, but the array has 40");
        assertThat(c).containsOnly(OLD);
    }

    @Test
    void nullIsNamed() {
        assertThatNullPointerException().isThrownBy(() -> new Call().run(null, b, c)).withMessage("A");
        assertThatNullPointerException().isThrownBy(() -> new Call().run(a, null, c)).withMessage("B");
        assertThatNullPointerException().isThrownBy(() -> new Call().run(a, b, null)).withMessage("C");
        Call call = new Call();
        call.parallelism = null;
        assertThatNullPointerException().isThrownBy(() -> call.run(a, b, c)).withMessage("parallelism");
        call.transB = null;
        assertThatNullPointerException().isThrownBy(() -> call.run(a, b, c)).withMessage("transB");
        call.transA = null;
        assertThatNullPointerException().isThrownBy(() -> call.run(a, b, c)).withMessage("transA");
        assertThat(c).containsOnly(OLD);
    }

    @Test
    void emptyMatricesNeedNoElements() {
        float[] none = {};
        Gemm.sgemm(Transpose.NO, Transpose.NO, 0, 3, 8, 1, none, 0, 8, b, 0, 3, 0, none, 0, 3, Parallelism.serial());
        Gemm.sgemm(Transpose.NO, Transpose.NO, 5, 0, 8, 1, a, 0, 8, none, 0, 0, 0, none, 0, 0, Parallelism.serial());
        Gemm.sgemm(Transpose.NO, Transpose.NO, 5, 3, 0, 1, none, 0, 0, none, 0, 3, 1, c, 0, 3, Parallelism.serial());
        assertThat(c).containsOnly(OLD);
    }

    private static float[] filled(int n) {
        float[] values = new float[n];
        Arrays.fill(values, OLD);
        return values;
    }

    @Test
    void refusesABiasThatLeavesItsArray() {
        Epilogue rows = Epilogue.rowBias(new float[4], 0);
        Epilogue columns = Epilogue.columnBias(new float[4], 2).thenRelu();
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Gemm.sgemm(Transpose.NO, Transpose.NO, 5, 3, 8, 1, a, 0, 8, b, 0, 3, 0, c, 0, 3, rows,
                        Parallelism.serial()))
                .withMessage("row bias: elements 0 to 4 are needed, but the array has 4");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(
                        () -> Gemm.sgemm(Transpose.NO, Transpose.NO, 5, 3, 8, 1, a, 0, 8, b, 0, 3, 0, c, 0, 3, columns,
                                Parallelism.serial()))
                .withMessage("column bias: elements 2 to 4 are needed, but the array has 4");
        assertThat(c).containsOnly(OLD);
    }

    @Test
    void refusesAPackedOperandOfTheOtherSide() {
        PackedMatrix left = PackedMatrix.left(Transpose.NO, 5, 8, 1, a, 0, 8);
        PackedMatrix right = PackedMatrix.right(Transpose.NO, 8, 3, b, 0, 3);
        assertThat(left.rows()).isEqualTo(5);
        assertThat(left.columns()).isEqualTo(8);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gemm.sgemm(Transpose.NO, 5, 1, a, 0, 8, left, 0, c, 0, 3, Epilogue.NONE,
                        Parallelism.serial()))
                .withMessage("B was packed as a left operand; a right one is required here");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gemm.sgemm(right, Transpose.NO, 3, b, 0, 3, 0, c, 0, 3, Epilogue.NONE,
                        Parallelism.serial()))
                .withMessage("A was packed as a right operand; a left one is required here");
        assertThat(c).containsOnly(OLD);
    }

    @Test
    void refusesBatchesThatOverlapOrLeaveTheirArray() {
        // five rows of 3, with ldc = 3: two results need 15 elements each
        assertThatIllegalArgumentException().isThrownBy(() -> batched(0, 0, 14, new float[30]))
                .withMessage("cStride=14 lets the 2 matrices C (5x3, ldc=3) overlap");
        assertThatIllegalArgumentException().isThrownBy(() -> batched(-1, 0, 15, new float[30]))
                .withMessage("aStride=-1 must not be negative");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> batched(0, 1, 15, new float[30]))
                .withMessage("B (2 of 8x3, ldb=3, bStride=1): elements 0 to 24 are needed, but the array has 24");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> batched(0, 0, Integer.MAX_VALUE, new float[30]))
                .withMessageContaining("elements 0 to 2147483661 are needed, but the array has 30");
    }

    private void batched(int aStride, int bStride, int cStride, float[] results) {
        Gemm.sgemmBatched(2, Transpose.NO, Transpose.NO, 5, 3, 8, 1, a, 0, 8, aStride, b, 0, 3, bStride, 0, results, 0,
                3,
                cStride, Parallelism.serial());
    }
}
