/** SSL contexts made of Spring's SSL bundles by core's rules, checked before they are used, and replaced with the bundles. */
@NullMarked
package dev.iostream.boot.ssl;

import org.jspecify.annotations.NullMarked;
