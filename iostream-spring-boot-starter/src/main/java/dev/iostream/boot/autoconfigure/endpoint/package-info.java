/** The configuration of the endpoint, for applications that have the actuator. */
@NullMarked
package dev.iostream.boot.autoconfigure.endpoint;

import org.jspecify.annotations.NullMarked;
