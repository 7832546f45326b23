/** The configuration of applications that have the starter. May use everything here; nothing uses it. */
@NullMarked
package dev.iostream.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
