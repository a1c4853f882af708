package org.lanewise.autograd.ops;

import java.util.List;

import org.lanewise.autograd.Function;
import org.lanewise.autograd.Gradients;
import org.lanewise.autograd.Shape;
import org.lanewise.autograd.Tape;
import org.lanewise.autograd.Tensor;
import org.lanewise.kernels.Elementwise;

/**
 * Tensors one behind the other along the first dimension; the gradient of each is its part of dY.
 *
 * @param parts the tensors
 */
public record Concat(List<Tensor> parts) implements Function {

    /**
     * Copies the tensors.
     *
     * @param parts at least one, each of at least one dimension; all dimensions but the first are the same
     * @return a tensor whose first dimension is the sum of theirs
     * @throws IllegalArgumentException if there is none, or the shapes do not fit
     */
    public static Tensor concat(List<Tensor> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("concat: expected at least one tensor");
        }
        parts.forEach(part -> Operands.atLeastOneDimension("concat", part));
        int[] dims = parts.getFirst().shape().dims();
        int places = 0;
        boolean recording = false;
        for (Tensor part : parts) {
            int[] expected = dims.clone();
            expected[0] = part.dim(0);
            Operands.shape("concat", "a tensor", part, expected);
            places += part.dim(0);
            recording |= Tape.recording(part);
        }
        dims[0] = places;
        Tensor y = Tape.newTensor(Shape.of(dims));
        int offset = 0;
        for (Tensor part : parts) {
            System.arraycopy(part.data(), 0, y.data(), offset, part.size());
            offset += part.size();
        }
        return recording ? Tape.record(y, new Concat(List.copyOf(parts))) : y;
    }

    @Override
    public void backward(Gradients gradients) {
        float[] dY = gradients.dY();
        int offset = 0;
        for (Tensor part : parts) {
            int from = offset;
            gradients.accumulate(part, (dX, beta) -> Elementwise.axpby(part.size(), 1, dY, from, beta, dX, 0,
                    gradients.parallelism()));
            offset += part.size();
        }
    }
}
