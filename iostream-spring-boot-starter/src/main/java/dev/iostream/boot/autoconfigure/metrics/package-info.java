/** The configuration of meters, for applications that have Micrometer. */
@NullMarked
package dev.iostream.boot.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
