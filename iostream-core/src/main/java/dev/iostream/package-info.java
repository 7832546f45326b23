/** An event loop and callback streams on {@code java.nio}. */
@NullMarked
package dev.iostream;

import org.jspecify.annotations.NullMarked;
