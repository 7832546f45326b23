/** A Spring Boot application without the starter; a package of its own, so that neither finds the other's beans. */
package dev.iostream.benchmarks.peer.plain;
