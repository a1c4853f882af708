/** Labelled data: splitting, batching, and counting what was recognised. */
@NullMarked
package org.lanewise.layers.data;

import org.jspecify.annotations.NullMarked;
