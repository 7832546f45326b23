/**
 * The PROXY protocol: a proxy that connects for somebody else says first for whom. Knows transports and the loop; nothing
 * of streams and servers.
 */
@NullMarked
package dev.iostream.proxy;

import org.jspecify.annotations.NullMarked;
