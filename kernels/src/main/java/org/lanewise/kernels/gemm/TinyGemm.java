package org.lanewise.kernels.gemm;

/**
 * C := alpha*op(A)*op(B) + beta*C for products so small that scalar code wins.
 *
 * <p>
 * A vector operation that is not compiled yet is an allocation and several calls, and a packed product has some hundred
 * instructions of overhead: a product of 10 x 5 weights with one row is done before the blocked one has begun.
 */
public final class TinyGemm {

    private TinyGemm() {
    }

    /** Strides say where elements stand: op(A)(i, p) = a[aOffset + i*aRow + p*aColumn], likewise B(p, j). */
    public static void run(int m, int n, int k, float alpha, float[] a, int aOffset, int aRow, int aColumn,
            float[] b, int bOffset, int bRow, int bColumn, float beta, float[] c, int cOffset, int ldc) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float sum = 0;
                int ia = aOffset + i * aRow;
                int ib = bOffset + j * bColumn;
                for (int p = 0; p < k; p++, ia += aColumn, ib += bRow) {
                    sum += a[ia] * b[ib];
                }
                int ic = cOffset + i * ldc + j;
                c[ic] = beta == 0 ? alpha * sum : alpha * sum + beta * c[ic];
            }
        }
    }
}
