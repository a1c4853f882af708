package org.lanewise.kernels.reference;

import org.lanewise.kernels.Epilogue;

/**
 * The meaning of {@link org.lanewise.kernels.Gemm} and {@link org.lanewise.kernels.Gemv}.
 */
@SuppressWarnings("cast") // redundant in the twin for double
public final class ReferenceGemm {

    private ReferenceGemm() {
    }

    /** C(i, j) := alpha * sum over p of A(i, p)*B(p, j) + beta*C(i, j); the strides say where elements stand. */
    public static void sgemm(int m, int n, int k, float alpha, float[] a, int aOffset, int aRow, int aColumn,
            float[] b, int bOffset, int bRow, int bColumn, float beta, float[] c, int cOffset, int ldc) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int p = 0; p < k; p++) {
                    sum += (double) a[aOffset + i * aRow + p * aColumn] * b[bOffset + p * bRow + j * bColumn];
                }
                int ic = cOffset + i * ldc + j;
                c[ic] = (float) (beta == 0 ? alpha * sum : alpha * sum + (double) beta * c[ic]);
            }
        }
    }

    /** C(i, j) := f(C(i, j) + bias(i or j)). */
    public static void finish(Epilogue epilogue, int m, int n, float[] c, int cOffset, int ldc) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float v = c[cOffset + i * ldc + j];
                switch (epilogue.bias()) {
                    case NONE -> {
                    }
                    case ROW -> v += epilogue.values()[epilogue.offset() + i];
                    case COLUMN -> v += epilogue.values()[epilogue.offset() + j];
                }
                c[cOffset + i * ldc + j] = epilogue.relu() && v < 0 ? 0 : v;
            }
        }
    }
}
