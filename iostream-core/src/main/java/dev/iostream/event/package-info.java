/** What observers are told and may count, and why connections fail. Knows nothing of the rest. */
@NullMarked
package dev.iostream.event;

import org.jspecify.annotations.NullMarked;
