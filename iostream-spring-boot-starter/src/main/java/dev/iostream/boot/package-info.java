/** iostream in a Spring Boot application: servers and clients as beans. */
@NullMarked
package dev.iostream.boot;

import org.jspecify.annotations.NullMarked;
