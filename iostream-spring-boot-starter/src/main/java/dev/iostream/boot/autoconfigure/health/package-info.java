/** The configuration of health, for applications that show it. */
@NullMarked
package dev.iostream.boot.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
