/** What ties loops and servers to the life of an application context. */
@NullMarked
package dev.iostream.boot.context;

import org.jspecify.annotations.NullMarked;
