/** The configuration of observations, for applications that observe. */
@NullMarked
package dev.iostream.boot.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
