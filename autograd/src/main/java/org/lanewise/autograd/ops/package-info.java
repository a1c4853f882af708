/**
 * The differentiable operations, one a file: forward and backward side by side, so that one can be checked against the other.
 *
 * <p>
 * Each is a record of exactly what its backward pass reads. The static method computes and records, {@code backward} takes the
 * gradient dY of the output and passes on those of the inputs.
 */
@NullMarked
package org.lanewise.autograd.ops;

import org.jspecify.annotations.NullMarked;
