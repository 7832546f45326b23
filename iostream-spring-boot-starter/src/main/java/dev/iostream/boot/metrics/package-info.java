/** Meters for Micrometer. The only package, with its auto-configuration, that knows Micrometer. */
@NullMarked
package dev.iostream.boot.metrics;

import org.jspecify.annotations.NullMarked;
