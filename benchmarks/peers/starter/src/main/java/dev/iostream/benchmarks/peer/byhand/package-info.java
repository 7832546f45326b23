/** A Spring Boot application that makes its server of core by itself; a package of its own, so that neither finds the other's beans. */
package dev.iostream.benchmarks.peer.byhand;
