/** What is logged of streams: what an operator acts on, and on request one line for each connection. */
@NullMarked
package dev.iostream.boot.log;

import org.jspecify.annotations.NullMarked;
