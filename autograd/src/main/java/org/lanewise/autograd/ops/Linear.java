package org.lanewise.autograd.ops;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Gemm;
import org.lanewise.kernels.Reductions;

import static org.lanewise.kernels.Transpose.NO;
import static org.lanewise.kernels.Transpose.YES;

/**
 * Y = X*W^T + b for X of shape (*, in) and W of shape (out, in); dX = dY*W, dW = dY^T*X, db = sum of the rows of dY.
 *
 * @param x      the input
 * @param weight the weights
 * @param bias   the bias, or null
 */
public record Linear(Tensor x, Tensor weight, @Nullable Tensor bias) implements Function {

    /**
     * Computes X*W^T + b.
     *
     * @param x      shape (*, in): any number of dimensions, of which the last counts
     * @param weight shape (out, in)
     * @param bias   shape (out), or null for none
     * @return shape (*, out)
     * @throws IllegalArgumentException if a shape does not fit
     */
    public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
        Operands.rank("linear", "weight", weight, 2, "(out, in)");
        int out = weight.dim(0);
        int in = weight.dim(1);
        if (x.shape().rank() == 0 || x.dim(-1) != in) {
            throw new IllegalArgumentException("linear: expected input (*, " + in + ") but got " + x.shape());
        }
        if (bias != null) {
            Operands.shape("linear", "bias", bias, out);
        }
        int rows = Operands.rows(x);
        int[] dims = x.shape().dims();
        dims[dims.length - 1] = out;
        Tensor y = Tape.newTensor(Shape.of(dims));
        Epilogue epilogue = bias == null ? Epilogue.NONE : Epilogue.columnBias(bias.data(), 0);
        Gemm.sgemm(NO, YES, rows, out, in, 1, x.data(), 0, in, weight.data(), 0, in, 0, y.data(), 0, out, epilogue,
                Tape.parallelism());
        return Tape.recording(x, weight, bias) ? Tape.record(y, new Linear(x, weight, bias)) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        int rows = Operands.rows(x);
        int out = weight.dim(0);
        int in = weight.dim(1);
        float[] dY = gradients.dY();
        // dX (rows, in) = dY (rows, out) * W (out, in)
        gradients.accumulate(x, (dX, beta) -> Gemm.sgemm(NO, NO, rows, in, out, 1, dY, 0, out,
                weight.data(), 0, in, beta, dX, 0, in, gradients.parallelism()));
        // dW (out, in) = dY^T (out, rows) * X (rows, in)
        gradients.accumulate(weight, (dW, beta) -> Gemm.sgemm(YES, NO, out, in, rows, 1, dY, 0, out,
                x.data(), 0, in, beta, dW, 0, in, gradients.parallelism()));
        if (bias != null) {
            gradients.accumulate(bias,
                    (db, beta) -> Reductions.columnSums(rows, out, dY, 0, out, beta, db, 0, gradients.parallelism()));
        }
    }
}
