/** EJML, the Efficient Java Matrix Library. */
@NullMarked
package org.lanewise.bench.peers.ejml;

import org.jspecify.annotations.NullMarked;
