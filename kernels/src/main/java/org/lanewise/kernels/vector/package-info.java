/** The lane count, and what several vector kernels share. */
@NullMarked
package org.lanewise.kernels.vector;

import org.jspecify.annotations.NullMarked;
