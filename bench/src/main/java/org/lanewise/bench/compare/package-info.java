/** {@code bench/compare} and {@code bench/report}: our kernels beside other libraries and the limits of the machine. */
@NullMarked
package org.lanewise.bench.compare;

import org.jspecify.annotations.NullMarked;
