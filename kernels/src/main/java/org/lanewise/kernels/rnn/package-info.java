/** Recurrent cells. */
@NullMarked
package org.lanewise.kernels.rnn;

import org.jspecify.annotations.NullMarked;
