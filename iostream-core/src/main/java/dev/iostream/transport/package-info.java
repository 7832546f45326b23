/** Byte pipes that never block, the networks that open them, and dialling. Knows the loop and the resolver. */
@NullMarked
package dev.iostream.transport;

import org.jspecify.annotations.NullMarked;
