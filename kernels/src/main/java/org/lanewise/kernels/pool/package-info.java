/**
 * Pooling, plane by plane. Rows are split by stride ({@link org.lanewise.kernels.pool.SplitLayout}), so that the taps of neighbouring
 * windows lie side by side, and what is made of a strip of rows stays in the first cache. Maxima keep their places; the gradient of
 * averages is gathered by pixels ({@link org.lanewise.kernels.pool.GatherLayout}), that of maxima scattered to their places, but for
 * windows of 2x2 ({@link org.lanewise.kernels.pool.MaxBackward2x2}), whose pixels ask for their place.
 */
@NullMarked
package org.lanewise.kernels.pool;

import org.jspecify.annotations.NullMarked;
