/** Connecting, and staying connected. Knows streams, names, the loop and the network seam; safe from any thread. */
@NullMarked
package dev.iostream.client;

import org.jspecify.annotations.NullMarked;
