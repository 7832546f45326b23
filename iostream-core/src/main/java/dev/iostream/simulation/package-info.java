/** The same world in memory and in virtual time, for tests. No other package of main code uses it. */
@NullMarked
package dev.iostream.simulation;

import org.jspecify.annotations.NullMarked;
