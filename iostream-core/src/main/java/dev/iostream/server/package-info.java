/** Accepting streams. Knows streams, the loop and the network seam. */
@NullMarked
package dev.iostream.server;

import org.jspecify.annotations.NullMarked;
