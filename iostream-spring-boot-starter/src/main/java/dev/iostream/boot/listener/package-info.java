/** Methods that answer the messages of streams. Knows core and the root of the starter. */
@NullMarked
package dev.iostream.boot.listener;

import org.jspecify.annotations.NullMarked;
