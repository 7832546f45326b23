/** An echo server that shows the starter at work. */
@NullMarked
package dev.iostream.sample;

import org.jspecify.annotations.NullMarked;
