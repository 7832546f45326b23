/** The health of loops, servers and clients. Reads what they publish, and waits for nothing. */
@NullMarked
package dev.iostream.boot.health;

import org.jspecify.annotations.NullMarked;
