package org.lanewise.kernels;

import java.util.Objects;

import org.lanewise.kernels.gemm.Scaling;
import org.lanewise.kernels.gemm.VectorGemv;
import org.lanewise.kernels.reference.ReferenceGemm;

/**
 * Matrix-vector multiplication in single precision: y := alpha*op(A)*x + beta*y, row-major.
 *
 * <p>
 * Every element of A is used once, so the speed is that of the memory or cache that A comes from.
 */
public final class Gemv {

    private Gemv() {
    }

    /**
     * y := alpha*op(A)*x + beta*y.
     *
     * @param trans       whether op(A) = A^T
     * @param m           rows of A as stored
     * @param n           columns of A as stored
     * @param alpha       factor of the product; with 0, A and x are not read
     * @param a           A, shape (m, n); row i starts at a[aOffset + i*lda]
     * @param aOffset     index of A's first element
     * @param lda         row stride of A in elements, at least n
     * @param x           x, n elements, or m if transposed
     * @param xOffset     index of x's first element
     * @param incx        distance of two elements of x, at least 1
     * @param beta        factor of the old y; if 0, y is overwritten and never read
     * @param y           y, m elements, or n if transposed; must not overlap A or x
     * @param yOffset     index of y's first element
     * @param incy        distance of two elements of y, at least 1
     * @param parallelism the threads that may be used
     * @throws IllegalArgumentException  if a size is negative, lda too small or an increment not positive
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void sgemv(Transpose trans, int m, int n, float alpha, float[] a, int aOffset, int lda,
            float[] x, int xOffset, int incx, float beta, float[] y, int yOffset, int incy, Parallelism parallelism) {
        boolean transposed = Objects.requireNonNull(trans, "trans") == Transpose.YES;
        Checks.notNegative("m", m);
        Checks.notNegative("n", n);
        Checks.matrix("A", a, aOffset, m, n, "lda", lda);
        Checks.vector("x", x, xOffset, transposed ? m : n, "incx", incx);
        Checks.vector("y", y, yOffset, transposed ? n : m, "incy", incy);
        Objects.requireNonNull(parallelism, "parallelism");
        run(transposed, m, n, alpha, a, aOffset, lda, x, xOffset, incx, beta, y, yOffset, incy, parallelism);
    }

    /** The same without the checks. */
    static void run(boolean transposed, int m, int n, float alpha, float[] a, int aOffset, int lda,
            float[] x, int xOffset, int incx, float beta, float[] y, int yOffset, int incy, Parallelism parallelism) {
        int outputs = transposed ? n : m;
        int terms = transposed ? m : n;
        if (outputs == 0) {
            return;
        }
        if (terms == 0 || alpha == 0) {
            Scaling.scale(beta, y, yOffset, outputs, 1, incy);
        } else if (Backend.current().vectorized()) {
            VectorGemv.run(transposed, m, n, alpha, a, aOffset, lda, x, xOffset, incx, beta, y, yOffset, incy,
                    parallelism);
        } else {
            ReferenceGemm.sgemm(outputs, 1, terms, alpha, a, aOffset, transposed ? 1 : lda, transposed ? lda : 1,
                    x, xOffset, incx, 1, beta, y, yOffset, incy);
        }
    }
}
