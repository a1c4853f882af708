/** What another library has to offer in order to be measured beside ours. */
@NullMarked
package org.lanewise.bench.peers;

import org.jspecify.annotations.NullMarked;
