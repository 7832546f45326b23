/** The programs and the fragments that the guide quotes, and the tests that run them. */
@NullMarked
package dev.iostream.guide;

import org.jspecify.annotations.NullMarked;
