/** Observations of what clients connect and listeners handle. Knows Micrometer's observations, and no meters. */
@NullMarked
package dev.iostream.boot.observation;

import org.jspecify.annotations.NullMarked;
