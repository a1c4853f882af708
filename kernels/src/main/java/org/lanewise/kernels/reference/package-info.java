/**
 * The plain scalar loop of each kernel: what it means, what runs where the Vector API is missing, and what the tests compare
 * the vector kernels with. Sums are kept in {@code double}, so that the oracle's own error is no part of a comparison.
 */
@NullMarked
package org.lanewise.kernels.reference;

import org.jspecify.annotations.NullMarked;
