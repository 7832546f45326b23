/** Byte pipes that never block, and the networks that open them. Knows the loop. */
@NullMarked
package dev.iostream.transport;

import org.jspecify.annotations.NullMarked;
