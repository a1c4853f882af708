/**
 * JMH benchmarks of the kernels and of training, one class for each suite.
 *
 * <p>
 * Each extends {@link org.lanewise.bench.Suite}, which fixes how is measured and checks the answer before the first and after the
 * last measurement. The parameter {@code shape} takes any sizes, also those not listed: {@code -p shape=100x200x300}. The scalar
 * reference kernels are measured with {@code -jvmArgsAppend -Dlanewise.backend=reference}.
 */
@NullMarked
package org.lanewise.bench;

import org.jspecify.annotations.NullMarked;
