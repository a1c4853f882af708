/** Pooling. */
@NullMarked
package org.lanewise.kernels.pool;

import org.jspecify.annotations.NullMarked;
