/** DJL with PyTorch as its engine. */
@NullMarked
package org.lanewise.bench.peers.djl;

import org.jspecify.annotations.NullMarked;
