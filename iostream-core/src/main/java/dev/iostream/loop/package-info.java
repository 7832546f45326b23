/** Turns, tasks, timers and readiness. Knows events, and nothing of streams. */
@NullMarked
package dev.iostream.loop;

import org.jspecify.annotations.NullMarked;
