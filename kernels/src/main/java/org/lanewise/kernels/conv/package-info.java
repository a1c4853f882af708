/**
 * Convolution as matrix multiplication: the im2col matrix is never stored, its panels are packed from the image
 * ({@link org.lanewise.kernels.conv.Patches}).
 */
@NullMarked
package org.lanewise.kernels.conv;

import org.jspecify.annotations.NullMarked;
