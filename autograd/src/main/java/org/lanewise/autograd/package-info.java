/**
 * Reverse-mode automatic differentiation on a tape.
 *
 * <p>
 * A {@link org.lanewise.autograd.Tensor} is a shape and an array. While a {@link org.lanewise.autograd.Tape} is open on a thread,
 * each operation that depends on a tensor that requires a gradient is recorded; {@code tape.backward(loss)} runs the record
 * backwards. An operation of one's own is written like the ones in {@link org.lanewise.autograd.ops}, and
 * {@link org.lanewise.autograd.GradientCheck} proves its gradient.
 */
@NullMarked
package org.lanewise.autograd;

import org.jspecify.annotations.NullMarked;
