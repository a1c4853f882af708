/** Netlib's VectorBLAS, a BLAS written with the Vector API. */
@NullMarked
package org.lanewise.bench.peers.vectorblas;

import org.jspecify.annotations.NullMarked;
