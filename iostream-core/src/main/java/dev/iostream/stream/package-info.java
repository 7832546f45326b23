/** Callback reads and writes over any transport. Knows nothing of sockets, selectors or servers. */
@NullMarked
package dev.iostream.stream;

import org.jspecify.annotations.NullMarked;
