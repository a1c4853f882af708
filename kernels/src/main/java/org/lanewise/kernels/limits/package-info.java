/** Loops that do nothing but run into a limit of the machine. */
@NullMarked
package org.lanewise.kernels.limits;

import org.jspecify.annotations.NullMarked;
