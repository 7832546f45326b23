/** TLS over any transport. Knows transports and the loop; nothing of streams, sockets or selectors. */
@NullMarked
package dev.iostream.tls;

import org.jspecify.annotations.NullMarked;
