package org.lanewise.autograd.ops;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Gemm;

import static org.lanewise.kernels.Transpose.NO;
import static org.lanewise.kernels.Transpose.YES;

/**
 * Y = A*B for A of shape (m, k) and B of shape (k, n); dA = dY*B^T, dB = A^T*dY.
 *
 * @param a left operand
 * @param b right operand
 */
public record MatMul(Tensor a, Tensor b) implements Function {

    /**
     * Computes A*B.
     *
     * @param a shape (m, k)
     * @param b shape (k, n)
     * @return shape (m, n)
     * @throws IllegalArgumentException if an operand is no matrix or the inner dimensions differ
     */
    public static Tensor matmul(Tensor a, Tensor b) {
        Operands.rank("matmul", "a left operand", a, 2, "(m, k)");
        Operands.rank("matmul", "a right operand", b, 2, "(k, n)");
        if (a.dim(1) != b.dim(0)) {
            throw new IllegalArgumentException(
                    "matmul: the inner dimensions of " + a.shape() + " and " + b.shape() + " differ");
        }
        int m = a.dim(0);
        int k = a.dim(1);
        int n = b.dim(1);
        Tensor y = Tape.newTensor(Shape.of(m, n));
        Gemm.sgemm(NO, NO, m, n, k, 1, a.data(), 0, k, b.data(), 0, n, 0, y.data(), 0, n, Tape.parallelism());
        return Tape.recording(a, b) ? Tape.record(y, new MatMul(a, b)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        int m = a.dim(0);
        int k = a.dim(1);
        int n = b.dim(1);
        float[] dY = gradients.dY();
        // dA (m, k) = dY (m, n) * B^T (n, k)
        gradients.accumulate(a, (dA, beta) -> Gemm.sgemm(NO, YES, m, k, n, 1, dY, 0, n, b.data(), 0, n,
                beta, dA, 0, k, gradients.parallelism()));
        // dB (k, n) = A^T (k, m) * dY (m, n)
        gradients.accumulate(b, (dB, beta) -> Gemm.sgemm(YES, NO, k, n, m, 1, a.data(), 0, k, dY, 0, n,
                beta, dB, 0, n, gradients.parallelism()));
    }
}
