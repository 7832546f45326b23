/** The actuator endpoint and what the starter adds to others. The only package, with its auto-configuration, that knows it. */
@NullMarked
package dev.iostream.boot.actuate;

import org.jspecify.annotations.NullMarked;
