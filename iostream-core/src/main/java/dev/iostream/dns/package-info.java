/**
 * Names to addresses, off the loop. Knows the loop; nothing of sockets. Look-ups run on threads of their own, so it is
 * one of the few places where threads meet.
 */
@NullMarked
package dev.iostream.dns;

import org.jspecify.annotations.NullMarked;
