/** OpenBLAS, called through {@code java.lang.foreign}. */
@NullMarked
package org.lanewise.bench.peers.openblas;

import org.jspecify.annotations.NullMarked;
