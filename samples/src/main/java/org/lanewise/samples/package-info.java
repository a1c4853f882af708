/** Programs to read and to run: three classic networks, and handwritten digits. */
@NullMarked
package org.lanewise.samples;

import org.jspecify.annotations.NullMarked;
