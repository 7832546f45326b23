/** What observers are told and may count. Knows nothing of the rest. */
@NullMarked
package dev.iostream.event;

import org.jspecify.annotations.NullMarked;
