package org.lanewise.kernels;

import java.util.Objects;

import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.DirectGemm;
import org.lanewise.kernels.gemm.Finish;
import org.lanewise.kernels.gemm.GemmPath;
import org.lanewise.kernels.gemm.Operand;
import org.lanewise.kernels.gemm.OuterProduct;
import org.lanewise.kernels.gemm.Scaling;
import org.lanewise.kernels.gemm.SkinnyGemm;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.gemm.TinyGemm;
import org.lanewise.kernels.gemm.VectorGemv;
import org.lanewise.kernels.reference.ReferenceGemm;

/**
 * General matrix multiplication in single precision: C := alpha*op(A)*op(B) + beta*C, row-major.
 *
 * @see <a href="https://doi.org/10.1145/1356052.1356053">Goto, van de Geijn: Anatomy of High-Performance Matrix
 *      Multiplication, 2008</a>
 */
public final class Gemm {

    private Gemm() {
    }

    /**
     * C := alpha*op(A)*op(B) + beta*C.
     *
     * <p>
     * alpha may be multiplied into the elements of A or into the sum, as the shape decides; the difference shows only where one of
     * the two leaves the range of {@code float}. With {@code alpha == 0}, A and B are not read.
     *
     * @param transA      whether op(A) = A^T
     * @param transB      whether op(B) = B^T
     * @param m           rows of op(A) and of C
     * @param n           columns of op(B) and of C
     * @param k           columns of op(A) and rows of op(B); with 0, the product is 0
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
        sgemm(transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc, Epilogue.NONE,
                parallelism);
    }

    /**
     * C := f(alpha*op(A)*op(B) + beta*C + bias): the product with a bias and a ReLU, which cost little while a part of C is still in
     * the cache. (Products of one row, column or step, or of few, are finished at the end.)
     *
     * <p>
     * alpha may be multiplied into the elements of A or into the sum, as the shape decides; the difference shows only where one of
     * the two leaves the range of {@code float}. With {@code alpha == 0}, A and B are not read.
     *
     * @param transA      whether op(A) = A^T
     * @param transB      whether op(B) = B^T
     * @param m           rows of op(A) and of C
     * @param n           columns of op(B) and of C
     * @param k           columns of op(A) and rows of op(B); with 0, the product is 0
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
     * @param epilogue    the bias and f
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if a size is negative or a leading dimension too small
     * @throws IndexOutOfBoundsException if a matrix or the bias leaves its array
     */
    public static void sgemm(Transpose transA, Transpose transB, int m, int n, int k,
            float alpha, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb,
            float beta, float[] c, int cOffset, int ldc, Epilogue epilogue, Parallelism parallelism) {
        boolean ta = Objects.requireNonNull(transA, "transA") == Transpose.YES;
        boolean tb = Objects.requireNonNull(transB, "transB") == Transpose.YES;
        checkSizes(m, n, k);
        Checks.matrix("A", a, aOffset, ta ? k : m, ta ? m : k, "lda", lda);
        Checks.matrix("B", b, bOffset, tb ? n : k, tb ? k : n, "ldb", ldb);
        Checks.matrix("C", c, cOffset, m, n, "ldc", ldc);
        Objects.requireNonNull(epilogue, "epilogue").check(m, n);
        Objects.requireNonNull(parallelism, "parallelism");
        multiply(ta, tb, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc, epilogue,
                parallelism);
    }

    /**
     * C := f(alpha*op(A)*B + beta*C + bias) with a right operand that was packed before. With {@code alpha == 0}, A is not read.
     *
     * @param transA      whether op(A) = A^T
     * @param m           rows of op(A) and of C; C has the columns of B
     * @param alpha       factor of the product
     * @param a           A, shape (m, k), or (k, m) if transposed, with k the rows of B
     * @param aOffset     index of A's first element
     * @param lda         row stride of A in elements, at least its number of columns
     * @param b           B, made by {@link PackedMatrix#right}
     * @param beta        factor of the old C; if 0, C is overwritten and never read (it may hold NaN)
     * @param c           C, shape (m, n); must not overlap A
     * @param cOffset     index of C's first element
     * @param ldc         row stride of C in elements, at least n
     * @param epilogue    the bias and f
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if m is negative, a leading dimension too small or B a left operand
     * @throws IndexOutOfBoundsException if a matrix or the bias leaves its array
     */
    public static void sgemm(Transpose transA, int m, float alpha, float[] a, int aOffset, int lda, PackedMatrix b,
            float beta, float[] c, int cOffset, int ldc, Epilogue epilogue, Parallelism parallelism) {
        boolean ta = Objects.requireNonNull(transA, "transA") == Transpose.YES;
        Objects.requireNonNull(b, "b").check("B", false);
        Operand bPanels = b.operand();
        int n = b.columns();
        int k = b.rows();
        Checks.notNegative("m", m);
        Checks.matrix("A", a, aOffset, ta ? k : m, ta ? m : k, "lda", lda);
        Checks.matrix("C", c, cOffset, m, n, "ldc", ldc);
        Objects.requireNonNull(epilogue, "epilogue").check(m, n);
        Objects.requireNonNull(parallelism, "parallelism");
        if (m == 0 || n == 0) {
            return;
        }
        int aRow = ta ? 1 : lda;
        int aColumn = ta ? lda : 1;
        if (k == 0 || alpha == 0) {
            scale(m, n, beta, c, cOffset, ldc, epilogue);
        } else if (bPanels != null) {
            Operands operands = Operands.current();
            operands.left.set(a, aOffset, aRow, aColumn, alpha);
            operands.multiply(m, n, k, operands.left, bPanels, beta, c, cOffset, ldc, epilogue, parallelism);
        } else {
            ReferenceGemm.sgemm(m, n, k, alpha, a, aOffset, aRow, aColumn, b.plain(), 0, n, 1, beta, c, cOffset, ldc);
            ReferenceGemm.finish(epilogue, m, n, c, cOffset, ldc);
        }
    }

    /**
     * C := f(A*op(B) + beta*C + bias) with a left operand that was packed before, with its factor alpha in it.
     *
     * @param a           A, made by {@link PackedMatrix#left}; C has its rows
     * @param transB      whether op(B) = B^T
     * @param n           columns of op(B) and of C
     * @param b           B, shape (k, n), or (n, k) if transposed, with k the columns of A
     * @param bOffset     index of B's first element
     * @param ldb         row stride of B in elements, at least its number of columns
     * @param beta        factor of the old C; if 0, C is overwritten and never read (it may hold NaN)
     * @param c           C, shape (m, n); must not overlap B
     * @param cOffset     index of C's first element
     * @param ldc         row stride of C in elements, at least n
     * @param epilogue    the bias and f
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if n is negative, a leading dimension too small or A a right operand
     * @throws IndexOutOfBoundsException if a matrix or the bias leaves its array
     */
    public static void sgemm(PackedMatrix a, Transpose transB, int n, float[] b, int bOffset, int ldb,
            float beta, float[] c, int cOffset, int ldc, Epilogue epilogue, Parallelism parallelism) {
        Objects.requireNonNull(a, "a").check("A", true);
        Operand aPanels = a.operand();
        boolean tb = Objects.requireNonNull(transB, "transB") == Transpose.YES;
        int m = a.rows();
        int k = a.columns();
        Checks.notNegative("n", n);
        Checks.matrix("B", b, bOffset, tb ? n : k, tb ? k : n, "ldb", ldb);
        Checks.matrix("C", c, cOffset, m, n, "ldc", ldc);
        Objects.requireNonNull(epilogue, "epilogue").check(m, n);
        Objects.requireNonNull(parallelism, "parallelism");
        if (m == 0 || n == 0) {
            return;
        }
        int bRow = tb ? 1 : ldb;
        int bColumn = tb ? ldb : 1;
        if (k == 0) {
            scale(m, n, beta, c, cOffset, ldc, epilogue);
        } else if (aPanels != null) {
            Operands operands = Operands.current();
            operands.right.set(b, bOffset, bColumn, bRow, 1);
            operands.multiply(m, n, k, aPanels, operands.right, beta, c, cOffset, ldc, epilogue, parallelism);
        } else {
            ReferenceGemm.sgemm(m, n, k, 1, a.plain(), 0, k, 1, b, bOffset, bRow, bColumn, beta, c, cOffset, ldc);
            ReferenceGemm.finish(epilogue, m, n, c, cOffset, ldc);
        }
    }

    /**
     * {@code batch} products of one shape: C_i := alpha*op(A_i)*op(B_i) + beta*C_i, where A_i stands {@code i*aStride} elements
     * behind A. The threads share the products, or each product if there are few large ones.
     *
     * @param batch       number of products
     * @param transA      whether op(A_i) = A_i^T
     * @param transB      whether op(B_i) = B_i^T
     * @param m           rows of each C
     * @param n           columns of each C
     * @param k           terms of each sum
     * @param alpha       factor of the products
     * @param a           the left operands
     * @param aOffset     index of the first element of the first one
     * @param lda         their row stride
     * @param aStride     distance of two of them, at least 0; 0 uses one for all products
     * @param b           the right operands
     * @param bOffset     index of the first element of the first one
     * @param ldb         their row stride
     * @param bStride     distance of two of them, at least 0
     * @param beta        factor of the old C; if 0, it is overwritten and never read
     * @param c           the results; no two of them may share an element, side by side in the same rows they may stand
     * @param cOffset     index of the first element of the first one
     * @param ldc         their row stride
     * @param cStride     distance of two of them
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if a size or stride is negative, a leading dimension too small or results overlap
     * @throws IndexOutOfBoundsException if a matrix leaves its array
     */
    public static void sgemmBatched(int batch, Transpose transA, Transpose transB, int m, int n, int k,
            float alpha, float[] a, int aOffset, int lda, int aStride, float[] b, int bOffset, int ldb, int bStride,
            float beta, float[] c, int cOffset, int ldc, int cStride, Parallelism parallelism) {
        boolean ta = Objects.requireNonNull(transA, "transA") == Transpose.YES;
        boolean tb = Objects.requireNonNull(transB, "transB") == Transpose.YES;
        Checks.notNegative("batch", batch);
        checkSizes(m, n, k);
        Checks.matrices("A", a, aOffset, ta ? k : m, ta ? m : k, "lda", lda, batch, "aStride", aStride);
        Checks.matrices("B", b, bOffset, tb ? n : k, tb ? k : n, "ldb", ldb, batch, "bStride", bStride);
        Checks.matrices("C", c, cOffset, m, n, "ldc", ldc, batch, "cStride", cStride);
        Checks.disjoint("C", m, n, "ldc", ldc, batch, "cStride", cStride);
        Objects.requireNonNull(parallelism, "parallelism");
        GemmBatch.current().run(batch, ta, tb, m, n, k, alpha, a, aOffset, lda, aStride, b, bOffset, ldb, bStride,
                beta, c, cOffset, ldc, cStride, parallelism);
    }

    private static void checkSizes(int m, int n, int k) {
        Checks.notNegative("m", m);
        Checks.notNegative("n", n);
        Checks.notNegative("k", k);
    }

    /** What is left of a product without terms. */
    private static void scale(int m, int n, float beta, float[] c, int cOffset, int ldc, Epilogue epilogue) {
        Scaling.scale(beta, c, cOffset, m, n, ldc);
        ReferenceGemm.finish(epilogue, m, n, c, cOffset, ldc);
    }

    /** {@link #sgemm} with arguments that were checked; ta and tb tell whether A and B are transposed. */
    static void multiply(boolean ta, boolean tb, int m, int n, int k, float alpha,
            float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb,
            float beta, float[] c, int cOffset, int ldc, Epilogue epilogue, Parallelism parallelism) {
        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0 || alpha == 0) {
            scale(m, n, beta, c, cOffset, ldc, epilogue);
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
            ReferenceGemm.finish(epilogue, m, n, c, cOffset, ldc);
            return;
        }
        switch (GemmPath.of(ta, tb, m, n, k, alpha != 1)) {
            case TINY -> {
                TinyGemm.run(m, n, k, alpha, a, aOffset, aRow, aColumn, b, bOffset, bRow, bColumn, beta, c, cOffset,
                        ldc);
                Finish.apply(epilogue, 0, 0, m, n, c, cOffset, ldc);
            }
            case ROW -> {
                // c = op(B)^T a: a row times a matrix is a matrix-vector product with the other transpose
                VectorGemv.run(!tb, tb ? n : k, tb ? k : n, alpha, b, bOffset, ldb, a, aOffset, aColumn,
                        beta, c, cOffset, 1, parallelism);
                Finish.apply(epilogue, 0, 0, m, n, c, cOffset, ldc);
            }
            case COLUMN -> {
                VectorGemv.run(ta, ta ? k : m, ta ? m : k, alpha, a, aOffset, lda, b, bOffset, bRow,
                        beta, c, cOffset, ldc, parallelism);
                Finish.apply(epilogue, 0, 0, m, n, c, cOffset, ldc);
            }
            case OUTER -> {
                OuterProduct.run(m, n, alpha, a, aOffset, aRow, b, bOffset, bColumn, beta, c, cOffset, ldc,
                        parallelism);
                Finish.apply(epilogue, 0, 0, m, n, c, cOffset, ldc);
            }
            case SKINNY -> {
                if (m <= n) {
                    SkinnyGemm.run(m, n, k, alpha, a, aOffset, aRow, aColumn, b, bOffset, bColumn, bRow,
                            beta, c, cOffset, ldc, 1, parallelism);
                } else {
                    SkinnyGemm.run(n, m, k, alpha, b, bOffset, bColumn, bRow, a, aOffset, aRow, aColumn,
                            beta, c, cOffset, 1, ldc, parallelism);
                }
                Finish.apply(epilogue, 0, 0, m, n, c, cOffset, ldc);
            }
            case DIRECT -> {
                DirectGemm.run(m, n, k, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc, epilogue,
                        parallelism);
            }
            case BLOCKED -> {
                Operands operands = Operands.current();
                operands.left.set(a, aOffset, aRow, aColumn, alpha);
                operands.right.set(b, bOffset, bColumn, bRow, 1);
                operands.multiply(m, n, k, operands.left, operands.right, beta, c, cOffset, ldc, epilogue, parallelism);
            }
        }
    }

    /** The stored operands of a thread's products, used again and again, so that a call allocates nothing. */
    private static final class Operands {

        private static final ThreadLocal<Operands> CURRENT = ThreadLocal.withInitial(Operands::new);

        final StoredOperand left = new StoredOperand();
        final StoredOperand right = new StoredOperand();

        static Operands current() {
            return CURRENT.get();
        }

        /** A blocked product, after which the matrices are let go. */
        void multiply(int m, int n, int k, Operand a, Operand b, float beta, float[] c, int cOffset, int ldc,
                Epilogue epilogue, Parallelism parallelism) {
            try {
                BlockedGemm.run(m, n, k, a, b, beta, c, cOffset, ldc, epilogue, parallelism);
            } finally {
                left.clear();
                right.clear();
            }
        }
    }
}
