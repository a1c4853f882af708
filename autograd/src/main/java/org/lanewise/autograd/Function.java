package org.lanewise.autograd;

/**
 * An operation that was computed and can be differentiated: what a tape records.
 *
 * <p>
 * Write an operation of your own as a record of what its backward pass reads, with a static method that computes it:
 *
 * {@snippet :
 * public record Square(Tensor x) implements Function {
 *
 *     public static Tensor square(Tensor x) {
 *         Tensor y = Tape.newTensor(x.shape());
 *         for (int i = 0; i < x.size(); i++) {
 *             y.data()[i] = x.data()[i] * x.data()[i];
 *         }
 *         return Tape.recording(x) ? Tape.record(y, new Square(x)) : y;
 *     }
 *
 *     @Override
 *     public void backward(Gradients gradients) {
 *         float[] dY = gradients.dY();
 *         gradients.compute(x, dX -> {
 *             for (int i = 0; i < dX.length; i++) {
 *                 dX[i] = 2 * x.data()[i] * dY[i];
 *             }
 *         });
 *     }
 * }
 * }
 *
 * <p>
 * {@link GradientCheck} proves that the two belong together.
 */
@FunctionalInterface
public interface Function {

    /**
     * Passes the gradient of the output on to the inputs.
     *
     * @param gradients holds the gradient dY of the output, and takes those of the inputs
     */
    void backward(Gradients gradients);
}
