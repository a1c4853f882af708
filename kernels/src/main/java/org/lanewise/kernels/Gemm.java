package org.lanewise.kernels;

import java.util.Objects;

import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.DirectGemm;
import org.lanewise.kernels.gemm.Scaling;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.gemm.TinyGemm;
import org.lanewise.kernels.reference.ReferenceGemm;

/**
 * General matrix multiplication in single precision: C := alpha*op(A)*op(B) + beta*C, row-major.
 *
 * @see <a href="https://doi.org/10.1145/1356052.1356053">Goto, van de Geijn: Anatomy of High-Performance Matrix
 *      Multiplication, 2008</a>
 */
public final class Gemm {

    /**
     * Multiply-adds up to which the scalar loop runs: it needs no packing, and no vector code that the JVM has not compiled yet when
     * a program starts. Beside OpenBLAS 0.3.31, 8x8x8 (512) ran
     * at 0.32 of its speed there and runs at 0.53 with vectors.
     */
    private static final long TINY = 256;

    /**
     * Floats of B up to which it is read in place: 16 KB, half of a usual level-1 cache. Beside OpenBLAS 0.3.31 on a Zen 3 core
     * 16x16x16 went from 1.01 to 1.11 and 32x32x32 from 1.11 to 1.18 by it; 256x256x256 fell from 0.90 to 0.74.
     */
    private static final long IN_PLACE = 4096;

    private Gemm() {
    }

    /**
     * C := alpha*op(A)*op(B) + beta*C.
     *
     * <p>
     * alpha may be multiplied into the elements of A or into the sum, as the shape decides; the difference shows only where one of
     * the two leaves the range of float. With {@code alpha == 0}, A and B are not read.
     *
     * @param transA      whether op(A) = A^T
     * @param transB      whether op(B) = B^T
     * @param m           rows of op(A) and of C
     * @param n           columns of op(B) and of C
     * @param k           columns of op(A) and rows of op(B); 0 leaves beta*C
     * @param alpha       factor of the product
     * @param a           A, shape (m, k), or (k, m) if transposed; row i starts at a[aOffset + i*lda]
     * @param aOffset     index of A's first element
     * @param lda         row stride of A in elements, at least its number of columns
     * @param b           B, shape (k, n), or (n, k) if transposed
     * @param bOffset     index of B's first element
     * @param ldb         row stride of B in elements, at least its number of columns
     * @param beta        factor of the old C; if 0, C is overwritten and never read (it may hold NaN)
     * @param c           C, shape (m, n); must not overlap A or B
     * @param cOffset     index of C's first element
     * @param ldc         row stride of C in elements, at least n
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if a size is negative or a leading dimension too small
     * @throws IndexOutOfBoundsException if a matrix leaves its array
     */
    public static void sgemm(Transpose transA, Transpose transB, int m, int n, int k,
            float alpha, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb,
            float beta, float[] c, int cOffset, int ldc, Parallelism parallelism) {
        boolean ta = Objects.requireNonNull(transA, "transA") == Transpose.YES;
        boolean tb = Objects.requireNonNull(transB, "transB") == Transpose.YES;
        Checks.notNegative("m", m);
        Checks.notNegative("n", n);
        Checks.notNegative("k", k);
        Checks.matrix("A", a, aOffset, ta ? k : m, ta ? m : k, "lda", lda);
        Checks.matrix("B", b, bOffset, tb ? n : k, tb ? k : n, "ldb", ldb);
        Checks.matrix("C", c, cOffset, m, n, "ldc", ldc);
        Objects.requireNonNull(parallelism, "parallelism");

        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0 || alpha == 0) {
            Scaling.scale(beta, c, cOffset, m, n, ldc);
            return;
        }
        // op(A)(i, p) stands at aOffset + i*aRow + p*aColumn
        int aRow = ta ? 1 : lda;
        int aColumn = ta ? lda : 1;
        int bRow = tb ? 1 : ldb;
        int bColumn = tb ? ldb : 1;
        if (!Backend.current().vectorized()) {
            ReferenceGemm.sgemm(m, n, k, alpha, a, aOffset, aRow, aColumn, b, bOffset, bRow, bColumn,
                    beta, c, cOffset, ldc);
        } else if ((long) m * n * k <= TINY) {
            TinyGemm.run(m, n, k, alpha, a, aOffset, aRow, aColumn, b, bOffset, bRow, bColumn, beta, c, cOffset, ldc);
        } else if (m == 1) {
            // c = op(B)^T a: a row times a matrix is a matrix-vector product with the other transpose
            Gemv.run(!tb, tb ? n : k, tb ? k : n, alpha, b, bOffset, ldb, a, aOffset, aColumn,
                    beta, c, cOffset, 1, parallelism);
        } else if (n == 1) {
            Gemv.run(ta, ta ? k : m, ta ? m : k, alpha, a, aOffset, lda, b, bOffset, bRow,
                    beta, c, cOffset, ldc, parallelism);
        } else if (!tb && (long) k * n <= IN_PLACE && (long) m * n * k <= BlockedGemm.PER_THREAD) {
            DirectGemm.run(m, n, k, new StoredOperand(a, aOffset, aRow, aColumn, alpha), b, bOffset, ldb,
                    beta, c, cOffset, ldc);
        } else {
            BlockedGemm.run(m, n, k, new StoredOperand(a, aOffset, aRow, aColumn, alpha),
                    new StoredOperand(b, bOffset, bColumn, bRow, 1), beta, c, cOffset, ldc, parallelism);
        }
    }
}
