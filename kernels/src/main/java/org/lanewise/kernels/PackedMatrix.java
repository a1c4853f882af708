package org.lanewise.kernels;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Operand;
import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.gemm.StoredOperand;

/**
 * One operand of a product, copied once into the order in which the product reads it: for weights that are used again and again.
 * With few rows on the other side, packing takes a good part of a product's time, and is saved. For less than some 4 rows,
 * {@link Gemm} reads the matrix where it stands and is as fast.
 *
 * <p>
 * It holds a copy: later changes of the matrix do not show. It is immutable and may be shared between threads. Its memory is that
 * of the matrix, with its rows (left) or columns (right) rounded up to a multiple of at most 32.
 */
public final class PackedMatrix {

    private final boolean left;
    private final int rows;
    private final int columns;

    /** The panels, or null where the reference kernels run. */
    private final @Nullable Operand operand;

    /** The matrix row by row, empty where there are panels. */
    private final float[] plain;

    private PackedMatrix(boolean left, int rows, int columns, @Nullable Operand operand, float[] plain) {
        this.left = left;
        this.rows = rows;
        this.columns = columns;
        this.operand = operand;
        this.plain = plain;
    }

    /**
     * Packs alpha*op(A), the left operand of products. With {@code alpha == 0}, A is not read and its products are those of a matrix
     * of zeros: NaN where B holds NaN or an infinity.
     *
     * @param trans  whether op(A) = A^T
     * @param m      rows of op(A)
     * @param k      columns of op(A)
     * @param alpha  factor of the elements
     * @param a      A, shape (m, k), or (k, m) if transposed
     * @param offset index of A's first element
     * @param lda    row stride of A in elements, at least its number of columns
     * @return the packed operand
     * @throws IllegalArgumentException  if a size is negative, lda too small or the matrix too large for one array
     * @throws IndexOutOfBoundsException if A leaves its array
     */
    public static PackedMatrix left(Transpose trans, int m, int k, float alpha, float[] a, int offset, int lda) {
        boolean transposed = Objects.requireNonNull(trans, "trans") == Transpose.YES;
        Checks.notNegative("m", m);
        Checks.notNegative("k", k);
        Checks.matrix("A", a, offset, transposed ? k : m, transposed ? m : k, "lda", lda);
        int row = transposed ? 1 : lda;
        int column = transposed ? lda : 1;
        if (!Backend.current().vectorized()) {
            return new PackedMatrix(true, m, k, null, copy(m, k, alpha, a, offset, row, column));
        }
        float[] panels = new float[PackedOperand.leftSize(m, k)];
        Operand packed = alpha == 0
                ? PackedOperand.zeros(m, k, panels)
                : PackedOperand.left(m, k, new StoredOperand(a, offset, row, column, alpha), panels);
        return new PackedMatrix(true, m, k, packed, new float[0]);
    }

    /**
     * Packs op(B), the right operand of products.
     *
     * @param trans  whether op(B) = B^T
     * @param k      rows of op(B)
     * @param n      columns of op(B)
     * @param b      B, shape (k, n), or (n, k) if transposed
     * @param offset index of B's first element
     * @param ldb    row stride of B in elements, at least its number of columns
     * @return the packed operand
     * @throws IllegalArgumentException  if a size is negative, ldb too small or the matrix too large for one array
     * @throws IndexOutOfBoundsException if B leaves its array
     */
    public static PackedMatrix right(Transpose trans, int k, int n, float[] b, int offset, int ldb) {
        boolean transposed = Objects.requireNonNull(trans, "trans") == Transpose.YES;
        Checks.notNegative("k", k);
        Checks.notNegative("n", n);
        Checks.matrix("B", b, offset, transposed ? n : k, transposed ? k : n, "ldb", ldb);
        int row = transposed ? 1 : ldb;
        int column = transposed ? ldb : 1;
        if (!Backend.current().vectorized()) {
            return new PackedMatrix(false, k, n, null, copy(k, n, 1, b, offset, row, column));
        }
        Operand packed = PackedOperand.right(n, k, new StoredOperand(b, offset, column, row, 1),
                new float[PackedOperand.rightSize(n, k)]);
        return new PackedMatrix(false, k, n, packed, new float[0]);
    }

    private static float[] copy(int rows, int columns, float factor, float[] a, int offset, int row, int column) {
        Checks.arraySize("a packed matrix", rows, columns);
        float[] copy = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                copy[i * columns + j] = factor == 0 ? 0 : factor * a[offset + i * row + j * column];
            }
        }
        return copy;
    }

    /**
     * {@return rows of op(A) or op(B)}
     */
    public int rows() {
        return rows;
    }

    /**
     * {@return columns of op(A) or op(B)}
     */
    public int columns() {
        return columns;
    }

    /** Refuses an operand of the other side. */
    void check(String name, boolean asLeft) {
        if (left != asLeft) {
            throw new IllegalArgumentException(name + " was packed as a " + (left ? "left" : "right")
                    + " operand; a " + (asLeft ? "left" : "right") + " one is required here");
        }
    }

    @Nullable
    Operand operand() {
        return operand;
    }

    float[] plain() {
        return plain;
    }
}
