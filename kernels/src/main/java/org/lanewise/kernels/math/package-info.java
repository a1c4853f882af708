/** Elementwise mathematics, reductions and softmax: vector loops, and the scalar twins that finish their tails. */
@NullMarked
package org.lanewise.kernels.math;

import org.jspecify.annotations.NullMarked;
