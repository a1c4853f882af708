package org.lanewise.bench.peers;

/** A library with matrix products. */
public interface GemmPeer extends Peer {

    /**
     * C := op(A)*op(B) in row-major order without gaps; op(A) is m x k, op(B) k x n.
     *
     * @param transA whether A is stored as k x m
     * @param transB whether B is stored as n x k
     * @param m      rows of C
     * @param n      columns of C
     * @param k      terms of each sum
     * @param a      A
     * @param b      B
     * @param c      C, overwritten
     */
    record Product(boolean transA, boolean transB, int m, int n, int k, float[] a, float[] b, float[] c) {
    }

    /**
     * The library's best call for a product: a matrix-vector product if n is 1. Operands that need another layout are copied before,
     * and C after, outside what is timed only if a user of the library would hold them in that layout too.
     *
     * @param product the operands
     * @return computes C
     */
    Runnable gemm(Product product);
}
