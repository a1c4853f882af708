package org.lanewise.kernels;

/**
 * Whether a matrix operand is used as it is stored or transposed: op(A) = A or op(A) = A^T.
 */
public enum Transpose {
    /** op(A) = A. */
    NO,
    /** op(A) = A^T. */
    YES
}
